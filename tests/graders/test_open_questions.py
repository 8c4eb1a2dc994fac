"""Open questions with answers in full sentences, as chat models give them: how many right ones count, and wrong ones.

A line of the file has a question, a gold answer, and responses that are right and wrong. Some of them nobody could read
without knowing what is meant, so this test counts; what must hold one by one stands in `test_span` and `reading`.
"""

import json
from pathlib import Path

import pytest

from orca2.graders import auto

ROWS = Path(__file__).parent / "cases" / "open_questions.jsonl"
RIGHT, WRONG = 0.93, 0.03  # shares that are accepted, at least and at most


@pytest.mark.slow
def test_prose_is_read() -> None:
    rows = [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]
    found = {
        side: [
            auto.load().grade(row["target"], response, row["question"]).correct
            for row in rows
            for response in row.get(side, ())
        ]
        for side in ("right", "wrong")
    }
    assert sum(found["right"]) >= RIGHT * len(found["right"]) > 900
    assert sum(found["wrong"]) <= WRONG * len(found["wrong"])
