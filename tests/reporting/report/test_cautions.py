"""What a reader should be careful about, said by the numbers."""

from collections.abc import Callable
from pathlib import Path

from orca2.reporting.report._artifacts import read
from orca2.reporting.report._cautions import NOT_LIVE, cautions


def test_the_weightiest_come_first(make_run: Callable[..., Path]) -> None:
    said = cautions(read(make_run(["sums", "words", "dates"])))
    assert said[0].startswith("4 test tasks share") and "orca2 overlap" in said[0]
    assert NOT_LIVE["recorded"] in said and said[-1].startswith("This is one run with one seed.")
    assert any(remark.startswith("Answers cut off at the token limit") for remark in said)


def test_few_questions_settle_nothing(make_run: Callable[..., Path]) -> None:
    assert any(remark.startswith("Cautious against base is ") for remark in cautions(read(make_run(["sums"], tests=4))))
