"""What questions of mathematics ask for."""

from orca2.reading.asked import asked

NAMES = {
    "Solve y = 2x+1 for x.": "x", "Solve for x: 2x+3 = 7": "x",
    "If x+y=5 and x-y=1, what is x?": "x", "find \\(x\\).": "x",
    "What is $y$ in terms of $x$?": "y", "Find all real values of $x$ for which": "x", "For what value of k does": "k",
    "Given x = 3, find y.": "y", "Find $x^2+y^2$.": "", "What is $x + y$?": "",
    "Compute $f(3)$": "", "What is a prime?": "",
    "Find the length of AB": "", "Find x_1": "", "": "",
}  # fmt: skip


def test_the_letters_asked_for() -> None:
    assert {question: "".join(sorted(asked(question).names)) for question in NAMES} == NAMES


def test_how_an_answer_is_wanted() -> None:
    assert asked("List them in increasing order.").ordered and asked("Rank them from least to greatest.").ordered
    assert not asked("In how many orders can they sit?").ordered
    assert asked("Express x in terms of y.").solved and not asked("Find the equation of the line.").solved
    assert asked("Find the equation of the line.").curve and not asked("Find x.").curve
