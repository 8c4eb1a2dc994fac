"""Comparison: two numbers whose first digits decide; one look suffices."""

from random import Random

from orca2.sources.synthetic._problem import Problem


def make(rng: Random) -> Problem:
    small, large = sorted(rng.sample(range(1, 10), 2))
    less, more = (100 * digit + rng.randrange(100) for digit in (small, large))
    one, other = rng.sample((less, more), 2)
    return Problem(
        prompt=f"Which number is larger, {one} or {other}?",
        target=str(more),
        steps=f"{less} starts with {small}, {more} starts with {large}, and {large} is more than {small}.",
        explanation=f"Of the two, {more} is more than {less}.",
    )
