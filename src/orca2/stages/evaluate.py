"""evaluate: base, explained and cautious student, zero-shot on the test split, compared in pairs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from orca2.asking.ask import ask
from orca2.core.comparing import by_family, summary
from orca2.core.identity import conversation_id, task_id
from orca2.core.keys import lasting
from orca2.core.model import Model
from orca2.core.records import Agreement, Evaluation
from orca2.core.types import Answer, Completion, Gold, Task, Verdict
from orca2.progress import console
from orca2.reporting import formats, judged, tables, trust
from orca2.run.demonstrating import grade_answers, request_for
from orca2.run.folder import RunFolder
from orca2.run.models import explained_checkpoint, load_student
from orca2.run.stage import StageResult
from orca2.run.tasks import check_cluster, read_tasks, student_system
from orca2.stages import _pairs, _unprompted


def run(folder: RunFolder) -> StageResult:
    recipe, test = folder.recipe, read_tasks(folder, "test")
    clusters = _clusters(test, recipe.evaluate.cluster_by)
    checkpoints: dict[str, str | None] = {
        "base": None,
        "explained": explained_checkpoint(folder),
        "cautious": "student",
    }
    if checkpoints["explained"] is None:
        del checkpoints["explained"]
    systems = {"none": "", "default": recipe.student.system}
    asked = [(system, student_system(folder, task, said), task) for system, said in systems.items() for task in test]
    given: list[Answer] = []
    tokens_in = 0
    for name, checkpoint in checkpoints.items():
        model = load_student(folder, checkpoint)
        found, read = answers(folder, model, asked, f"evaluate: {name}", name, clusters)
        given += found
        tokens_in += read
    settings = {
        "zero_shot": True,
        "decoding": "greedy",
        "max_tokens": recipe.evaluate.max_tokens,
        "cluster_by": recipe.evaluate.cluster_by,
        "judge": lasting(recipe.judge.model_dump(), "judge.") if recipe.judge else None,
        "systems": systems,
    }
    if any(task.system for task in test):
        settings["task_system"] = recipe.erase.system
    result = summarise(given, recipe.seed, settings, _unprompted.agreement(folder, given))
    folder.write_rows("answers.jsonl", given)
    files = ["answers.jsonl", "evaluate.json"]
    if compared := _pairs.compare(folder, test, given):
        result = replace(result, judging=compared[0])
        folder.write_rows(_pairs.FILE, compared[1])
        files.append(_pairs.FILE)
    folder.write_json("evaluate.json", result)
    _show(result)
    tokens_out = sum(answer.tokens for answer in given)
    return StageResult(f"{len(given):,} answers", tokens_in, tokens_out, files=tuple(files))


def answers(
    folder: RunFolder,
    model: Model,
    asked: Sequence[tuple[str, str, Task]],
    label: str,
    student: str = "",
    clusters: Mapping[str, str] = MappingProxyType({}),
) -> tuple[list[Answer], int]:
    """The answer to each (name of a system message, its whole text for the task, task), zero-shot and greedy, and the
    tokens asked.

    `clusters` maps a task's id to what it shares with others.
    """
    most = folder.recipe.evaluate.max_tokens
    completions = ask(folder.client(model), [request_for(task, said, most) for _, said, task in asked], label)
    verdicts = grade_answers(folder, [task for *_, task in asked], completions, f"evaluate.max_tokens = {most}")
    given = [
        _answer(student, system, task, completion, verdict, clusters.get(task.id))
        for (system, _, task), completion, verdict in zip(asked, completions, verdicts, strict=True)
    ]
    return given, sum(completion.tokens_in for completion in completions)


def summarise(answers: Sequence[Answer], seed: int, settings: Mapping[str, Any], agreement: Agreement) -> Evaluation:
    """Results per student x system x family, totals, and paired comparisons of the cautious student."""
    cells: dict[tuple[str, str], list[Answer]] = {}
    for answer in answers:
        cells.setdefault((answer.student, answer.system), []).append(answer)
    families = sorted({answer.family for answer in answers})
    golds: dict[Gold, int] = dict(Counter(answer.gold for answer in next(iter(cells.values()))))
    return Evaluation(
        seed=seed,
        settings=settings,
        rows=[
            summary([a for a in found if a.family == family], student=student, system=system, family=family)
            for (student, system), found in cells.items() for family in families
        ],
        totals=[summary(found, student=student, system=system) for (student, system), found in cells.items()],
        comparisons=[
            row for (against, system), theirs in cells.items() if against != "cautious"
            for row in by_family(
                cells["cautious", system], theirs, seed, student="cautious", against=against, system=system
            )
        ],
        agreement=agreement,
        by_gold=[
            replace(summary([a for a in found if a.gold == gold], student=student, system=system), gold=gold)
            for (student, system), found in cells.items() for gold in golds
        ],
        golds=golds,
    )  # fmt: skip


def _clusters(test: Sequence[Task], column: str) -> dict[str, str]:
    """Task id to the hash of what it shares with others: the value of a field, else the conversation, if that has
    several tasks; a task without a value is on its own."""
    check_cluster(test, column)
    if column:
        return {task.id: task_id(task.fields[column]) if task.fields.get(column) else task.id for task in test}
    by_conversation = {task.id: conversation_id(task.prompt, task.history) for task in test}
    return by_conversation if len(set(by_conversation.values())) < len(test) else {}


def _answer(
    student: str, system: str, task: Task, completion: Completion, verdict: Verdict, cluster: str | None
) -> Answer:
    return Answer(
        student=student,
        system=system,
        task=task.id,
        family=task.family,
        prompt=task.prompt,
        target=task.target,
        grader=task.grader,
        grader_options=dict(task.grader_options),
        response=completion.text,
        finish_reason=completion.finish_reason,
        tokens=completion.tokens_out,
        outcome=verdict.outcome,
        answer=verdict.answer,
        why=verdict.why,
        where=verdict.where,
        read_by=verdict.grader,
        cluster=cluster,
        gold=task.gold,
        before=task.before,
    )


def _show(result: Evaluation) -> None:
    title = "zero-shot on the test split, 95 % intervals"
    rows = [((row.student, row.system), row) for row in result.totals]
    console.print(tables.accuracy(title, ("student", "message"), rows, trust.measure(result.golds)))
    if len(result.golds) > 1:
        ways = [((row.student, row.system, trust.MEASURES[row.gold]), row) for row in result.by_gold]
        console.print(tables.accuracy("by what decides", ("student", "message", "measured is"), ways, "share"))
    for row in result.comparisons:
        if row.family == "all" and row.system == "default":
            console.print(f"  cautious against {row.against}: {tables.difference(row)}", soft_wrap=True)
    for line in judged.lines(result.judging):
        console.print(f"  {line}", soft_wrap=True, markup=False)
    for total in result.agreement.totals:
        if total.student == "cautious":
            under, said = formats.system_message(total.system), tables.agreement(total)
            console.print(f"  cautious, {under}, built as the chosen strategy: {said}", soft_wrap=True)
