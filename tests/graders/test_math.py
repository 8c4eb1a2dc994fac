"""Expressions by value, in processes with a deadline."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from orca2.graders import _pool, math

pytest.importorskip("math_verify", reason="the extra math is not installed (make test installs it)")


@pytest.mark.parametrize(
    ("target", "response"),
    [
        ("\\frac{1}{2}", "The answer is 0.5."),
        ("\\frac{1}{2}", "so $\\boxed{\\frac12}$"),
        ("x^2+2x+1", "So the answer is $(x+1)^2$."),
        ("x^2+2x+1", "Thus, the expanded form is (x+1)^2."),
        ("\\frac{\\pi}{4}", "The final answer is: pi/4"),
        ("2\\sqrt{3}", "2*sqrt(3)"),
        ("2\\sqrt{3}", "The answer is √12"),
        ("(-\\infty, 2]", "We solve. The answer is $(-\\infty,2]$."),
        ("\\{1,2\\}", "The solutions form the set $\\{2,1\\}$"),
    ],
)
def test_right(target: str, response: str) -> None:
    assert math.reads(target, "") and math.grade(target, response).correct


@pytest.mark.parametrize(
    ("target", "response", "outcome"),
    [
        ("2\\sqrt{3}", "The answer is $3\\sqrt{2}$.", "wrong"),
        ("2\\sqrt{3}", "The answer is $2\\sqrt{3}$ or $3\\sqrt{2}$.", "ambiguous"),
        ("x^2", "I do not know", "unextracted"),
        ("(1,2)", "The answer is $(2,1)$.", "wrong"),
    ],
)
def test_not_right(target: str, response: str, outcome: str) -> None:
    assert math.grade(target, response).outcome == outcome


def test_a_comparison_without_end_is_killed_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pool, "DEADLINE", 1.0)
    verdict = math.grade("x^2", "The answer is $9^{9^{9^{9^{9}}}}$.")
    assert (verdict.outcome, verdict.why) == ("failed", "the comparison took longer than 1 s")
    assert math.grade("x^2", "The answer is $x \\cdot x$.").correct  # a fresh process took over


def test_it_works_off_the_main_thread_and_in_parallel() -> None:
    assert threading.current_thread() is threading.main_thread()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: math.grade(f"{n}x^2", f"The answer is $x^2 \\cdot {n}$."), range(2, 14)))
    assert all(verdict.correct for verdict in found)


def test_a_worker_without_work_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "from orca2.graders import _worker; _worker.LONGEST = 1; _worker.main()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout and process.stdout.readline() == b"ready\n"
        for _ in range(2):
            process.stdin.write(b'["1/2", "0.5"]\n')
            process.stdin.flush()
            assert process.stdout.readline() == b"true\n"
            time.sleep(2)  # longer than it may compute
        process.stdin.close()
        assert process.wait() == 0
