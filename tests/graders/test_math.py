"""Expressions by value, and the processes with a deadline that compare what our own grammar does not have."""

import importlib.util
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from orca2.graders import auto, math
from orca2.reading import expression_pool as _pool
from tests.graders import math_shapes, math_values

ANSWERS = math_values.ANSWERS + math_shapes.ANSWERS
INTEGRAL = r"\int_0^1 f(x) \, dx"
NOISE = "We look at each part of the figure in turn and write down what is known about it. " * 6


@pytest.fixture(autouse=True)
def _no_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever our own grammar reads is compared without a process."""
    if "process" not in request.fixturenames:
        monkeypatch.setattr(
            _pool, "same", lambda gold, answer: pytest.fail(f"{answer} for {gold} was given to a process")
        )


@pytest.fixture
def process() -> None:
    """For a test whose comparisons may be made in a process."""
    pytest.importorskip("math_verify", reason="the extra math is not installed (make test installs it)")


@pytest.mark.parametrize(
    ("gold", "response", "question"),
    [(case.gold, response, case.question) for case in ANSWERS for response in case.right],
)
def test_right(gold: str, response: str, question: str) -> None:
    assert math.load().grade(gold, response, question).outcome == "correct"


@pytest.mark.parametrize(
    ("gold", "response", "question"),
    [(case.gold, response, case.question) for case in ANSWERS for response in case.wrong],
)
def test_not_right(gold: str, response: str, question: str) -> None:
    assert math.load().grade(gold, response, question).outcome in ("wrong", "ambiguous", "unextracted")


@pytest.mark.parametrize(
    ("target", "response", "outcome"),
    [
        ("2\\sqrt{3}", "The answer is $3\\sqrt{2}$.", "wrong"),
        ("2\\sqrt{3}", "The answer is $2\\sqrt{3}$ or $3\\sqrt{2}$.", "ambiguous"),
        ("2\\sqrt{3}", "The answer is $2\\sqrt{3}$ or $\\sqrt{12}$.", "correct"),
        ("\\sqrt{2}", "$x = \\sqrt{2}$ or $x = -\\sqrt{2}$", "ambiguous"),
        ("x^2", "I do not know", "unextracted"),
        ("x^2", "", "unextracted"),
    ],
)
def test_outcomes(target: str, response: str, outcome: str) -> None:
    assert math.load().grade(target, response).outcome == outcome


@pytest.mark.parametrize("end", ["\\boxed{5x+7}", "$5x+7$", "5x + 7"])
def test_a_long_text_is_read_to_its_end_and_no_cut_of_it_is_an_answer(end: str) -> None:
    steps = f"Let us see.\n\n{NOISE}\n\\[2x + 3x + 7 = 5x + 8.\\]\n\n{NOISE}\n\nTherefore the simplified form is {end}."
    assert math.load().grade("5x+7", steps).correct
    assert math.load().grade("5x+8", steps).outcome == "wrong"
    long = "$" + " + ".join(f"{n}x^{n}" for n in range(2, 70)) + "$"
    assert math.load().grade(long, f"The sum is {long}.").correct
    assert not math.load().grade(long, f"The sum is {long[:-4]}$.").correct


GOLDS = {
    "math": (
        "-3,2", "2,-5", "\\sec x", "1302_5", "3:1", "(3, 2)", "\\{1,2\\}", "x=5", "x < 3", "[1, 3)", "x = 2 or x = 3",
        "±2", "2x+1", "√2", "2π", "sqrt(2)", "5!", "\\mathbb{R}", "\\text{odd}", "$x^2$",
        "y = \\frac{1}{2}x + 3", INTEGRAL,
    ),
    "span": (
        "x-ray", "e-mail", "F-16", "3-2", "n/a", "AC/DC", "C++", "H_2O", "Apollo 11", "a, b", "World War I", "2nd", "x",
        "no solution",
    ),
    "number": ("5", "14,\\!400", "96 \\mbox{ cm}^2", "7.2 \\text{ dollars}", "\\frac12"),
    "literal": ("(True, False)", "{4: False, 7: 0}", "['x']"),
    "json": ("[3, 9, 4]",),
    "date": ("7:30",),
}  # fmt: skip


@pytest.mark.parametrize(("grader", "target"), [(name, target) for name, golds in GOLDS.items() for target in golds])
def test_what_is_mathematics(grader: str, target: str) -> None:
    assert auto.load().pick(target).name == grader  # type: ignore[attr-defined]


@pytest.mark.parametrize("answer", [INTEGRAL, "\\int_0^1 f(x)\\,dx"])
def test_an_answer_in_the_words_of_the_gold_one_needs_no_rules(answer: str) -> None:
    assert math.load().grade(INTEGRAL, f"The area is $\\boxed{{{answer}}}$.").correct


def test_a_row_that_needs_the_extra_fails_alone_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    failed = math.load().grade(INTEGRAL, "The answer is $\\int_0^2 f(x) dx$.")
    assert failed.outcome == "failed"
    assert failed.why == "math-verify is not installed; install it with: pip install 'orca2[math]'"
    assert math.load().grade("x^2", "The answer is $x \\cdot x$.").correct


# what is in a box, and the number that it is; nothing where it is none
BOXES = {
    "3\\sqrt{5}": "", "\\sqrt{5}": "", "\\frac{1+\\sqrt{37}}{6}": "", "7(y+2)": "", "5x": "", "3\\pi": "", "3i": "",
    "e^3": "", "4 \\cos^2 w": "", "(3, 4)": "", "3, 4": "", "x > 3": "", "\\pm 3": "", "2x = 3": "",
    "x = 3 \\text{ or } x = -3": "", "\\frac{3}{x}": "", "3^5": "243", "3!": "6", "4! = 24": "24", "\\log_2 8": "3",
    "\\sqrt{49}": "7", "\\binom{5}{2}": "10", "7 \\times 10^4": "70000", "x = 5": "5", "\\pi \\approx 3.14": "3.14",
    "5 \\text{ cm}": "5", "18th": "18", "70,\\!000": "70000", "4:00 \\text{ pm}": "4", "\\text{one}": "1",
    "\\frac{1}2": "1/2", "2^3 \\text{ ways}": "8", "30s": "30", "10k": "10000",
}  # fmt: skip


@pytest.mark.parametrize("box", BOXES)
def test_a_number_that_is_asked_for_is_not_the_first_one_of_a_formula(box: str) -> None:
    response = f"Solve for $x$: we get $\\boxed{{{box}}}$."
    read = [gold for gold in ("1", "3", "4", "5", "6", "7", "-3", "2", "10", "1/2", BOXES[box] or "0")
            if auto.load().grade(gold, response, "Find $x$.").correct]  # fmt: skip
    assert set(read) == ({BOXES[box]} if BOXES[box] else set())


def test_which_golds_need_the_extra() -> None:
    golds = (INTEGRAL, "\\sum_{n=1}^\\infty a_n", "\\frac12", "5", "no solution", "[1, 3)", "\\text{odd}")
    needy = [gold for gold in golds if math.needs_extra(gold)]
    assert needy == [INTEGRAL, "\\sum_{n=1}^\\infty a_n"]


@pytest.mark.slow
@pytest.mark.usefixtures("process")
def test_what_we_have_no_rules_for_is_left_to_math_verify() -> None:
    assert math.load().grade("\\int_0^1 x \\, dx", "The area is $\\frac{1}{2}$.").correct
    assert math.load().grade("\\int_0^1 x \\, dx", "The area is $\\frac{1}{3}$.").outcome == "wrong"


@pytest.mark.slow
@pytest.mark.usefixtures("process")
def test_a_comparison_without_end_is_killed_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pool, "DEADLINE", 1.0)
    verdict = math.load().grade("x^2", "The answer is $9^{9^{9^{9^{9}}}}$.")
    assert (verdict.outcome, verdict.why) == ("failed", "the comparison took longer than 1 s")
    monkeypatch.setattr(_pool, "DEADLINE", 60.0)
    assert math.load().grade("\\int_0^1 2x \\, dx", "The answer is $1$.").correct  # a fresh process took over


@pytest.mark.slow
@pytest.mark.usefixtures("process")
def test_it_works_off_the_main_thread_and_in_parallel() -> None:
    assert threading.current_thread() is threading.main_thread()
    with ThreadPoolExecutor(4) as pool:
        found = list(
            pool.map(lambda n: math.load().grade(f"\\int_0^{n} 2x dx", f"The answer is ${n * n}$."), range(2, 8))
        )
    assert all(verdict.correct for verdict in found)


@pytest.mark.parametrize(
    "piece", ["{", "\\boxed{", "$", "$x$ and ", "\\frac{1}{", "(", "9^", "1/", "|", "\\\\", "_{", "[[", "√("]
)
@pytest.mark.parametrize("around", ["{}", "\\boxed{{{}}}", "The answer is {}", "${}$"])
def test_no_text_makes_it_raise(piece: str, around: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pool, "same", lambda gold, answer: None)
    for times in (1, 50, 5_000):
        text = around.format(piece * times)
        verdict = math.load().grade("2\\sqrt{3}", text, text)
        assert verdict.outcome in ("wrong", "unextracted", "ambiguous", "failed", "truncated")
        math.load().reads(text, text)


@pytest.mark.slow
def test_a_worker_without_work_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "from orca2.reading import expression_worker as worker; worker.LONGEST = 1; worker.main()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout and process.stdout.readline() == b"ready\n"
        for _ in range(2):
            process.stdin.write(b'["1/2", "0.5"]\n')
            process.stdin.flush()
            assert process.stdout.readline() == b"true\n"
            time.sleep(2)  # longer than it may compute
        process.stdin.close()
        assert process.wait() == 0
