"""evaluate: base, explained and cautious student, zero-shot on the test split, compared in pairs."""

from collections.abc import Sequence
from typing import Any

from orca2.asking.ask import ask
from orca2.core.comparing import Answer, answer, by_family, summary
from orca2.core.keys import lasting
from orca2.core.model import Model
from orca2.core.types import Completion, Task, Verdict, task_id
from orca2.grading.settling import verdict_fields
from orca2.progress import console
from orca2.reporting import formats, tables
from orca2.run.demonstrating import grade_answers, request_for
from orca2.run.folder import RunFolder
from orca2.run.models import explained_checkpoint, load_student
from orca2.run.stage import StageResult
from orca2.run.tasks import check_cluster, read_tasks
from orca2.stages import _unprompted


def run(folder: RunFolder) -> StageResult:
    recipe, test = folder.recipe, read_tasks(folder, "test")
    clusters = _clusters(test, recipe.evaluate.cluster)
    checkpoints: dict[str, str | None] = {
        "base": None,
        "explained": explained_checkpoint(folder),
        "cautious": "student",
    }
    if checkpoints["explained"] is None:
        del checkpoints["explained"]
    systems = {"none": "", "default": recipe.student.system}
    rows: list[dict[str, Any]] = []
    tokens_in = 0
    for name, checkpoint in checkpoints.items():
        model = load_student(folder, checkpoint)
        asked = [(system, said, task) for system, said in systems.items() for task in test]
        for answered in answers(folder, model, asked, f"evaluate: {name}"):
            tokens_in += answered.pop("tokens_in")
            rows.append({"student": name, "cluster": clusters.get(answered["task"]), **answered})
    result = {**summarise(rows, recipe.seed), "agreement": _unprompted.agreement(folder, rows)}
    settings = {
        "zero_shot": True,
        "decoding": "greedy",
        "max_tokens": recipe.evaluate.max_tokens,
        "cluster": recipe.evaluate.cluster,
        "judge": lasting(recipe.judge.model_dump(), "judge.") if recipe.judge else None,
        "systems": systems,
    }
    folder.write_rows("answers.jsonl", rows)
    folder.write_json("evaluate.json", {"seed": recipe.seed, "settings": settings, **result})
    _show(result)
    return StageResult(f"{len(rows):,} answers", tokens_in, sum(row["tokens"] for row in rows))


def answers(
    folder: RunFolder, model: Model, asked: Sequence[tuple[str, str, Task]], label: str
) -> list[dict[str, Any]]:
    """A row for each (name of a system message, its text, task), zero-shot and greedy."""
    most = folder.recipe.evaluate.max_tokens
    completions = ask(folder.client(model), [request_for(task, said, most) for _, said, task in asked], label)
    found = grade_answers(folder, [task for *_, task in asked], completions)
    return [
        {"system": system, **_flat(task, completion, verdict), "tokens_in": completion.tokens_in}
        for (system, _, task), completion, verdict in zip(asked, completions, found, strict=True)
    ]


def summarise(rows: Sequence[dict[str, Any]], seed: int) -> dict[str, Any]:
    """Rows per student x system x family, totals, and paired comparisons of the cautious student."""
    cells: dict[tuple[str, str], list[Answer]] = {}
    for row in rows:
        cells.setdefault((row["student"], row["system"]), []).append(answer(row))
    families = sorted({row["family"] for row in rows})
    named = [({"student": student, "system": system}, found) for (student, system), found in cells.items()]
    return {
        "rows": [
            {**names, "family": family, **summary([a for a in found if a.family == family])}
            for names, found in named for family in families
        ],
        "totals": [{**names, "family": "all", **summary(found)} for names, found in named],
        "comparisons": [
            {"student": "cautious", "against": against, "system": system, **row}
            for (against, system), theirs in cells.items() if against != "cautious"
            for row in by_family(cells["cautious", system], theirs, seed)
        ],
    }  # fmt: skip


def _clusters(test: Sequence[Task], column: str) -> dict[str, str]:
    """Task id to the hash of what it shares with others; a task without a value is on its own."""
    check_cluster(test, column)
    return {task.id: task_id(task.fields[column]) if task.fields.get(column) else task.id for task in test if column}


def _flat(task: Task, completion: Completion, verdict: Verdict) -> dict[str, Any]:
    return {
        "task": task.id, "family": task.family, "prompt": task.prompt, "target": task.target, "grader": task.grader,
        "response": completion.text, "finish_reason": completion.finish_reason, "tokens": completion.tokens_out,
        "grader_options": dict(task.grader_options), **verdict_fields(verdict),
    }  # fmt: skip


def _show(result: dict[str, Any]) -> None:
    title = "zero-shot on the test split, 95 % intervals"
    rows = [((row["student"], row["system"]), row) for row in result["totals"]]
    console.print(tables.accuracy(title, ("student", "system message"), rows))
    for row in result["comparisons"]:
        if row["family"] == "all" and row["system"] == "default":
            console.print(f"  cautious against {row['against']}: {tables.difference(row)}", soft_wrap=True)
    for row in result["agreement"]["totals"]:
        if row["student"] == "cautious":
            under, said = formats.system_message(row["system"]), tables.agreement(row)
            console.print(f"  cautious, {under}, built as the chosen strategy: {said}", soft_wrap=True)
