"""Sets of real numbers, by the numbers in them."""

import pytest

from orca2.reading.expressions import parse
from orca2.reading.regions import region

SAME = (
    ("(-\\infty, 3)", "x < 3", "3 > x", "{x | x < 3}", "x \\in (-\\infty, 3)", "(-\\infty, 2] \\cup [1, 3)"),
    ("[-4, 9]", "-4 \\le x \\le 9", "9 \\ge x \\ge -4", "x \\ge -4 \\text{ and } x \\le 9", "[-4, 0] \\cup [0, 9]"),
    ("(-\\infty,2) \\cup (2,\\infty)", "x \\ne 2", "\\mathbb{R} \\setminus \\{2\\}", "x < 2 \\text{ or } x > 2"),
    ("(1, 3]", "1 < x \\le 3", "(0, 3] \\cap (1, 5)", "x > 1, x \\le 3"),
    ("(-\\infty, \\infty)", "\\mathbb{R}", "x \\in \\mathbb{R}"),
    ("\\emptyset", "(1, 2) \\cap (3, 4)"),
    ("[\\sqrt2, \\infty)", "x \\ge \\sqrt{2}"),
)
OTHER = (
    "(-\\infty, 3]",
    "[-4, 9)",
    "(-4, 9)",
    "[-9, 4]",
    "x > 3",
    "(1, 3)",
    "[1, 3]",
    "\\{1, 3\\}",
    "x \\ne 3",
    "x = 2",
)
NO_REGION = ("x < y", "2x < 6", "x < a", "(1, 2, 3)", "[3, 1]", "5", "x + 1", "x < i")


@pytest.mark.parametrize("texts", SAME)
def test_one_set(texts: tuple[str, ...]) -> None:
    found = [region(tree) for text in texts if (tree := parse(text.replace("{x | x < 3}", r"\{x | x < 3\}")))]
    assert len(found) == len(texts) and found.count(found[0]) == len(found) and found[0] is not None


def test_other_sets_are_none_of_these() -> None:
    ones = [region(tree) for texts in SAME if (tree := parse(texts[0]))]
    others = [region(tree) for text in OTHER if (tree := parse(text))]
    assert len(others) == len(OTHER) and not [one for one in others if one in ones or one is None]


def test_what_is_no_set() -> None:
    assert [text for text in NO_REGION if (tree := parse(text)) and region(tree) is not None] == []
