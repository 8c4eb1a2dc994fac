"""Whether two formulas are one answer; beside each that is right stand others that only look like it."""

import pytest

from orca2.reading.asked import asked
from orca2.reading.equality import same, values
from orca2.reading.expressions import parse


def _same(gold: str, answer: str, question: str = "") -> bool | None:
    left, right = parse(gold), parse(answer)
    assert left is not None and right is not None
    return same(left, right, asked(question))


@pytest.mark.parametrize(
    ("gold", "answer", "question"),
    [
        ("-3,2", "2,-3", ""),
        ("-3,2", "2 and -3", ""),
        ("-3,2", "x = -3 or x = 2", ""),
        ("-3,2", "x=-3, x=2", ""),
        ("-3,2", r"\{-3, 2\}", ""),
        ("(3,4)", "x=3, y=4", ""),
        ("(3,4)", "y=4, x=3", ""),
        ("x=3,y=4", "(3,4)", ""),
        ("(3,4)", "(x,y)=(3,4)", ""),
        ("5", "x=5", ""),
        ("x=5", "5", ""),
        ("y=2x+1", "2x+1", ""),
        ("2x+1", "y=2x+1", ""),
        ("y=2x+1", "2x-y+1=0", "Find the equation of the line"),
        ("y=2x+1", "4x-2y=-2", ""),
        ("5x-7y+11z+4=0", "10x-14y+22z+8=0", ""),
        ("5x-7y+11z+4=0", "-5x+7y-11z=4", ""),
        ("x^2+y^2=25", "y^2=25-x^2", ""),
        ("y=1/x", "xy=1", ""),
        ("x=5", "x-5=0", "equation of the vertical line"),
        ("5x+7", "2x+3x+7=5x+7", ""),
        (r"4\pi", r"\pi r^2 = 4\pi", ""),
        (r"9\pi", r"A = \pi(3)^2 = 9\pi", ""),
        (r"(-\infty,3)", "x<3", ""),
        ("x<3", "3>x", ""),
        (r"x \in [-4,9]", "[-4,9]", ""),
        (r"x \in [-4,9]", r"-4 \le x \le 9", ""),
        (r"(-\infty,-2)\cup(2,\infty)", r"x<-2 \text{ or } x>2", ""),
        (r"(-\infty,-2)\cup(2,\infty)", "x<-2 or x>2", ""),
        (r"(-\infty,-2)\cup(2,\infty)", "(2,∞) ∪ (-∞,-2)", ""),
        (r"(-\infty,2)\cup(2,\infty)", r"x \ne 2", ""),
        (r"(-\infty,\infty)", r"\mathbb{R}", ""),
        ("(1,3]", r"1<x\le 3", ""),
        ("(1,3]", r"x>1 \text{ and } x \le 3", ""),
        (r"\mathbb{R} \setminus \{2\}", r"x\ne 2", ""),
        ("(1,2)", "1<x<2", ""),
        (r"y \le 6-2x", r"2x+y \le 6", ""),
        (r"y \le 6-2x", r"-2x-y \ge -6", ""),
        (r"\begin{pmatrix} 3/7 \\ 2/7 \end{pmatrix}", r"\begin{pmatrix} \frac{3}{7} \\ \frac{2}{7} \end{pmatrix}", ""),
        (r"\begin{pmatrix} 3/7 \\ 2/7 \end{pmatrix}", r"\frac17\begin{bmatrix} 3 \\ 2 \end{bmatrix}", ""),
        (r"\begin{pmatrix} 3 \\ 2 \end{pmatrix}", "(3,2)", ""),
        (r"\begin{pmatrix} 1&2 \\ 3&4 \end{pmatrix}", "[[1,2],[3,4]]", ""),
        (r"\text{even}", r"\text{Even}", ""),
        ("1302_5", "1302_{5}", ""),
        ("1302_5", "1302", ""),
        ("-102_3", "-102", ""),
        ("1302_5", r"1302_{\text{five}}", ""),
        ("2A_{16}", "2A_16", ""),
        (r"2 \pm \sqrt3", r"2+\sqrt3, 2-\sqrt3", ""),
        (r"\pm 2", "2,-2", ""),
        (r"\pm 2", r"x = \pm 2", ""),
        (r"8\sqrt3 \text{ cm}", r"8\sqrt3", ""),
        (r"8\sqrt3", r"8\sqrt3 \text{ cm}", ""),
        (r"8\sqrt3\text{ cm}^2", r"8\sqrt3 \text{ square centimeters}", ""),
        (r"144\mbox{m}^3", r"144 \text{ m}^3", ""),
        (r"50\%", "50", ""),
        (r"50\%", "0.5", ""),
        (r"\frac{\pi}{4}", r"45^\circ", ""),
        ("2x+10", r"(2x+10)^\circ", ""),
        (r"\sec x", r"\frac{1}{\cos x}", ""),
        ("3:1", "3:1", ""),
        ("3:1", "3", ""),
        ("3:1", "6:2", ""),
        (r"\sqrt2", "1.41421356", ""),
        (r"\frac13", "0.3333333", ""),
        (r"2\sqrt3", r"2\sqrt3 \approx 3.46", ""),
        (r"x = \frac{\pi}{4}+n\pi", r"x = \frac{\pi}{4}+n\pi, n \in \mathbb{Z}", ""),
        ("(1,2),(3,4)", r"(3,4) \text{ and } (1,2)", ""),
        ("f(x)=2x", "2x", ""),
        ("f(x)=2x", "y=2x", ""),
        ("f^{-1}(x)=2x", "2x", ""),
        ("3,5,7", "7,5,3", ""),
        (r"\{1,2\}", r"\{2,1\}", "in increasing order"),
        (r"\frac12", r"\frac12 or 0.5", ""),
        (r"2\sqrt3", r"x=2, y=2\sqrt3", "What is y?"),
        (r"\frac{x^3}{3}+C", r"\frac13 x^3 + C", ""),
        ("5", "10/2", ""),
        ("(0.5,2)", "(1/2,2)", ""),
        (r"(\frac12,2)", "(0.5, 2)", ""),
        ("3 - 4i", "-4i+3", ""),
        ("(x-3)(x+3)", "x^2-9", ""),
        (r"3\sqrt{13}", r"y=3\sqrt{13}", "If x = 2, find the value of y."),
    ],
)
def test_the_same(gold: str, answer: str, question: str) -> None:
    assert _same(gold, answer, question) is True


