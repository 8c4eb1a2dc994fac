"""Generated tasks with worked solutions: each file is a family, from arithmetic to looking a fact up.

In some families the answer needs several small state updates, in others one look at the prompt, so
that no single strategy is the best for all. Every solution is right by construction.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from itertools import cycle
from random import Random

from orca2.data.row import Row
from orca2.errors import RecipeError
from orca2.plugins import names, suggest
from orca2.sources.synthetic._problem import Problem

ENDLESS = True


def load(families: list[str] | None = None, seed: int = 0) -> Iterator[Row]:
    """Rows of the families in turn, for ever; none named means all. RecipeError for an unknown family.

    A family's rows depend on `seed` and its own name only, not on the other families.
    """
    valid = names("sources.synthetic")
    for family in families or ():
        if family not in valid:
            near = suggest(family, valid)
            raise RecipeError(f"tasks.options.families: no {family!r}{near}; valid: {', '.join(valid)}")
    return _rows({family: Random(f"{seed}/{family}") for family in families or valid})


check = load  # nothing is drawn before the first row


def _rows(rngs: Mapping[str, Random]) -> Iterator[Row]:
    makers: dict[str, Callable[[Random], Problem]] = {f: import_module(f"{__name__}.{f}").make for f in rngs}
    for family in cycle(makers):
        problem = makers[family](rngs[family])
        fields = {"steps": problem.steps, "explanation": problem.explanation}
        yield Row(f"synthetic/{family}", family, problem.prompt, problem.target, fields=fields)
