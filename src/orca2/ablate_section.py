"""The section `[ablate]` of a recipe: which arms learn, what they all have the same of, and which difference counts."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from orca2.core.arms import BASE, BUILT_IN, CHOSEN, Arm
from orca2.key_types import Positive, Rate
from orca2.sections import Section


class ArmSpec(Section):
    """One arm of an ablation: the strategy by which its lessons are answered (a name, "random" or "chosen"), whether
    they keep the instruction, and whether the teacher's wrong answers are left out."""

    strategy: str = CHOSEN
    prompt: Literal["kept", "erased"] = "erased"
    verified: bool = True


class Ablate(Section):
    """The ablation: `arms` are built in, `more` are the recipe's own. Its seeds are `seed`, `seed` + 1, ...; every
    trained arm starts from the same student. `match_by` says what all arms have the same of, and `batch` how many
    lessons an optimizer step has on average, so that all arms take the same steps. A difference under `margin` points
    is none that matters. `keep` keeps the students of the arms."""

    seeds: Positive = 3
    arms: list[str] = Field(default=list(BUILT_IN))
    more: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], ArmSpec] = Field(default={})
    start: Literal["explained", "base"] = "explained"
    match_by: Annotated[list[Literal["lessons", "tokens"]], Field(min_length=1)] = Field(default=["lessons"])
    batch: Positive = 8
    margin: Rate = 2.0
    keep: bool = False

    def all_arms(self) -> list[Arm]:
        """Every arm in the recipe's order, the base first."""
        named = [BUILT_IN[name] for name in dict.fromkeys([BASE, *self.arms])]
        return [*named, *(Arm(name, a.strategy, a.prompt == "kept", a.verified) for name, a in self.more.items())]

    @model_validator(mode="after")
    def _known(self) -> "Ablate":
        for name in self.arms:
            if name not in BUILT_IN:
                raise ValueError(f"arms: no {name!r}; built in: {', '.join(BUILT_IN)}; your own go into ablate.more")
        if twice := self.more.keys() & BUILT_IN.keys():
            raise ValueError(f"more: {min(twice)!r} is the name of a built-in arm; give yours another")
        if len(self.all_arms()) < 2:
            raise ValueError("arms: none but the base; name at least one that learns")
        return self
