"""Reading in two hops: from a person to a box, from the box to what is in it."""

from random import Random

from orca2.sources.synthetic._problem import Problem
from orca2.sources.synthetic._words import COLOURS, NAMES

THINGS = ("key", "coin", "ring", "ball", "book", "map", "pen", "cup")


def make(rng: Random) -> Problem:
    people, colours, things = rng.sample(NAMES, 3), rng.sample(COLOURS, 3), rng.sample(THINGS, 3)
    owned = [f"{who} has the {colour} box" for who, colour in zip(people, colours, strict=True)]
    (top, first), *rest = rng.sample(list(zip(colours, things, strict=True)), 3)
    filled = [f"the {top} one holds a {first}", *(f"the {colour} one a {thing}" for colour, thing in rest)]
    asked = rng.randrange(3)
    who, colour, thing = people[asked], colours[asked], things[asked]
    return Problem(
        prompt=f"{', '.join(owned)}; {', '.join(filled)}. What is in {who}'s box?",
        target=thing,
        steps=f"{who} has the {colour} box. The {colour} box holds a {thing}.",
        explanation=f"The {thing} lies in {who}'s box, the {colour} one.",
    )
