"""Tables and phrases: accuracy with its interval, a difference with what it could not have shown."""

from dataclasses import replace

from orca2.core.records import TotalAgreement
from orca2.reporting import tables


def test_agreement_says_what_it_leaves_out() -> None:
    row = TotalAgreement(items=40, agreeing=30, low=0.6, high=0.86, families=2, of=2)
    assert tables.agreement(row) == "75.0% (60.0%-86.0%) of 40 answers"
    said = tables.agreement(replace(row, families=1, of=3))
    assert said.endswith("; 2 of 3 families left out, where strategies cannot be told apart")
    nothing = TotalAgreement(items=0, agreeing=0, low=0.0, high=1.0, families=0, of=0)
    assert tables.agreement(nothing) == "not known"
    assert tables.agreement(replace(nothing, of=1)).startswith("not known; 1 of 1")
