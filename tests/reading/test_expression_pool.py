"""A real process compares what our own grammar does not have, and one that was ended is replaced."""

import pytest

from orca2.reading import expression_pool

pytestmark = pytest.mark.slow  # each starts a process that loads sympy


@pytest.fixture(autouse=True)
def _needs_math_verify() -> None:
    pytest.importorskip("math_verify", reason="the extra math is not installed (make test installs it)")


def test_equal_and_unequal() -> None:
    assert expression_pool.same(r"\int_0^1 2x dx", "1") is True
    assert expression_pool.same(r"\int_0^1 2x dx", "2") is False


def test_a_worker_that_was_ended_from_outside_is_started_anew() -> None:
    worker = expression_pool._Worker()
    try:
        assert worker.ask('["1/2", "0.5"]') == "true\n"
        assert worker.process is not None
        worker.process.kill()
        worker.process.wait()
        assert worker.ask('["1/2", "0.5"]') is None  # this comparison is lost
        assert worker.ask('["1/2", "0.5"]') == "true\n"
    finally:
        worker.stop()
    assert worker.process is None
