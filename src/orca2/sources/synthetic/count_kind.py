"""Reading: how many words of a list are of one kind, with a running count."""

from random import Random

from orca2.sources.synthetic._problem import Problem
from orca2.sources.synthetic._words import KINDS, listed

LENGTH = 7


def make(rng: Random) -> Problem:
    kind, count = rng.choice(list(KINDS)), rng.randint(2, 6)
    others = [word for other, words in KINDS.items() if other != kind for word in words]
    words = rng.sample(KINDS[kind], count) + rng.sample(others, LENGTH - count)
    rng.shuffle(words)
    found = [word for word in words if word in KINDS[kind]]
    steps, seen = [], 0
    for word in words:
        seen += word in found
        steps.append(f"{word} {seen}")
    return Problem(
        prompt=f"How many of these words are {kind}s: {', '.join(words)}?",
        target=str(count),
        steps=f"{', '.join(steps)}.",
        explanation=f"The {kind}s are {listed(found)}.",
    )
