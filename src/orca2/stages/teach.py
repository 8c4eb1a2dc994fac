"""teach: the teacher demonstrates train tasks, each family under its chosen strategy only."""

from typing import Any

from pydantic import TypeAdapter

from orca2.core.nouns import Profile
from orca2.runfolder import RunFolder
from orca2.stages import _ask

READS = ("train.tasks",)
MAKES = ("demonstrations.jsonl",)


def run(folder: RunFolder) -> dict[str, Any]:
    found = TypeAdapter(Profile).validate_python(folder.read_json("profile.json", "profile"))
    by_name = {strategy.name: strategy for strategy in _ask.strategies(folder)}
    # from the far end of the split: tasks that explanation tuning has not shown come first
    chosen = _ask.per_family(reversed(_ask.tasks(folder, "train")), folder.recipe.train.tasks)
    pairs = [(task, by_name[found.families[task.family].chosen]) for task in chosen]
    shown = _ask.demonstrate(folder, _ask.teacher(folder), pairs, "teach: teacher")
    folder.write_rows("demonstrations.jsonl", shown)
    return {"said": f"{len(shown):,} demonstrations", **_ask.tokens(shown)}
