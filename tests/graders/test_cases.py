"""Answers as models write them, with the verdict that each should get: `cases/KIND.jsonl`, one a line.

A line has question, target, response and expected, and the `labels` that are named, if any.
"""

import json
from pathlib import Path

import pytest

from orca2.graders import auto

COUNTED = "open_questions"  # which has a test of its own
FILES = sorted(path for path in (Path(__file__).parent / "cases").glob("*.jsonl") if path.stem != COUNTED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_answer_gets_its_verdict(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    misread = []
    for row in rows:
        verdict = auto.load(labels=row.get("labels", ())).grade(row["target"], row["response"], row["question"])
        if verdict.outcome != row["expected"]:
            misread.append((row["question"][:60], row["target"], row["response"], verdict.outcome, verdict.answer))
    assert rows and not misread
