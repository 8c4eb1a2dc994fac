"""Logic: one object changes hands; who holds it must be tracked swap by swap."""

from random import Random

from orca2.sources.synthetic._problem import Problem
from orca2.sources.synthetic._words import NAMES

OBJECTS = ("key", "ball", "coin", "ring", "book", "map", "cup", "hat")
SWAPS = 4
MOVES = 2  # the object changes hands at least so often, or naming its first holder would pay


def make(rng: Random) -> Problem:
    people, thing = rng.sample(NAMES, 4), rng.choice(OBJECTS)
    while True:
        start = rng.choice(people)
        holders = [start]
        pairs = [rng.sample(people, 2) for _ in range(SWAPS)]
        for one, other in pairs:
            holders.append({one: other, other: one}.get(holders[-1], holders[-1]))
        if sum(holders[i] != holders[i + 1] for i in range(SWAPS)) >= MOVES:
            break
    swaps = [f"{one} and {other}" for one, other in pairs]
    tracked = " ".join(f"{swap}: {holder}." for swap, holder in zip(swaps, holders[1:], strict=True))
    return Problem(
        prompt=(
            f"{start} has the {thing}. Then these pairs swap what they hold: {', '.join(swaps)}."
            f" Who has the {thing} at the end?"
        ),
        target=holders[-1],
        steps=f"Start: {start}. {tracked}",
        explanation=f"Passed on in every swap of its holder, the {thing} ends with {holders[-1]}.",
    )
