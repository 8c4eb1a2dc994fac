"""What the terminal says: figures with intervals, and in words what a judge gave."""

import pytest

from orca2.apps.suite._results import ratings
from orca2.apps.suite._show import rating, show
from orca2.apps.suite._types import Skipped
from orca2.progress import console
from tests.apps.suite.items import benchmark, item, rated, suite


def test_a_rating_in_words() -> None:
    assert rating(ratings([rated("a"), rated("b")])) == "none of 2 answers was rated"
    words = rating(ratings([rated("a", 8, made_up=False), rated("b", 6, made_up=True)]))
    assert words.startswith("7.00 of 10 (") and "2 of 2 rated; made something up in 50" in words


def test_the_table_and_what_was_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    answers = [item("a"), item("b", outcome="truncated")]
    show(suite([benchmark(answers)], skipped=[Skipped("drop", "DROP", "DROP: no file")]))
    console.file.flush()
    told = capsys.readouterr().err
    assert "GSM8K" in told and "50.0%" in told and "truncated" in told and "not run: DROP: no file" in told
