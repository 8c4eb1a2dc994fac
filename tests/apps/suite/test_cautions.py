"""What must be known before a figure is quoted is said where it holds, and only there."""

from orca2.apps.suite._cautions import cautions, comparable
from orca2.apps.suite._types import SuiteSettings, TrainedOn
from tests.apps.suite.items import benchmark, item, suite


def said(**fields: object) -> str:
    cut = [item(f"t{n}", outcome="truncated" if n < 2 else "correct") for n in range(10)]
    return " ".join(cautions(suite([benchmark(cut, **fields)])))


def test_each_caution_where_it_holds() -> None:
    few = said()
    assert "items of GSM8K" in few and "20.0% of the answers were cut" in few
    assert "is not recorded here" in few
    known = said(in_domain=TrainedOn(named=["gsm8k"], items=10, repeated=0), rejected=[("t1", "no number")])
    assert "GSM8K is in-domain for this model (trained on gsm8k)" in known and "is not recorded here" not in known
    assert "1 of 10 gold answers of GSM8K do not pass their own grader" in known


def test_a_limit_makes_rows_differ_from_the_papers() -> None:
    assert not any("drawn by a hash" in line for line in comparable(suite([])))
    limited = suite([], settings=SuiteSettings("greedy", 50, 0, None))
    assert any("Ours are at most 50 items" in line for line in comparable(limited))
