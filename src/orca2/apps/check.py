"""check: every fault of a recipe, and what a run of it will do, before anything is asked or trained."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from orca2 import plugins, preflight, stages
from orca2.core.choosing import FEW
from orca2.core.splitting import SPLITS
from orca2.core.statistics import detectable, underpowered
from orca2.core.transcript import length
from orca2.core.types import Split, Strategy, Task
from orca2.endpoints.prices import Price
from orca2.recipe import Recipe
from orca2.run.agreeing import OWN, ballots, judged_in_pairs, teachers
from orca2.run.folder import RunFolder
from orca2.run.labelled import labelled
from orca2.run.tasks import check_cluster, pair_with_strategies, strategies_of
from orca2.stages.tasks import gather, rows_read

CHARS = 4  # of a token, about: no tokenizer of the teacher's is at hand
SYSTEMS = 2  # messages under which each student is tested
NAMED = 4  # families that a warning names
GB = 1e9


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of one stage to one model, `min_calls` to `max_calls` of them, each of about `prompt_tokens` and at most
    `max_tokens` answered tokens."""

    stage: str
    model: str
    min_calls: int
    max_calls: int
    prompt_tokens: int
    max_tokens: int

    @property
    def count(self) -> str:
        """How many they are, for people."""
        fewest = f"{self.min_calls:,} to " if self.min_calls < self.max_calls else ""
        return f"{fewest}{self.max_calls:,}"


def check(recipe: Recipe, base: Path) -> None:
    """Print what `orca2 run` would do with a recipe: tasks, calls and their price, memory and time.

    `base` is the folder that its paths start from. Nothing is asked, trained or written. RecipeError, DataError or
    ModelError say what is wrong, all faults at once.
    """
    preflight.check(recipe, base, [stage.name for stage in stages.STAGES])
    with TemporaryDirectory() as nowhere:
        folder = RunFolder(Path(nowhere), recipe, base, {"stages": {}})
        tasks, counts = gather(folder)
        check_cluster([task for task in tasks if task.split == "test"], recipe.evaluate.cluster_by)
        sizes = Counter((task.family, task.split) for task in tasks)
        folder.write_rows("tasks.jsonl", tasks)
        pair_with_strategies(folder, [task for task in tasks if task.split != "test"])
        planned = _calls(folder, tasks, sizes)
    out = Console(highlight=False, markup=False, emoji=False, width=None if Console().is_terminal else 120)
    out.print(_families(sizes))
    read = f"{rows_read(counts)}, {counts.duplicates:,} duplicates, {counts.unused:,} not used"
    prices = _prices(recipe, base)
    for line in (read, *_warnings(sizes)):
        out.print(f"  {line}", soft_wrap=True)
    out.print(_asked(planned, prices))
    for line in (*_cap(recipe, planned, prices), *_training(recipe, base, tasks)):
        out.print(f"  {line}", soft_wrap=True)


def _families(sizes: Counter[tuple[str, Split]]) -> Table:
    table = Table(title="tasks", title_justify="left")
    table.add_column("family", overflow="fold")
    for split in SPLITS:
        table.add_column(split, justify="right")
    for family in sorted({family for family, _ in sizes}):
        table.add_row(family, *(f"{sizes[family, split]:,}" for split in SPLITS))
    return table


def _warnings(sizes: Counter[tuple[str, Split]]) -> list[str]:
    """What splits of these sizes cannot show."""
    families = sorted({family for family, _ in sizes})
    small = [family for family in families if 0 < sizes[family, "profile"] < FEW]
    warnings = []
    if small:
        warnings.append(f"profile: fewer than {FEW} tasks say nothing of a strategy: {_named(small)}")
    weak = [family for family in families if underpowered(sizes[family, "test"])]
    if weak:
        smallest = min(sizes[family, "test"] for family in weak)
        shown = f"under {detectable(smallest):.0f} points would not show" if smallest else "nothing can show"
        warnings.append(f"test: a difference {shown} with {smallest} tasks; so few has {_named(weak)}")
    return warnings


def _named(families: Sequence[str]) -> str:
    rest = f" and {len(families) - NAMED} more" if len(families) > NAMED else ""
    return ", ".join(families[:NAMED]) + rest


