"""Copying: the word that follows a given one in a list."""

from random import Random

from orca2.sources.synthetic._problem import Problem
from orca2.sources.synthetic._words import WORDS


def make(rng: Random) -> Problem:
    words = rng.sample(WORDS, 5)
    at = rng.randrange(4)
    return Problem(
        prompt=f"Which word comes right after {words[at]} in this list: {', '.join(words)}?",
        target=words[at + 1],
        steps=f"The list goes {', then '.join(words[: at + 2])}.",
        explanation=f"In the list, {words[at + 1]} follows {words[at]}.",
    )
