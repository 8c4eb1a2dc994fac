"""Small answers of 33 kinds that graders misread, each with its right verdict, read by `auto` alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from orca2.graders import auto

CASES = Path(__file__).resolve().parents[2].parent / "shared/reference/grading_cases.jsonl"


def test_every_case_gets_its_verdict() -> None:
    if not CASES.is_file():
        pytest.skip(f"the cases are not at {CASES}")
    pytest.importorskip("math_verify", reason="answers in LaTeX need the extra orca2[math]")
    rows: list[dict[str, Any]] = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    grader = auto.load()
    read = {row["id"]: grader.grade(row["target"], row["response"], row["question"]) for row in rows}
    misread = [
        (row["id"], row["kind"], row["expected"], read[row["id"]])
        for row in rows
        if read[row["id"]].outcome != row["expected"]
    ]
    assert len(rows) >= 74 and not misread
