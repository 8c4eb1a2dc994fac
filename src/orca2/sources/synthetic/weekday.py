"""Dates: which weekday it will be, walking one day at a time."""

from random import Random

from orca2.sources.synthetic._problem import Problem
from orca2.sources.synthetic._words import NAMES

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVENTS = (
    "exam", "trip", "party", "lunch", "test", "game", "show", "race", "fair", "visit", "class", "sale", "flight",
    "move", "talk", "dance", "concert", "wedding", "meeting", "dinner", "picnic", "match", "camp", "holiday",
)  # fmt: skip


def make(rng: Random) -> Problem:
    start, ahead = rng.randrange(7), rng.randint(2, 7)
    name, event = rng.choice(NAMES), rng.choice(EVENTS)
    walk = [DAYS[(start + day) % 7] for day in range(1, ahead + 1)]
    return Problem(
        prompt=f"Today is {DAYS[start]}. {name}'s {event} is in {ahead} days. On which weekday is the {event}?",
        target=walk[-1],
        steps=", ".join(f"{day} {weekday}" for day, weekday in enumerate(walk, 1)) + ".",
        explanation=f"{ahead} days after {DAYS[start]} it is {walk[-1]}.",
    )
