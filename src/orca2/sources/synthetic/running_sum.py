"""Arithmetic: five small numbers to add; each partial sum is easy, all four at once are not."""

from random import Random

from orca2.sources.synthetic._problem import Problem


def make(rng: Random) -> Problem:
    numbers = [rng.randint(2, 9) for _ in range(5)]
    total, steps = numbers[0], []
    for number in numbers[1:]:
        steps.append(f"{total}+{number}={total + number}")
        total += number
    return Problem(
        prompt=f"What is {' + '.join(map(str, numbers))}?",
        target=str(total),
        steps=f"{', '.join(steps)}.",
        explanation=f"The five numbers add up to {total}.",
    )
