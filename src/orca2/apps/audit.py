"""How far the verifier can be trusted: answers with a known verdict, planted among those that it graded."""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from orca2.core.audit_cases import AuditCase, CaseKind, audit_cases
from orca2.core.intervals import wilson
from orca2.core.types import Demonstration, Task, Verdict
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
    tasks = {task.id: task for task in folder.tasks()}
    shown = folder.read_rows("verified.jsonl", "verify", Demonstration)
    if not shown:
        raise RunError(f"{folder.path / 'verified.jsonl'} is empty; run: orca2 verify {folder.path} --redo")
    planted = list(_plants(shown, tasks, folder.recipe.seed))
    judge = folder.recipe.judge
    judge_client = load_judge_client(folder.base, judge.model_dump() if judge else None, folder.client)
    found = verdicts([p.task for p in planted], [p.completion for p in planted], True, judge_client)
    rates = {kind: _rate(planted, found, kind) for kind in PLANTS}
    gold = _gold(tasks.values())
    bad = [kind for kind in PLANTS if kind != "right"]
    totals = {
        "false_accept": _sum(rates[kind] for kind in bad),
        "false_reject": {**rates["right"], "count": rates["right"]["planted"] - rates["right"]["accepted"]},
    }
    for total in totals.values():
        total["low"], total["high"] = wilson(total["count"], total["planted"])
    misjudged = [
        {"task": p.task.id, "family": p.task.family, "target": p.task.target, "plant": p.kind,
         "response": p.completion.text, "verdict": v.outcome, "answer": v.answer, "why": v.why}
        for p, v in zip(planted, found, strict=True) if v.correct != (p.kind == "right")
    ]  # fmt: skip
    folder.write_rows("audit.jsonl", misjudged)
    folder.write_json("audit.json", {"seed": folder.recipe.seed, **totals, "plants": rates, "gold_rejected": gold})
    _show(totals, rates, gold, misjudged, folder.path)


def _plants(shown: Sequence[Demonstration], tasks: dict[str, Task], seed: int) -> Iterable[AuditCase]:
    targets: dict[str, set[str]] = defaultdict(set)
    for task in tasks.values():
        targets[task.family].add(task.target)
    for demonstration in shown:
        task = tasks[demonstration.task]
        near = sorted(targets[task.family], key=lambda other: zlib.crc32(f"{task.id}{other}".encode()))[:20]
        others = [other for other in near if not graded(task, other).correct]
        yield from audit_cases(task, demonstration.completion.text, others, seed + int(task.id[:8], 16))


def _rate(planted: Sequence[AuditCase], found: Sequence[Verdict], kind: CaseKind) -> dict[str, Any]:
    accepted = [verdict.correct for case, verdict in zip(planted, found, strict=True) if case.kind == kind]
    low, high = wilson(sum(accepted), len(accepted))
    return {"planted": len(accepted), "accepted": sum(accepted), "low": low, "high": high}


def _sum(rates: Iterable[dict[str, Any]]) -> dict[str, Any]:
    rates = list(rates)
    return {"planted": sum(r["planted"] for r in rates), "count": sum(r["accepted"] for r in rates)}


def _gold(tasks: Iterable[Task]) -> list[str]:
    """The ids of tasks whose gold answer its own grader rejects; there should be none."""
    return [task.id for task in tasks if rejected_gold(task) is not None]


def _show(
    totals: dict[str, Any],
    rates: Mapping[CaseKind, dict[str, Any]],
    gold: list[str],
    misjudged: Sequence[dict[str, Any]],
    folder: Path,
) -> None:
    from rich.table import Table

    table = Table(title="planted answers and what the verifier made of them", title_justify="left")
    for heading in ("planted", "answers", "accepted", "95 % interval"):
        table.add_column(heading, no_wrap=True)
    for kind, rate in rates.items():
        share = f"{rate['accepted'] / rate['planted']:.1%}" if rate["planted"] else "none could be made"
        interval = f"{rate['low']:.1%}-{rate['high']:.1%}" if rate["planted"] else ""
        table.add_row(kind, str(rate["planted"]), share, interval)
    console.print(table)
    for name, total in totals.items():
        share, interval = total["count"] / max(total["planted"], 1), f"{total['low']:.1%}-{total['high']:.1%}"
        counts = f"{total['count']} of {total['planted']}"
        console.print(f"{name.replace('_', '-')} rate {share:.1%} ({interval}): {counts}")
    console.print(f"gold answers that their own grader rejects: {len(gold)}")
    for row in misjudged[:SHOWN]:
        console.print(f"  {row['plant']}, but {row['verdict']}: {json.dumps(row['response'][-100:])}")
    console.print(f"-> {folder / 'audit.json'}, {folder / 'audit.jsonl'}", soft_wrap=True)
