"""Symbols: a short list is edited three times; the steps write it out after each edit."""

from collections.abc import Callable
from random import Random

from orca2.sources.synthetic._problem import Problem
from orca2.sources.synthetic._words import WORDS

EDITS: dict[str, Callable[[list[str]], list[str]]] = {
    "reverse the list": lambda words: words[::-1],
    "drop the first word": lambda words: words[1:],
    "drop the last word": lambda words: words[:-1],
    "swap the first two words": lambda words: [words[1], words[0], *words[2:]],
}
LENGTH, TIMES = 5, 3


def make(rng: Random) -> Problem:
    words = rng.sample(WORDS, LENGTH)
    given = ", ".join(words)
    edits: list[str] = []
    steps = []
    for _ in range(TIMES):
        edits.append(rng.choice([edit for edit in EDITS if edit not in edits[-1:]]))
        words = EDITS[edits[-1]](words)
        steps.append(f"{edits[-1].split()[0].capitalize()}: {' '.join(words)}.")
    return Problem(
        prompt=f"Take the list {given}. In this order: {', '.join(edits)}. Which word is first now?",
        target=words[0],
        steps=" ".join(steps),
        explanation=f"After the three edits, the list begins with {words[0]}.",
    )
