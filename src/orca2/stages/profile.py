"""profile: every strategy tried on the profile split; per family the measured best is chosen."""

from typing import Any

from orca2.asking.ask import ask
from orca2.core.choosing import profile
from orca2.core.nouns import Profile, Trial
from orca2.core.wording import wording
from orca2.errors import ModelError
from orca2.progress import console
from orca2.runfolder import RunFolder
from orca2.stages import _ask

READS = ("profile",)
MAKES = ("trials.jsonl", "profile.json")


def run(folder: RunFolder) -> dict[str, Any]:
    spec, seed = folder.recipe.profile, folder.recipe.seed
    model = _ask.teacher(folder) if spec.who == "teacher" else _ask.student(folder, _ask.explained(folder))
    pairs = _ask.pairs(folder, _ask.tasks(folder, "profile"))
    requests = [
        _ask.request(task, wording(strategy, task.id, seed), spec.max_tokens, strategy.name, seed=seed)
        for task, strategy in pairs
    ]
    completions = ask(model, requests, folder.journal, "profile: trials")
    found = _ask.graded(folder, [task for task, _ in pairs], completions)
    trials = [
        Trial(task.id, task.family, strategy.name, completion, verdict)
        for (task, strategy), completion, verdict in zip(pairs, completions, found, strict=True)
    ]
    if failed := [t.completion.error for t in trials if t.completion.error]:
        if len(failed) == len(trials):
            raise ModelError(f"profile: all {len(trials)} trials failed, the first with: {failed[0]}")
        console.print(f"  {len(failed)} of {len(trials)} trials failed and count as not correct: {failed[0]}")
    measured = profile(trials, spec.who, seed, spec.tie)
    folder.write_rows("trials.jsonl", trials)
    folder.write_json("profile.json", measured)
    _show(measured)
    return {
        "said": ", ".join(f"{f} {c.chosen}" for f, c in measured.families.items()),
        "tokens_in": sum(t.completion.tokens_in for t in trials),
        "tokens_out": sum(t.completion.tokens_out for t in trials),
    }


def _show(found: Profile) -> None:
    from rich.table import Table

    order = sorted({name for choice in found.families.values() for name in choice.strategies})
    table = Table(title=f"accuracy, 95 % interval, tokens an answer ({found.who}); * chosen", title_justify="left")
    for heading in ("family", *order):
        table.add_column(heading, no_wrap=True)
    for family, choice in found.families.items():
        cells = []
        for name in order:
            if name not in choice.strategies:  # not tried on this family
                cells.append("")
                continue
            cell, mark = choice.strategies[name], "*" if name == choice.chosen else " "
            cells.append(f"{mark}{cell.accuracy:4.0%} [dim]{cell.low:.0%}-{cell.high:.0%}, {cell.tokens:.0f} tok[/dim]")
        table.add_row(family, *cells)
    console.print(table)
