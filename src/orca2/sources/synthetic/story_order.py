"""Story: four shuffled sentences to put in order by their cue words and what refers to what."""

from random import Random

from orca2.sources.synthetic._problem import Problem
from orca2.sources.synthetic._words import NAMES

CUES = ("First", "Then", "After", "Finally")
THINGS = ("cup", "bike", "box", "chair", "lamp", "toy", "bowl", "vase", "bag", "clock")
GOT = ("found", "bought", "got")
WORK = {"washed": "washing", "painted": "painting", "cleaned": "cleaning", "fixed": "fixing"}
NEXT = ("wrapped", "packed", "tested", "dried")
LAST = ("sold", "lost", "hid", "kept")


def make(rng: Random) -> Problem:
    name, thing, work = rng.choice(NAMES), rng.choice(THINGS), rng.choice(list(WORK))
    got, last = rng.choice(GOT), rng.choice(LAST)
    story = (
        f"First {name} {got} a {thing}.",
        f"Then {name} {work} it.",
        f"After {WORK[work]} it {name} {rng.choice(NEXT)} it.",
        f"Finally {name} {last} it.",
    )
    shown = list(range(4))
    while shown == sorted(shown):  # the prompt itself names 1234 as the form of the answer
        rng.shuffle(shown)
    sentences = " ".join(f"{number}. {story[part]}" for number, part in enumerate(shown, 1))
    order = [shown.index(part) + 1 for part in range(4)]
    steps = [f"{cue} is {number}." for cue, number in zip(CUES, order, strict=True)]
    return Problem(
        prompt=f"Order these sentences: {sentences} Answer like 1234.",
        target="".join(map(str, order)),
        steps=" ".join(steps),
        explanation=f"{name} {got} the {thing} before it was {work}, and {last} it at the end.",
    )
