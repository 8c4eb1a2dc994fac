"""What questions of mathematics ask for."""

from orca2.graders import auto, math
from orca2.reading.asked import asked, interval

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


def test_two_numbers_in_brackets_are_an_interval_where_a_range_is_asked_for() -> None:
    ranges = ("What is the range of $g$?", "Solve the inequality.", "Give your answer in interval notation.")
    assert all(interval("[0,25]", question) for question in ranges)
    assert not any(
        interval("[0,25]", question)
        for question in ("", "What does range(5) return?", "List the intervals as a Python list.")
    )
    assert not any(interval(target, ranges[0]) for target in ("[0]", "[0, 1, 2]", "(0, 25)", "['a', 'b']", ""))
    assert auto.load().pick("[0, 25]", ranges[0]).name == "math"  # type: ignore[attr-defined]
    assert math.load().grade("[0, 25]", "So $0 \\le g(x) \\le 25$.", ranges[0]).correct
    assert math.load().grade("[0, 25]", "The range is $[0, 25)$.", ranges[0]).outcome == "wrong"
