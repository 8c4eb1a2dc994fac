"""Every answer that is not right has its place, and a family whose answers are not read is doubted."""

from collections.abc import Callable
from pathlib import Path

from orca2.reporting.report._artifacts import read
from orca2.reporting.report._unread import anchor, not_right, reading, remarks


def test_every_answer_that_is_not_right_is_in_one_group(make_run: Callable[..., Path]) -> None:
    found = read(make_run(["sums", "words"]))
    parts = not_right(found)
    assert sum(len(part["rows"]) for part in parts) == sum(answer.outcome != "correct" for answer in found.answers)
    assert len({part["id"] for part in parts}) == len(parts)
    assert all(sum(part["counts"].values()) == len(part["rows"]) for part in parts)
    assert anchor(found, "base", "none", "words") == "base-none-1"


def test_graders_and_what_they_could_not_read(make_run: Callable[..., Path]) -> None:
    found = read(make_run(["sums", "words"]))
    rows = reading(found)
    assert rows[0]["read_by"] == "number 39, span 1" and rows[0]["options"] == "decimal: ,"
    assert [student for student, *_ in rows[0]["unextracted"]] == found.students
    assert any("what the base student says in" in remark for remark in remarks(found))
