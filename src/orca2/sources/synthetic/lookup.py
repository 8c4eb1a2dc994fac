"""Reading in one hop: who wears the hat of a colour, a single fact in the passage."""

from random import Random

from orca2.sources.synthetic._problem import Problem
from orca2.sources.synthetic._words import COLOURS, NAMES, listed


def make(rng: Random) -> Problem:
    people, colours = rng.sample(NAMES, 4), rng.sample(COLOURS, 4)
    asked = rng.randrange(4)
    worn = [f"{who} wears a {colour} hat" for who, colour in zip(people, colours, strict=True)]
    checked = [f"{who} {colour}" for who, colour in zip(people, colours, strict=True)][: asked + 1]
    return Problem(
        prompt=f"{listed(worn)}. Who wears the {colours[asked]} hat?",
        target=people[asked],
        steps=f"{', '.join(checked)}.",
        explanation=f"The {colours[asked]} hat is worn by {people[asked]}.",
    )
