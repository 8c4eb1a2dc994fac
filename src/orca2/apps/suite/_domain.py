"""Which benchmarks are in-domain: the run's own training record names their data, or its train split holds them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from orca2.apps.suite._types import TrainedOn
from orca2.benchmarks import Loaded
from orca2.core.ngrams import WORDS, compared, overlap
from orca2.core.types import Task
from orca2.reporting.artifacts import read_json, read_nouns


def trained_on(run: Path | None, loaded: Sequence[Loaded]) -> dict[str, TrainedOn]:
    """By benchmark; an item is repeated if 80 % or more of its 13-word n-grams stand in one prompt of the train split.
    Empty without a run folder."""
    if run is None or not (run / "record.json").is_file():
        return {}
    recipe = read_json(run, "record.json", "run").get("recipe", {})
    learned = [task for task in read_nouns(run, "tasks.jsonl", "tasks", Task) if task.split in ("train", "profile")]
    prompts = compared(learned)
    tasks = recipe.get("tasks", {})
    words = {task.family for task in learned} | set(_texts([tasks.get("source"), tasks.get("options")]))
    found = {}
    for each in loaded:
        asked = {item.task.id: item.task.prompt for item in each.items}
        matches = overlap(asked, prompts, WORDS) if prompts else []
        known = each.benchmark.known_as
        found[each.name] = TrainedOn(
            named=sorted(word for word in words if any(name in word.lower() for name in known)),
            items=len(asked),
            repeated=sum(match.contaminated for match in matches),
        )
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []
