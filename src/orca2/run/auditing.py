"""Golds that no row gives, put to the test: labelled rows go the same way as rows without a label."""

from collections.abc import Sequence
from dataclasses import replace

from orca2.core.auditing import Audited, LabelledTask
from orca2.core.golds import AgreedGold, with_golds
from orca2.core.types import Completion, Task, Verdict
from orca2.graders import grade
from orca2.run.agreeing import Cast, ask_all, golds, judged_in_pairs, rivals_of
from orca2.run.demonstrating import demonstrate, grade_answers, teacher_limit
from orca2.run.folder import RunFolder
from orca2.run.models import load_teacher
from orca2.run.tasks import strategies_of


def audit(folder: RunFolder, rows: Sequence[LabelledTask]) -> tuple[list[Audited], list[Cast]]:
    """What becomes of each labelled row, and the answers that were asked for golds to agree on."""
    agreed = [row for row in rows if row.task.gold == "agreed"]
    tasks = list({row.task.id: row.task for row in agreed}.values())  # people may have judged several answers to one
    cast = ask_all(folder, tasks) if tasks else []
    found = {gold.task: gold for gold in golds(tasks, cast, folder.recipe.tasks.agreed.share)}
    first = {one.ballot.task.id: one.chain.completion for one in reversed(cast)}
    by_agreement = [_by_agreement(row, found[row.task.id], first[row.task.id]) for row in agreed]
    return [*by_agreement, *_by_verdict(folder, [row for row in rows if row.task.gold != "agreed"])], cast


def _by_agreement(row: LabelledTask, gold: AgreedGold, first: Completion) -> Audited:
    """One answer, held against the gold that was agreed on and against the label."""
    task = replace(row.task, target=gold.target)
    false = not grade(row.label, gold.target).correct if row.label and gold.target else None
    whole = first.error is None and first.finish_reason == "stop"
    text = (first.text if whole else "") if row.label else row.response
    return Audited(
        task=task.id,
        family=task.family,
        gold=task.gold,
        label=row.label.target if row.label else "",
        agreed=gold.target,
        false=false,
        response=text,
        accepted=bool(gold.target) and bool(text) and grade(task, text).correct,
        right=bool(text) and grade(row.label, text).correct if row.label else row.right,
        why=gold.why,
    )


def _by_verdict(folder: RunFolder, rows: Sequence[LabelledTask]) -> list[Audited]:
    """One answer, before the check or the judge, and held against the label."""
    if not rows:
        return []
    asked = list({row.task.id: row.task for row in rows if row.label}.values())
    pairs = [(task, strategies_of(folder, task.family)[0]) for task in asked]
    shown = demonstrate(folder, load_teacher(folder), pairs, "audit: teacher") if pairs else []
    said = {one.task: one.completion for one in shown}
    completions = [said[row.task.id] if row.label else Completion(row.response, "stop") for row in rows]
    tasks = [row.task for row in rows]
    rivals = {gold.task: gold for gold in rivals_of(folder, judged_in_pairs(folder, tasks))}
    tasks = [with_golds([task], [rivals[task.id]])[0] if task.id in rivals else task for task in tasks]
    verdicts = grade_answers(folder, tasks, completions, teacher_limit(folder), strict=True)
    return [
        _audited(row, task, completion, verdict)
        for row, task, completion, verdict in zip(rows, tasks, completions, verdicts, strict=True)
    ]


def _audited(row: LabelledTask, task: Task, completion: Completion, verdict: Verdict) -> Audited:
    whole = completion.error is None and completion.finish_reason == "stop"
    return Audited(
        task=task.id,
        family=task.family,
        gold=task.gold,
        label=row.label.target if row.label else "",
        agreed="",
        false=None,
        response=completion.text,
        accepted=verdict.correct,
        right=whole and grade(row.label, completion.text).correct if row.label else row.right,
        why=verdict.why,
    )
