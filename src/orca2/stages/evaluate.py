"""evaluate: base, explained and cautious student, zero-shot on the test split, compared in pairs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from orca2.asking.ask import ask
from orca2.asking.judging import judge
from orca2.core.nouns import Completion, Task, Verdict
from orca2.core.statistics import mcnemar, wilson
from orca2.progress import console
from orca2.runfolder import RunFolder
from orca2.stages import _ask

READS = ("evaluate",)
MAKES = ("answers.jsonl", "evaluate.json")


@dataclass(frozen=True, slots=True)
class Answer:
    """One graded answer of one student under one system message."""

    student: str
    system: str
    task: Task
    completion: Completion
    verdict: Verdict


def run(folder: RunFolder) -> dict[str, Any]:
    recipe, test = folder.recipe, _ask.tasks(folder, "test")
    checkpoints: dict[str, str | None] = {
        "base": None,
        "explained": _ask.explained(folder),
        "cautious": "student",
    }
    if checkpoints["explained"] is None:
        del checkpoints["explained"]
    systems = {"empty": "", "generic": recipe.student.system}
    answers: list[Answer] = []
    for name, checkpoint in checkpoints.items():
        model = _ask.student(folder, checkpoint)
        pairs = [(system, task) for system in systems for task in test]
        requests = [_ask.request(task, systems[system], recipe.evaluate.max_tokens) for system, task in pairs]
        completions = ask(model, requests, folder.journal, f"evaluate: {name}")
        answers += [
            Answer(name, system, task, completion, judge(task, completion, strict=False))
            for (system, task), completion in zip(pairs, completions, strict=True)
        ]
    result = summarise(answers)
    settings = {
        "zero_shot": True,
        "decoding": "greedy",
        "max_tokens": recipe.evaluate.max_tokens,
        "systems": systems,
    }
    folder.write_rows("answers.jsonl", [_flat(answer) for answer in answers])
    folder.write_json("evaluate.json", {"seed": recipe.seed, "settings": settings, **result})
    _show(result["totals"])
    return {
        "said": f"{len(answers):,} answers",
        "tokens_in": sum(answer.completion.tokens_in for answer in answers),
        "tokens_out": sum(answer.completion.tokens_out for answer in answers),
    }


def summarise(answers: Sequence[Answer]) -> dict[str, Any]:
    """Rows per student x system x family, totals, and paired comparisons of the cautious student."""
    students = list(dict.fromkeys(answer.student for answer in answers))
    systems = list(dict.fromkeys(answer.system for answer in answers))
    families = sorted({answer.task.family for answer in answers})
    cells = {
        (student, system, family): [
            a for a in answers
            if (a.student, a.system) == (student, system) and family in ("all", a.task.family)
        ]
        for student in students for system in systems for family in (*families, "all")
    }  # fmt: skip
    rows = [_row(*key, found) for key, found in cells.items()]
    comparisons = [
        _compare("cautious", against, system, family, cells["cautious", system, family], cells[against, system, family])
        for against in students if against != "cautious"
        for system in systems for family in ("all", *families)
    ]  # fmt: skip
    return {
        "rows": [row for row in rows if row["family"] != "all"],
        "totals": [row for row in rows if row["family"] == "all"],
        "comparisons": comparisons,
    }


def _row(student: str, system: str, family: str, found: Sequence[Answer]) -> dict[str, Any]:
    correct = sum(answer.verdict.correct for answer in found)
    low, high = wilson(correct, len(found))
    outcomes = [answer.verdict.outcome for answer in found]
    return {
        "student": student,
        "system": system,
        "family": family,
        "items": len(found),
        "correct": correct,
        "low": low,
        "high": high,
        "format_ok": sum(answer.verdict.format_ok for answer in found),
        "tokens": round(sum(answer.completion.tokens_out for answer in found) / len(found), 2),
        **{name: outcomes.count(name) for name in ("ambiguous", "unextracted", "truncated", "failed")},
    }


def _compare(
    student: str, against: str, system: str, family: str, ours: Sequence[Answer], theirs: Sequence[Answer]
) -> dict[str, Any]:
    """Exact McNemar on the same tasks, joined by id."""
    right = {answer.task.id: answer.verdict.correct for answer in theirs}
    gained = sum(answer.verdict.correct and not right[answer.task.id] for answer in ours)
    lost = sum(right[answer.task.id] and not answer.verdict.correct for answer in ours)
    return {
        "student": student,
        "against": against,
        "system": system,
        "family": family,
        "items": len(ours),
        "gained": gained,
        "lost": lost,
        "difference": round(100 * (gained - lost) / len(ours), 2),
        "p": mcnemar(gained, lost),
    }


def _flat(answer: Answer) -> dict[str, Any]:
    task, verdict = answer.task, answer.verdict
    return {
        "student": answer.student, "system": answer.system, "task": task.id, "family": task.family,
        "prompt": task.prompt, "target": task.target, "response": answer.completion.text,
        "finish_reason": answer.completion.finish_reason, "tokens": answer.completion.tokens_out,
        **asdict(verdict),
    }  # fmt: skip


def _show(totals: Sequence[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(title="zero-shot on the test split, 95 % intervals", title_justify="left")
    for heading in ("student", "system message", "accuracy", "format OK", "tokens an answer", "items"):
        table.add_column(heading, no_wrap=True)
    for row in totals:
        n = row["items"]
        interval = f"{row['correct'] / n:.1%} [dim]{row['low']:.1%}-{row['high']:.1%}[/dim]"
        table.add_row(
            row["student"],
            row["system"],
            interval,
            f"{row['format_ok'] / n:.0%}",
            f"{row['tokens']:.1f}",
            str(n),
        )
    console.print(table)
