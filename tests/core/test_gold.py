"""What a family's gold answers show of how its answers are read."""

import pytest

from orca2.core.gold import closed_labels, decimal_mark

TICKETS = ["billing", "refund", "not spam", "shipping"]


def test_a_closed_set_comes_again_and_again() -> None:
    assert closed_labels(TICKETS * 3) == tuple(sorted(TICKETS))


@pytest.mark.parametrize(
    "targets",
    [
        TICKETS * 2,  # too few to say
        [*TICKETS * 4, "Paris"],  # one that comes once
        ["yes", "no"] * 9,  # read without being named
        ["1", "2", "3"] * 9,
        ["(A)", "(B)"] * 9,
        ["a sentence of more than five words", "another sentence of more than five"] * 9,
        [f"name {n}" for n in range(40)] * 3,
        ["always the same"] * 40,
        [],
    ],
)
def test_what_is_no_closed_set(targets: list[str]) -> None:
    assert closed_labels(targets) == ()


@pytest.mark.parametrize(
    ("targets", "mark"),
    [
        (["112,80 EUR", "7"], ","),
        (["1.250,5"], ","),
        (["1,5", "2.5"], "auto"),  # both: nobody can say
        (["1,450"], "auto"),  # a thousand or a decimal
        (["1,450.00"], "auto"),
        (["1, 2"], "auto"),
        (["(0,0)", "[0,25]", "5"], "auto"),  # points and intervals
        (["-3,2", "2,-5", "7"], "auto"),  # lists of values
        (["1,5", "1,2,3"], "auto"),
        (["Paris"], "auto"),
        ([], "auto"),
    ],
)
def test_a_decimal_comma_is_told_where_it_can_only_be_one(targets: list[str], mark: str) -> None:
    assert decimal_mark(targets) == mark
