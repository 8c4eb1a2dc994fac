"""The dress of LaTeX around an answer, and what is a number without it."""

from orca2.reading.latex import plain_latex, plain_number, unboxed

PLAIN = {
    "14,\\!400": "14,400",
    "1{,}000": "1,000",
    "1\\,000": "1,000",
    "96 \\mbox{ cm}^2": "96 cm^2",
    "7.2 \\text{ dollars}": "7.2 dollars",
    "\\$5": "$5",
    "$1,450": "$1,450",
    "50\\%": "50%",
    "70^\\circ": "70°",
    "3{,}5": "3.5",
    "\\boxed{\\text{odd}}": "odd",
    "\\text{(D)}": "(D)",
    "$\\mathrm{\\textbf{yes}}$": "yes",
    "\\[ 5 \\]": "5",
    "\\left( 5 \\right)": "( 5 )",
    "3\\sqrt{5}": "3\\sqrt{5}",
    "1302_{5}": "1302_5",
    "The Beatles": "The Beatles",
}
NUMBERS = (
    "5", "-5", "14,\\!400", "$5$", "\\$1,450.00", "50\\%", "70^\\circ", "\\frac12", "3\\frac{1}{2}", "3 1/2", "1e5",
    "5 cm", "5cm", "12 square units", "60 miles per hour", "9.8 \\text{ m/s}^2", "5 m", "\\boxed{5}", "100 people.",
)  # fmt: skip
NO_NUMBERS = (
    "3\\sqrt5", "√5", "5π", "5i", "5x", "5xy", "7(y+2)", "5!", "3^5", "5 or 6", "5, 6", "x=5", "4 cos x", "5 + 3",
    "1302_5",
    "\\frac{1+\\sqrt{37}}{6}", "5 pi", "", "a",
)  # fmt: skip


def test_the_dress_comes_off() -> None:
    assert {text: plain_latex(text) for text in PLAIN} == PLAIN


def test_a_number_has_nothing_but_units_around_it() -> None:
    assert [text for text in NUMBERS if not plain_number(text)] == []
    assert [text for text in NO_NUMBERS if plain_number(text)] == []


def test_only_a_box_around_the_whole_text_is_opened() -> None:
    texts = (
        "\\boxed{5}",
        "\\boxed{\\boxed{5}}",
        "\\fbox{a{b}}",
        "x = \\boxed{5}",
        "\\boxed{5}, \\boxed{6}",
        "\\boxed{5",
    )
    assert [unboxed(text) for text in texts] == ["5", "5", "a{b}", *texts[3:]]
