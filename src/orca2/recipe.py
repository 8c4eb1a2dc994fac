"""The recipe: one TOML file that says everything of a run, checked before anything starts."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import Field, ValidationError, model_validator

from orca2.ablate_section import Ablate
from orca2.core.keys import override
from orca2.errors import RecipeError
from orca2.key_types import Named
from orca2.plugins import suggest
from orca2.sections import (
    Cluster,
    Erase,
    Evaluate,
    Explain,
    Judge,
    Profile,
    Section,
    Student,
    Teach,
    Teacher,
    Tuning,
    Verify,
)  # fmt: skip
from orca2.tasks_section import Tasks

AnySection = TypeVar("AnySection", bound=Section)


class Recipe(Section):
    """Everything of a run. A family that has
    `family_strategies` is tried under those in place of `strategies`. `cache` is where answers are kept.
    `data_seed` draws generated tasks and what the teacher is asked; with it, runs of several seeds share these."""

    name: str
    tasks: Tasks
    student: Student
    teacher: Teacher
    seed: int = 0
    data_seed: int | None = None
    strategies: Named = Field(["direct", "step_by_step"])
    family_strategies: dict[str, Named] = Field({})
    explain: Explain = Explain()
    profile: Profile = Profile()
    teach: Teach = Teach()
    verify: Verify = Verify()
    erase: Erase = Erase()
    train: Tuning = Tuning()
    evaluate: Evaluate = Evaluate()
    ablate: Ablate = Ablate()
    judge: Judge | None = None
    cluster: Cluster | None = None
    cache: str = ""

    @property
    def drawn_with(self) -> int:
        """The seed of tasks and of what the teacher is asked."""
        return self.seed if self.data_seed is None else self.data_seed

    @model_validator(mode="after")
    def _fits(self) -> "Recipe":
        if self.tasks.judged and self.judge is None:
            raise ValueError("tasks.grader or tasks.gold names a judge, but no section [judge] says who that is")
        if self.tasks.may_be("agreed"):
            self._agrees()
        if self.teach.samples > 1 and not self.teacher.temperature:
            raise ValueError(
                f"teach.samples = {self.teach.samples} with teacher.temperature = 0 asks again for the same answer;"
                " set a temperature, for instance 0.7"
            )
        return self

    def _agrees(self) -> None:
        """ValueError where asking again for a gold would bring the same answer, or nothing could read it."""
        agreed, ways = self.tasks.agreed, [self.strategies, *self.family_strategies.values()]
        fewest = min(map(len, ways))
        others = {f"tasks.agreed.teachers.{name}": other for name, other in agreed.teachers.items()}
        for key, spec in {"teacher": self.teacher, **others}.items():
            if not spec.temperature and agreed.samples > fewest:
                raise ValueError(
                    f"tasks.agreed.samples = {agreed.samples} under {fewest} strategies with {key}.temperature = 0 asks"
                    " again for the same answer; set a temperature, for instance 0.7, or lower samples"
                )
        if self.tasks.grader == "auto" and not self.tasks.graders:
            raise ValueError(
                'tasks.gold = "agreed" leaves no gold answer to tell the grader from; name one that reads the'
                ' answers, as in tasks.grader = "number", or tasks.graders.FAMILY'
            )


def load(path: Path, overrides: Sequence[str] = ()) -> Recipe:
    """Read a recipe file and apply `key=value` overrides; RecipeError in one line if it is wrong."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise RecipeError(f"{path} does not exist; give a recipe, for instance examples/quickstart.toml") from None
    except IsADirectoryError:
        raise RecipeError(f"{path} is a folder; give a recipe file (.toml)") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path} is not valid TOML: {error}") from None
    return check(data, str(path), overrides)


def check(data: dict[str, Any], where: str, overrides: Sequence[str] = ()) -> Recipe:
    """Validate a recipe's data, overrides applied; RecipeError names the first wrong key."""
    for text in overrides:
        override(data, text)
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        raise RecipeError(f"{where}: {first_complaint(error, Recipe)}") from None


def section(kind: type[AnySection], name: str, overrides: Sequence[str]) -> AnySection:
    """One section made from overrides alone, as in `judge.model=openai`."""
    data: dict[str, Any] = {}
    for text in overrides:
        override(data, text)
    try:
        return kind.model_validate(data.get(name, {}))
    except ValidationError as error:
        complaint = error.errors()[0]
        message = complaint["msg"].removeprefix("Value error, ")
        raise RecipeError(f"{name}.{'.'.join(map(str, complaint['loc']))}: {message}") from None


def first_complaint(error: ValidationError, root: type[Section]) -> str:
    """The first complaint about the data of `root`, as "key: what; next step"."""
    complaint = error.errors()[0]
    path = [str(part) for part in complaint["loc"]]
    key = ".".join(path) or root.__name__.lower()
    if complaint["type"] == "extra_forbidden":
        valid = _keys(path[:-1], root)
        return f"unknown key {key!r}{suggest(path[-1], valid)}; valid here: {', '.join(valid)}"
    if complaint["type"] == "missing":
        return f"key {key!r} is missing; add it"
    message = complaint["msg"].removeprefix("Value error, ")
    got = complaint["input"]
    shown = f" (got {got!r})" if not isinstance(got, dict) else ""
    return f"{key}: {message[0].lower()}{message[1:]}{shown}; correct it"


def _keys(path: Sequence[str], root: type[Section]) -> list[str]:
    model: Any = root
    for part in path:
        kinds = (model.model_fields[part].annotation, *get_args(model.model_fields[part].annotation))
        model = next(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Section))
    return list(model.model_fields)
