"""The artifacts of a run as the report reads them, and the first that is missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orca2.errors import RunError
from orca2.reporting.report._artifacts import read


def test_totals_and_comparisons_are_found(make_run: Callable[..., Path]) -> None:
    found = read(make_run(["sums", "words"]))
    assert found.students == ["base", "explained", "cautious"] and found.seed == 7
    assert found.total("base", "default").items == 80
    assert found.comparison("base").items == 80 and found.comparison("base", "sums").items == 40


def test_a_skipped_student_is_not_there(make_run: Callable[..., Path]) -> None:
    assert read(make_run(["sums"], skip_explain=True)).students == ["base", "cautious"]


def test_the_first_that_is_missing_is_named(make_run: Callable[..., Path]) -> None:
    folder = make_run(["sums"])
    (folder / "verify.json").unlink()
    with pytest.raises(RunError, match=r"verify\.json is missing"):
        read(folder)
