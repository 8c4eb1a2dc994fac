"""All that a recipe names is looked for before anything is asked: plug-ins with their options, files, keys."""

import importlib.util
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from orca2 import plugins
from orca2.core.types import Strategy
from orca2.errors import DataError, Faults, Orca2Error, RecipeError, missing_extra
from orca2.files import matching
from orca2.graders import load_grader
from orca2.graders.check import located_options
from orca2.recipe import Recipe
from orca2.run.lessons import is_own, no_such
from orca2.run.models import check_price, check_thinking
from orca2.sections import ModelAsked
from orca2.strategies import load_all
from orca2.training.trackers import check_trackers

Check = Callable[[], object]  # ends with an Orca2Error where something is wrong

TRAINS = ("explain", "train")
ANSWERS = ("explain", "profile", "teach", "train", "evaluate")  # stages that load the student, or its tokenizer
GRADES = ("explain", "profile", "teach", "verify", "evaluate")


def check(recipe: Recipe, base: Path, stages: Collection[str]) -> None:
    """Find every fault of a recipe before its stages start; the error of the only one, or Faults with a line each.

    Whatever the stages are, plug-ins are loaded and their options held against what they take. What lies around a
    recipe, data files, a student, keys of endpoints, has to be there only for the stages that need it.
    """
    found: dict[str, Orca2Error] = {}
    for one in _checks(recipe, base, stages):
        try:
            one()
        except Orca2Error as error:
            found.setdefault(str(error), error)
    if len(found) == 1:
        raise next(iter(found.values()))
    if found:
        raise Faults(list(found))


def _checks(recipe: Recipe, base: Path, stages: Collection[str]) -> Iterator[Check]:
    """A check for each key that names something."""
    spec = recipe.tasks
    yield lambda: _source(recipe, base)
    if "tasks" in stages:
        yield lambda: _data(recipe, base)
    for key, family in (("tasks.grader", ""), *((f"tasks.graders.{name}", name) for name in spec.graders)):
        yield lambda key=key, family=family: load_grader(*spec.grader_of(family), base, key)  # type: ignore[misc]
    for names in (recipe.strategies, *recipe.family_strategies.values()):
        yield lambda names=names: load_all(names, base)  # type: ignore[misc]
    yield lambda: _room_to_answer(recipe, base)
    yield lambda: _chosen(recipe, base)
    asks = "teach" in stages or ("explain" in stages and recipe.explain.tasks > 0)
    asks = asks or ("profile" in stages and recipe.profile.subject == "teacher")
    votes = "gold" in stages and spec.may_be("agreed")
    yield lambda: _teacher(recipe, base, asks or votes)
    for name, other in spec.agreed.teachers.items():
        section = f"tasks.agreed.teachers.{name}"
        yield lambda section=section, other=other: _priced(  # type: ignore[misc]
            section, other, recipe, base, votes
        )
    for family in ("", *spec.checks):
        yield lambda family=family: located_options(spec.check_of(family), base)  # type: ignore[misc]
    if recipe.judge is not None:
        weighs = spec.judged and any(name in GRADES for name in stages)
        given = {"base": base}
        yield lambda: _model("judge", recipe.judge, base, given, weighs)
        for name, judge in recipe.judge.panel.items():
            yield lambda name=name, judge=judge: _model(  # type: ignore[misc]
                f"judge.panel.{name}", judge, base, given, weighs
            )
    if any(name in ANSWERS for name in stages):
        yield lambda: _student(recipe, base)
    for section in (name for name in TRAINS if name in stages):
        yield lambda section=section: _training(recipe, base, section)  # type: ignore[misc]


def _source(recipe: Recipe, base: Path) -> None:
    spec = recipe.tasks
    source = plugins.get("sources", spec.source, base)
    given = {"seed": recipe.drawn_with, "base": base, "bad_row": None, "say": None}
    given["without_target"] = True
    options = plugins.fitting("tasks.options", source.load, spec.options, **given)
    if hasattr(source, "check"):
        source.check(**options)


def _data(recipe: Recipe, base: Path) -> None:
    """The local files of a source, by its own account."""
    spec = recipe.tasks
    source = plugins.get("sources", spec.source, base)
    if hasattr(source, "files"):
        for option, paths in source.files(base, spec.options).items():
            if missing := [path for path in paths if not path.exists()]:
                raise DataError(f"tasks.options.{option}: {missing[0]} does not exist; give the path of a data file")


def _strategies(recipe: Recipe, base: Path) -> Iterator[Strategy]:
    """Every strategy that some family is tried under."""
    for names in (recipe.strategies, *recipe.family_strategies.values()):
        yield from load_all(names, base)


def _room_to_answer(recipe: Recipe, base: Path) -> None:
    """RecipeError where a strategy's thoughts may take all that an answer may have."""
    limits = {"teacher.max_tokens": recipe.teacher.max_tokens}
    if recipe.profile.subject == "teacher":
        limits["profile.max_tokens"] = recipe.profile.max_tokens
    for strategy in _strategies(recipe, base):
        for key, most in limits.items():
            if isinstance(strategy.thinking, int) and strategy.thinking >= most:
                raise RecipeError(
                    f"{key} = {most} leaves nothing to the answer under {strategy.name}, which thinks in up to"
                    f" {strategy.thinking} tokens; raise it"
                )


def _chosen(recipe: Recipe, base: Path) -> None:
    """Strategies that are set by hand for a family; whether the family is there, the tasks say."""
    for family, name in recipe.profile.choose.items():
        names = recipe.family_strategies.get(family, recipe.strategies)
        valid = [strategy.name for strategy in load_all(names, base)]
        if name not in valid:
            near = plugins.suggest(name, valid)
            raise RecipeError(f"profile.choose: no strategy {name!r}{near}; valid: {', '.join(valid)}")


def _teacher(recipe: Recipe, base: Path, asks: bool) -> None:
    _priced("teacher", recipe.teacher, recipe, base, asks)


def _priced(section: str, spec: ModelAsked, recipe: Recipe, base: Path, asks: bool) -> None:
    given = {"count": len, "base": base, "prices": spec.prices}
    model = _model(section, spec, base, given, asks)
    if model is not None:
        check_price(recipe.teacher.max_cost, model, section)
        asked = (strategy.thinking for strategy in _strategies(recipe, base))
        check_thinking(model, (spec.thinking, *asked), spec.max_tokens)


def _model(who: str, spec: Any, base: Path, given: Mapping[str, Any], asks: bool) -> Any:
    """The options of a model held against what it takes, and against what it says of their values if it is asked."""
    module = plugins.get("models", spec.model, base)
    options = plugins.fitting(f"{who}.options", module.load, spec.options, **given)
    return module.check(**options) if asks and hasattr(module, "check") else None


def _student(recipe: Recipe, base: Path) -> None:
    from orca2.checkpoints.loading import check_place

    check_place(recipe.student.model, base)


def _training(recipe: Recipe, base: Path, section: str) -> None:
    """What a training needs beside its lessons: files of others, and packages for its method."""
    tuning = recipe.explain if section == "explain" else recipe.train
    for step in tuning.stages:
        for name in step.lessons:
            if not is_own(name) and not matching(name, base):
                raise no_such(name, base)
    needed = {"full": (), "lora": ("peft",), "qlora": ("peft", "bitsandbytes")}[tuning.method]
    for package in needed:
        if importlib.util.find_spec(package) is None:
            raise missing_extra(package, "lora")
    check_trackers(tuning.report_to)
