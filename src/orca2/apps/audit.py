"""How far the verifier can be trusted: answers with a known verdict, planted among those that it graded."""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from orca2.core.audit_cases import Audit, AuditCase, CaseKind, Misjudged, PlantedRate, audit_cases, planted_rate
from orca2.core.types import Demonstration, Task
from orca2.errors import RunError
from orca2.graders import grade as graded
from orca2.graders import rejected_gold
from orca2.grading.judging import load_judge_client
from orca2.grading.verdicts import verdicts
from orca2.progress import console
from orca2.run.folder import RunFolder

PLANTS: tuple[CaseKind, ...] = ("right", "wrong", "ambiguous", "unfinished", "truncated")
SHOWN = 3  # misjudged answers that are printed


def audit(folder: RunFolder) -> None:
    """Grade planted answers as `verify` grades demonstrations, print the error rates, write `audit.json`.

    The misjudged ones go to `audit.jsonl`.
    """
    tasks = {task.id: task for task in folder.tasks() if task.target and task.gold in ("given", "agreed")}
    shown = folder.read_rows("verified.jsonl", "verify", Demonstration)
    if not shown:
        raise RunError(f"{folder.path / 'verified.jsonl'} is empty; run: orca2 verify {folder.path} --redo")
    shown = [demonstration for demonstration in shown if demonstration.task in tasks]
    if not shown:
        raise RunError(
            f"{folder.path}: no demonstration is of a task with a gold answer, from which wrong ones are made; what a"
            " check or a judge lets through, labelled rows measure: tasks.audit"
        )
    planted = list(_plants(shown, tasks, folder.recipe.seed))
    judge = folder.recipe.judge
    judge_client = load_judge_client(folder.base, judge.model_dump() if judge else None, folder.client)
    found = verdicts([p.task for p in planted], [p.completion for p in planted], True, judge_client)
    right = [verdict.correct for verdict in found]
    plants = {kind: _accepted(planted, right, kind) for kind in PLANTS}
    bad, good = [plants[kind] for kind in PLANTS if kind != "right"], plants["right"]
    result = Audit(
        seed=folder.recipe.seed,
        false_accept=planted_rate(sum(rate.count for rate in bad), sum(rate.planted for rate in bad)),
        false_reject=planted_rate(good.planted - good.count, good.planted),
        plants=plants,
        gold_rejected=_gold(tasks.values()),
    )
    misjudged = [
        Misjudged(
            task=p.task.id, family=p.task.family, target=p.task.target, plant=p.kind, response=p.completion.text,
            verdict=v.outcome, answer=v.answer, why=v.why,
        )
        for p, v in zip(planted, found, strict=True) if v.correct != (p.kind == "right")
    ]  # fmt: skip
    folder.write_rows("audit.jsonl", misjudged)
    folder.write_json("audit.json", result)
    _show(result, misjudged, folder.path)


def _plants(shown: Sequence[Demonstration], tasks: dict[str, Task], seed: int) -> Iterable[AuditCase]:
    targets: dict[str, set[str]] = defaultdict(set)
    for task in tasks.values():
        targets[task.family].add(task.target)
    for demonstration in shown:
        task = tasks[demonstration.task]
        near = sorted(targets[task.family], key=lambda other: zlib.crc32(f"{task.id}{other}".encode()))[:20]
        others = [other for other in near if not graded(task, other).correct]
        yield from audit_cases(task, demonstration.completion.text, others, seed + int(task.id[:8], 16))


def _accepted(planted: Sequence[AuditCase], right: Sequence[bool], kind: CaseKind) -> PlantedRate:
    accepted = [one for case, one in zip(planted, right, strict=True) if case.kind == kind]
    return planted_rate(sum(accepted), len(accepted))


def _gold(tasks: Iterable[Task]) -> list[str]:
    """The ids of tasks whose gold answer its own grader rejects; there should be none."""
    return [task.id for task in tasks if rejected_gold(task) is not None]


def _show(result: Audit, misjudged: Sequence[Misjudged], folder: Path) -> None:
    from rich.table import Table

    table = Table(title="planted answers and what the verifier made of them", title_justify="left")
    for heading in ("planted", "answers", "accepted", "95 % interval"):
        table.add_column(heading, no_wrap=True)
    for kind, rate in result.plants.items():
        share = f"{rate.count / rate.planted:.1%}" if rate.planted else "none could be made"
        table.add_row(kind, str(rate.planted), share, _interval(rate) if rate.planted else "")
    console.print(table)
    for name, rate in (("false-accept", result.false_accept), ("false-reject", result.false_reject)):
        share = f"{rate.count / max(rate.planted, 1):.1%}"
        console.print(f"{name} rate {share} ({_interval(rate)}): {rate.count} of {rate.planted}")
    console.print(f"gold answers that their own grader rejects: {len(result.gold_rejected)}")
    for row in misjudged[:SHOWN]:
        console.print(f"  {row.plant}, but {row.verdict}: {json.dumps(row.response[-100:])}")
    console.print(f"-> {folder / 'audit.json'}, {folder / 'audit.jsonl'}", soft_wrap=True)


def _interval(rate: PlantedRate) -> str:
    return f"{rate.low:.1%}-{rate.high:.1%}"