@pytest.mark.parametrize(
    ("gold", "answer", "question"),
    [
        ("-3,2", "-3, -2, 2, 5", ""),
        ("2,-5", "2,5", ""),
        ("-3,2", "(-3,2)", ""),
        ("(-3,2)", "(2,-3)", ""),
        ("(3,4)", "x=4, y=3", ""),
        ("x=5", "y=5", ""),
        ("x=5", "x=6", ""),
        ("y=2x+1", "2x-y+1=0", "Solve for y in terms of x"),
        ("y=2x+1", "y=2x-1", ""),
        ("y=2x+1", "2x+y+1=0", ""),
        ("x=(y-1)/2", "y=2x+1", "Solve for x in terms of y"),
        ("5x-7y+11z+4=0", "5x-7y+11z-4=0", ""),
        ("x=5", "2x=10", "Solve for x"),
        ("5", "2x=5", "Solve 2x=5 for x. What is x?"),
        ("x=5", "2x=10", ""),
        (r"(-\infty,3)", r"x\le 3", ""),
        ("x<3", r"(-\infty,3]", ""),
        (r"(-\infty,3)", r"(-\infty,3]", ""),
        (r"x \in [-4,9]", "[-4,9)", ""),
        ("(1,3]", "[1,3)", ""),
        ("x<3", "y<3", ""),
        ("[1,2]", "(1,2)", ""),
        (r"y \le 6-2x", r"2x+y \ge 6", ""),
        (r"y \le 6-2x", "2x+y < 6", ""),
        (r"\begin{pmatrix} 3 \\ 2 \end{pmatrix}", r"\begin{pmatrix} 3 & 2 \end{pmatrix}", ""),
        (r"\begin{pmatrix} 3 \\ 2 \end{pmatrix}", r"\begin{pmatrix} 2 \\ 3 \end{pmatrix}", ""),
        (r"\begin{pmatrix} 1&2 \\ 3&4 \end{pmatrix}", r"\begin{pmatrix} 1&3 \\ 2&4 \end{pmatrix}", ""),
        (r"\text{even}", r"\text{odd}", ""),
        (r"\text{even}", "2", ""),
        ("1302_5", "1302_6", ""),
        ("1302_5", "202", ""),
        ("1302_5", "1303_5", ""),
        ("-102_3", "102_3", ""),
        ("1302_5", "202_{10}", ""),
        (r"2 \pm \sqrt3", r"2-\sqrt3", ""),
        (r"\sqrt2", r"\pm\sqrt2", ""),
        ("2", "2,-2", ""),
        (r"8\sqrt3\text{ cm}", r"8\sqrt3\text{ m}", ""),
        (r"8\sqrt3\text{ cm}^2", r"8\sqrt3 \text{ cm}^3", ""),
        (r"50\%", "5", ""),
        (r"\sec x", r"\tan x \sec x", ""),
        ("3:1", "1:3", ""),
        (r"\sqrt2", "1.414", ""),
        (r"\sqrt2", "1.41421399", ""),
        (r"\frac13", "0.33", ""),
        (r"\frac12", "0.5000001", ""),
        ("(1,2),(3,4)", "(1,2),(4,3)", ""),
        ("f(x)=2x", "g(x)=2x", ""),
        ("3,5,7", "7,5,3", "List them in increasing order."),
        ("x=3", "x = 3 or x = -3", ""),
        ("3", "5, 3", ""),
        ("2", r"x=2, y=2\sqrt3", "What is y?"),
        ("3-4i", "3+4i", ""),
        ("x^2-9", "(x-3)^2", ""),
        (r"3\sqrt{13}", r"x=3\sqrt{13}", "If x = 2, find the value of y."),
    ],
)
def test_another(gold: str, answer: str, question: str) -> None:
    assert _same(gold, answer, question) is False


@pytest.mark.parametrize(("gold", "answer"), [("x^2", "9^{9^{9^{9}}}"), ("9^{9^{9^{9}}}", "9^{9^{9^{8}}}")])
def test_what_cannot_be_worked_out_is_not_settled(gold: str, answer: str) -> None:
    assert _same(gold, answer) is None


def test_a_value_offered_in_two_forms_is_one() -> None:
    texts = ("5/8 or .625", "2 or 3", r"\pm 2", "x = 2 or x = 3")
    assert [len(values(node)) for text in texts if (node := parse(text))] == [1, 2, 2, 2]