def _calls(folder: RunFolder, tasks: Sequence[Task], sizes: Counter[tuple[str, Split]]) -> list[Calls]:
    """The calls of each stage. A race may end early, and a task may need all its samples."""
    recipe = folder.recipe
    by_family: dict[str, tuple[Strategy, ...]] = {family: strategies_of(folder, family) for family, _ in sizes}
    prompts = {
        split: sum(length(task.messages) for task in tasks if task.split == split) // CHARS for split in SPLITS
    }  # tokens of all prompts
    mean = {split: prompts[split] // max(sum(n for (_, s), n in sizes.items() if s == split), 1) for split in SPLITS}

    def turns(family: str) -> int:
        return sum(1 + len(strategy.calls) for strategy in by_family[family])

    planned = _golds(folder, tasks)
    learned = {family: sizes[family, "train"] for family in by_family if sizes[family, "train"]}
    shown = sum(min(recipe.explain.tasks, count) * turns(family) for family, count in learned.items())
    if shown:
        planned.append(Calls("explain", "teacher", shown, shown, mean["train"], recipe.teacher.max_tokens))
    tries = sum(sizes[family, "profile"] * len(by_family[family]) for family in by_family)
    first = sum(min(FEW, sizes[family, "profile"]) * len(by_family[family]) for family in by_family)
    planned.append(Calls("profile", recipe.profile.subject, first, tries, mean["profile"], recipe.profile.max_tokens))
    spec = recipe.teach
    min_calls = max_calls = 0
    for family, count in learned.items():
        taught = min(spec.tasks_per_family, count)
        lengths = sorted((1 + len(strategy.calls) for strategy in by_family[family]), reverse=True)
        min_calls += taught * spec.min_correct * lengths[-1]
        max_calls += taught * spec.samples * sum(lengths[: spec.ways])
    planned.append(
        Calls("teach", "teacher", min_calls, max(min_calls, max_calls), mean["train"], recipe.teacher.max_tokens)
    )
    students = 3 if recipe.explain.tasks or recipe.explain.stages else 2
    tested = sum(sizes[family, "test"] for family in by_family) * students * SYSTEMS
    planned.append(Calls("evaluate", "student", tested, tested, mean["test"], recipe.evaluate.max_tokens))
    return planned


def _golds(folder: RunFolder, tasks: Sequence[Task]) -> list[Calls]:
    """The calls for golds that no row gives: of each teacher for those to agree on, and of the recipe's own for answers
    that a judge holds others against."""
    planned: list[Calls] = []
    audited = [row.task for row in labelled(folder, tasks)]
    agreed = [task for task in (*tasks, *audited) if task.gold == "agreed"]
    judged = [*judged_in_pairs(folder, (*tasks, *audited)), *(task for task in audited if task.gold != "agreed")]
    for name, spec in teachers(folder).items():
        asked = [ballot.strategy for ballot in ballots(folder, agreed, spec)]
        if name == OWN:
            asked += [strategies_of(folder, task.family)[0] for task in judged]
        if calls := sum(1 + len(strategy.calls) for strategy in asked):
            mean = sum(length(task.messages) for task in (*agreed, *judged)) // CHARS // len((*agreed, *judged))
            planned.append(Calls("gold", name, calls, calls, mean, spec.max_tokens))
    return planned


def _prices(recipe: Recipe, base: Path) -> dict[str, Price]:
    """The prices of the teachers by name; of those that are known, and not for models of this machine."""
    known = {}
    for name, spec in {OWN: recipe.teacher, **recipe.tasks.agreed.teachers}.items():
        load = plugins.get("models", spec.model, base)
        if not hasattr(load, "check"):
            continue
        section = OWN if name == OWN else f"tasks.agreed.teachers.{name}"
        given = {"count": len, "base": base, "prices": spec.prices}
        options = plugins.fitting(f"{section}.options", load.load, spec.options, **given)
        if (price := getattr(load.check(**options), "price", None)) is not None:
            known[name] = price
    return known


def _asked(planned: Sequence[Calls], prices: Mapping[str, Price]) -> Table:
    table = Table(title="calls, if none is kept from before", title_justify="left")
    for heading in ("stage", "model"):
        table.add_column(heading)
    for heading in ("calls", "tokens in, about", "tokens out, at most", "price, at most"):
        table.add_column(heading, justify="right")
    for calls in planned:
        asked, answered = calls.max_calls * calls.prompt_tokens, calls.max_calls * calls.max_tokens
        price = prices.get(calls.model)
        table.add_row(
            calls.stage,
            calls.model,
            calls.count,
            f"{asked:,}",
            f"{answered:,}",
            f"${price.of(asked, answered):,.2f}" if price is not None else "",
        )
    return table


def _cap(recipe: Recipe, planned: Sequence[Calls], prices: Mapping[str, Price]) -> list[str]:
    """What teachers may cost, and what bounds it; nothing where no price is known."""
    if not prices:
        return []
    whole = sum(
        prices[calls.model].of(calls.max_calls * calls.prompt_tokens, calls.max_calls * calls.max_tokens)
        for calls in planned
        if calls.model in prices
    )
    cap = recipe.teacher.max_cost
    bound = f"teacher.max_cost bounds it at ${cap:,.2f}" if cap else "teacher.max_cost is not set: nothing bounds it"
    return [f"the {'teachers' if len(prices) > 1 else 'teacher'} may cost ${whole:,.2f}; {bound}"]


def _training(recipe: Recipe, base: Path, tasks: Sequence[Task]) -> list[str]:
    """Memory and time of the trainings, from the student's configuration; no weights are read."""
    from orca2.checkpoints.loading import load_config, locate, pick_device
    from orca2.checkpoints.weights import lay_out
    from orca2.run.preview import clock, training_memory, training_seconds

    model = lay_out(load_config(locate(recipe.student.model, base)))
    device = pick_device(recipe.student.device)
    train = [task for task in tasks if task.split == "train"]
    prompt, target = (
        sum(lengths) // CHARS // max(len(train), 1)
        for lengths in ([length(task.messages) for task in train], [len(task.target) for task in train])
    )
    per_family = Counter(task.family for task in train)
    strategies = max(len(recipe.strategies), 1)
    lessons = {
        "explain": strategies * sum(min(recipe.explain.tasks, count) for count in per_family.values()),
        "train": recipe.teach.min_correct * sum(min(recipe.teach.tasks_per_family, n) for n in per_family.values()),
    }
    lines = []
    for name, settings in (("explain", recipe.explain), ("train", recipe.train)):
        if not lessons[name]:
            continue
        read = lessons[name] * settings.epochs
        short, long = (
            training_seconds(model, read * (prompt + answer), read * answer, prompt, settings, device)
            for answer in (target + 1, recipe.teacher.max_tokens)
        )
        memory = training_memory(model, settings, device) / GB
        lines.append(
            f"{name}: up to {lessons[name]:,} lessons, about {memory:.1f} GB on {device}; {clock(short)} if answers"
            f" are as short as the gold ones, {clock(long)} if they have {recipe.teacher.max_tokens:,} tokens"
        )
    return lines
