"""A real process compares what our own grammar does not have."""

import pytest

from orca2.reading import expression_pool

pytestmark = pytest.mark.slow  # starts a process that loads sympy


@pytest.fixture(autouse=True)
def _needs_math_verify() -> None:
    pytest.importorskip("math_verify", reason="the extra math is not installed (make test installs it)")


def test_equal_and_unequal() -> None:
    assert expression_pool.same(r"\int_0^1 2x dx", "1") is True
    assert expression_pool.same(r"\int_0^1 2x dx", "2") is False
