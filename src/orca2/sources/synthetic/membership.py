"""Membership: whether a word stands in a list, yes or no."""

from random import Random

from orca2.sources.synthetic._problem import Problem
from orca2.sources.synthetic._words import WORDS


def make(rng: Random) -> Problem:
    *words, absent = rng.sample(WORDS, 6)
    there = rng.random() < 0.5
    word = rng.choice(words) if there else absent
    checked = words[: words.index(word)] if there else words
    seen = [f"{other} no" for other in checked] + [f"{word} yes"] * there
    return Problem(
        prompt=f"Is the word {word} in this list: {', '.join(words)}? Yes or no?",
        target="yes" if there else "no",
        steps=f"{', '.join(seen)}.",
        explanation=f"The list {'has' if there else 'lacks'} the word {word}.",
    )
