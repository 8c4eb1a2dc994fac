"""Knowledge: the one word of four that is of another kind."""

from random import Random

from orca2.sources.synthetic._problem import Problem
from orca2.sources.synthetic._words import KINDS, a


def make(rng: Random) -> Problem:
    kind, other = rng.sample(list(KINDS), 2)
    odd = rng.choice(KINDS[other])
    words = [*rng.sample(KINDS[kind], 3), odd]
    rng.shuffle(words)
    each = [f"{word} is {a(other if word == odd else kind)}" for word in words]
    return Problem(
        prompt=f"Which word does not belong with the others: {', '.join(words)}?",
        target=odd,
        steps=f"{', '.join(each)}.",
        explanation=f"The others are {kind}s, but {odd} is {a(other)}.",
    )
