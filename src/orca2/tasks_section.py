"""The section `[tasks]` of a recipe: where tasks come from, and what their answers are held against."""

import shlex
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from orca2.core.splitting import SPLITS, overlap
from orca2.core.types import Gold, Split
from orca2.key_types import Count, Grader, Options, Positive, Share
from orca2.sections import ModelAsked, Section


class Agreed(Section):
    """Each teacher is asked `samples` times, under the strategies in turn; the answer that at least `share` of all
    answers agree on is the gold. `teachers` are asked beside the recipe's own, by the names that they are given."""

    samples: Positive = 5
    share: Annotated[float, Field(gt=0, le=1)] = 0.6
    teachers: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")], ModelAsked] = Field(default={})

    @model_validator(mode="after")
    def _several(self) -> "Agreed":
        if self.samples * (1 + len(self.teachers)) < 2:
            raise ValueError("samples = 1 of one teacher agrees with itself; raise samples, or name other teachers")
        return self


def _runs(check: str | list[str] | Options) -> str | list[str] | Options:
    """A check as it is run: text of several words is a command."""
    if isinstance(check, dict):
        if unknown := [key for key in check if key not in ("run", "timeout")]:
            raise ValueError(f"a check has no {unknown[0]!r}; it has run and timeout")
        if not isinstance(check.get("run"), str | list):
            raise ValueError('a table of a check needs what it runs, as in { run = "./check.py", timeout = 30.0 }')
        return {**check, "run": _words(check["run"])}
    return _words(check)


def _words(run: Any) -> str | list[str]:
    if isinstance(run, str):
        try:
            words = shlex.split(run)
        except ValueError as error:
            raise ValueError(f"{run!r} is no command ({error})") from None
        run = words if len(words) > 1 else run
    if not run or not all(isinstance(word, str) for word in run):
        raise ValueError(f"{run!r} is neither a .py file nor a command")
    return run if isinstance(run, str) else list(run)


class Criterion(Section):
    """One thing that a judge looks at, and how much it counts beside the others."""

    criterion: Annotated[str, Field(min_length=1)]
    weight: Annotated[float, Field(gt=0)] = 1.0


Family = Annotated[str, Field(min_length=1)]
Check = Annotated[str | list[str] | Options, AfterValidator(_runs)]
Rubric = Annotated[str, Field(min_length=1)] | Annotated[list[Criterion], Field(min_length=1)]


class Labels(Section):
    """A file of labelled rows, and which of their columns is what, as in `tasks.options`."""

    path: str
    fields: dict[str, str] = Field(default={})


class Golds(Section):
    """What rows without a target are held against: `gold`, and `golds` that of a family. `agreed` is how teachers are
    asked, `check` what is run and `rubric` what a judge goes by, `checks` and `rubrics` those of a family. A row with a
    target is given, unless its column `gold` says otherwise. `audit` is what all this is measured on: a file of
    labelled rows, or a share of the given ones (0: nothing)."""

    gold: Gold = "given"
    golds: dict[Family, Gold] = Field(default={})
    agreed: Agreed = Agreed()
    check: Check | Literal[""] = ""
    checks: dict[Family, Check] = Field(default={})
    rubric: Rubric | Literal[""] = ""
    rubrics: dict[Family, Rubric] = Field(default={})
    audit: Share | str | Labels = 0.0

    def gold_of(self, family: str) -> Gold:
        """What rows of a family without a target are held against."""
        return self.golds.get(family, self.gold)

    def check_of(self, family: str) -> Options:
        """What a family's check runs and how long it may take, by key; empty if the recipe names none."""
        check = self.checks.get(family, self.check)
        return check if isinstance(check, dict) else {"run": check} if check else {}

    def rubric_of(self, family: str) -> str | list[dict[str, Any]]:
        """What a judge goes by in a family: a text, or criteria with weights; empty if the recipe says nothing."""
        rubric = self.rubrics.get(family, self.rubric)
        return rubric if isinstance(rubric, str) else [criterion.model_dump() for criterion in rubric]

    @property
    def labels(self) -> Labels | None:
        """The file of labelled rows, if one is named."""
        if isinstance(self.audit, str):
            return Labels(path=self.audit)
        return self.audit if isinstance(self.audit, Labels) else None

    def may_be(self, gold: Gold) -> bool:
        """Whether the recipe says so of some family; a column of the rows may say so of others."""
        return gold in (self.gold, *self.golds.values())


class Splits(Section):
    """Ranges of the content hash in [0, 1): where a task falls depends on its prompt alone."""

    profile: list[float] = Field(default=[0.0, 0.2])
    train: list[float] = Field(default=[0.2, 0.8])
    test: list[float] = Field(default=[0.8, 1.0])

    def ranges(self) -> dict[Split, tuple[float, float]]:
        return {split: (getattr(self, split)[0], getattr(self, split)[1]) for split in SPLITS}

    @model_validator(mode="after")
    def _disjoint(self) -> "Splits":
        for split in SPLITS:
            bounds = getattr(self, split)
            if len(bounds) != 2 or not 0 <= bounds[0] < bounds[1] <= 1:
                raise ValueError(f"{split} must be two rising numbers in [0, 1], got {bounds}")
        if pair := overlap(self.ranges()):
            raise ValueError(f"{pair[0]} overlaps {pair[1]}; give them disjoint ranges")
        return self


class Limits(Section):
    """At most so many tasks of each family in each split."""

    profile: Positive = 50
    train: Positive = 200
    test: Positive = 100


class Tasks(Golds):
    """Where tasks come from. `families` keeps only those; `bad_rows = "drop"` counts instead of refusing. `groups` is
    how many families to find, 0 as many as there are; `family_of` maps a task's id or prompt to its family, by hand.
    Families `held_out` are only tested: nothing of them is profiled or learned. A grader is a name, or a table of its
    name and options; `graders` gives a family one of its own."""

    source: str
    options: Options = Field(default={})
    group: Literal["given", "found"] = "given"
    groups: Count = 0
    family_of: dict[str, Family] = Field(default={})
    families: list[str] = Field(default=[])
    held_out: list[str] = Field(default=[])
    grader: Grader = "auto"
    graders: dict[Family, Grader] = Field(default={})
    splits: Splits = Splits()
    limits: Limits = Limits()
    bad_rows: Literal["refuse", "drop"] = "refuse"
    max_prompt_chars: Positive = 20_000

    def grader_of(self, family: str) -> tuple[str, Options]:
        """The name of a family's grader, and its options."""
        spec = self.graders.get(family, self.grader)
        if isinstance(spec, str):
            return spec, {}
        return spec["name"], {key: value for key, value in spec.items() if key != "name"}

    @property
    def judged(self) -> bool:
        """Whether some family is graded by a judge."""
        named = any(self.grader_of(family)[0] == "judge" for family in ("", *self.graders))
        return named or self.may_be("judged")
