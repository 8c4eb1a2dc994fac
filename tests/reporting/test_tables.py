"""Tables and phrases: accuracy with its interval, a difference with what it could not have shown."""

from orca2.reporting import tables


def test_agreement_says_what_it_leaves_out() -> None:
    row = {"items": 40, "agreeing": 30, "low": 0.6, "high": 0.86, "families": 2, "of": 3}
    assert tables.agreement(row).startswith("75.0% (60.0%-86.0%) of 40 answers; 1 of 3 families left out")
    assert tables.agreement({"items": 0, "families": 0, "of": 0}) == "not known"
