"""Formulas set aside from prose, and what those of several steps come to."""

import re

import pytest

from orca2.reading.formulas import LETTER, conclusion, masked
from orca2.reading.offered import offered


def _shown(text: str, several: bool = False) -> tuple[int, list[str]]:
    """How many letters stand in the prose, and the formulas that they stand for."""
    found = masked(text, several)
    letters = re.findall(LETTER, found.text)
    return len(letters), [found.formula(letter) for letter in letters]


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("So $x = 2$.", ["x = 2"]), ("So \\(x\\) and then \\[y\\]", ["x", "y"]), ("$$a\n\n= b$$", ["a\n\n= b"]),
        ("It is `sqrt(2)`.", ["sqrt(2)"]), ("\\boxed{\\frac{1}{2}}", ["\\frac{1}{2}"]), ("$\\boxed{5}$", ["5"]),

        ("\\[\n\\boxed{\n\\begin{pmatrix} 4 \\\\ -1 \\end{pmatrix}\n}\n\\]",
         ["\\begin{pmatrix} 4 \\\\ -1 \\end{pmatrix}"]),
        ("$x=2$ or $x=3$", ["x=2 \\text{ or } x=3"]), ("\\boxed{2} and \\boxed{3}", ["2 \\text{ and } 3"]),
        ("$1$, $2$, and $3$", ["1 , 2 ,\\text{ and } 3"]), ("Since $x>0$, $x=5$.", ["x>0", "x=5"]),
        ("It costs $5 and then $6.", []), ("from $20 + $30 = $50", []), ("\\$5", []), ("$1,000 for 200 bags at $5", []),
        ("```python\nx = `1`\n```\nso $2$", ["2"]), ("open $x", []), ("\\(open", []),
    ],
)  # fmt: skip
def test_what_is_a_formula(text: str, formulas: list[str]) -> None:
    assert _shown(text) == (len(formulas), formulas)


def test_commas_join_where_several_values_are_wanted() -> None:
    assert _shown("Thus $x=2$, $x=3$.", several=True) == (1, ["x=2 , x=3"])


@pytest.mark.parametrize(
    ("formula", "last"),
    [
        ("x = 5", "x = 5"), ("\\begin{align*} x &= 2+3 \\\\ &= 5 \\end{align*}", "5"), ("2x = 4 \\implies x = 2",
        "x = 2"),
        ("\\begin{aligned} a &= 1 \\\\ b &= 2 \\end{aligned}", "b = 2"), ("x = 5 \\tag{1}", "x = 5"),
        ("\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}"), ("2x = 4 ⇒ x = 2",
        "x = 2"),
        ("A &= \\begin{pmatrix} 1 & 2 \\end{pmatrix} \\\\", "A = \\begin{pmatrix} 1 & 2 \\end{pmatrix}"),
    ],
)  # fmt: skip
def test_the_last_step(formula: str, last: str) -> None:
    assert " ".join(conclusion(formula).split()) == last


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("First $a=2$. So the area is $4\\pi$.", "4\\pi"), ("The answer is $x^2$. Here $x = 3$.", "x^2"),
        ("x^2 + 1", "x^2 + 1"),
        ("\\boxed{2} is right, but first I thought $3$.", "2"), ("The diagonal is 3√5 cm long.", "3√5"),
        ("The answer is not $x^2$. It is $x^3$.", "x^3"), ("So the product is $x^2$, not $x^3$.", "x^2"),
        ("The side is $2\\sqrt{3}$ cm, which is about 3.46 cm.", "2\\sqrt{3}"), ("thus x = 4 and y = 3",
        "x = 4 and y = 3"),
    ],
)  # fmt: skip
def test_the_best_offer(text: str, best: str) -> None:
    assert next(iter(offered(text))).text == best
