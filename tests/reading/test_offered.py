"""The formulas that a response offers, the best place first."""

import pytest

from orca2.reading.offered import boxed, offered


@pytest.mark.parametrize(
    ("response", "first"),
    [
        ("First $a = 2$. So the area is $4\\pi$.", "4\\pi"),
        (r"So $x = \boxed{3\sqrt{5}}$ cm.", r"3\sqrt{5}"),
        (r"\boxed{1} is wrong, so \boxed{2}", "2"),
        ("The answer is $x^2$.", "x^2"),
    ],
)
def test_the_best_place_comes_first(response: str, first: str) -> None:
    assert next(offered(response)).text == first


@pytest.mark.parametrize(
    ("response", "inside"),
    [(r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"), ("no box", None), (r"\boxed{{a}_{b}}", "{a}_{b}")],
)
def test_what_the_last_box_holds(response: str, inside: str | None) -> None:
    assert boxed(response) == inside


def test_nothing_is_offered_by_nothing() -> None:
    assert list(offered("")) == []
