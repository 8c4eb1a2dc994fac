"""The pages of a suite: one with all figures, and one for each benchmark down to the single answer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orca2.apps.suite import _paper
from orca2.apps.suite._cautions import cautions, comparable
from orca2.apps.suite._types import Accuracy, GradedBenchmark, ItemAnswer, RatedBenchmark, SuiteResult
from orca2.core.comparing import UNREADABLE
from orca2.files import write_text
from orca2.reporting import charts, formats
from orca2.reporting.artifacts import clean
from orca2.reporting.charts import Bar, benchmark_bars
from orca2.reporting.rendering import html, markdown

SHOWN = 100  # answers of one outcome under one system message on a page; all are in graded.jsonl
FOLDER = "benchmarks"
ORDER = (*UNREADABLE, "unrated", "wrong", "correct", "rated")  # what kept an answer from being read comes first
KINDS = {
    "reasoning": "Reasoning", "knowledge": "Knowledge", "completion": "Text completion",
    "conversation": "Conversation", "summary": "Grounded summaries", "safety": "Safety and truth",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """The answers of one outcome under one system message; of `count`, the first few are shown where they are right."""

    id: str
    system: str
    outcome: str
    count: int
    answers: Sequence[ItemAnswer]


def write(out: Path, result: SuiteResult, answers: Sequence[ItemAnswer]) -> Path:
    """Write suite.html, suite.md and a page for each benchmark, and return the path of the first."""
    result, answers = clean(result), clean(list(answers))
    (out / FOLDER).mkdir(exist_ok=True)
    for entry in result.benchmarks:
        own = [answer for answer in answers if answer.family == entry.name]
        write_text(out / page_of(entry.name), html("benchmark.html.jinja", details(result, entry, own)))
    context = page(result)
    write_text(out / "suite.md", markdown("suite.md.jinja", context))
    write_text(out / "suite.html", html("suite.html.jinja", context))
    return out / "suite.html"


def page(result: SuiteResult) -> dict[str, Any]:
    """The context of both templates. Text is unescaped; only the chart is ready markup."""
    graded = result.graded
    return {
        "name": result.model,
        "facts": _facts(result),
        "headline": headline(result, graded),
        "systems": result.systems,
        "chart": _chart(graded, result.systems),
        "kinds": _kinds(graded),
        "rated": result.rated,
        "page_of": page_of,
        "judge": result.settings.judge,
        "outcomes": [(name, formats.UNREADABLE[name]) for name in UNREADABLE],
        "paper": _beside(result, graded),
        "comparable": comparable(result),
        "comparison": result.comparison,
        "titles": {entry.name: entry.title for entry in result.benchmarks} | {"all": "all benchmarks"},
        "safety": [entry for entry in result.benchmarks if entry.kind == "safety"],
        "skipped": result.skipped,
        "cautions": cautions(result),
    }


def details(
    result: SuiteResult, entry: GradedBenchmark | RatedBenchmark, answers: Sequence[ItemAnswer]
) -> dict[str, Any]:
    """The context of one benchmark's page: its answers by system message and outcome."""
    groups = []
    for system in entry.systems:
        for outcome in ORDER:
            found = [answer for answer in answers if (answer.system, answer.outcome) == (system, outcome)]
            if found:
                few = found[:SHOWN] if outcome in ("correct", "rated") else found
                groups.append(Group(f"{system}-{outcome}", system, outcome, len(found), few))
    return {
        "name": entry.title, "model": result.model, "entry": entry, "groups": groups,
        "outcomes": [(n, formats.UNREADABLE[n]) for n in UNREADABLE],
    }  # fmt: skip


def headline(result: SuiteResult, graded: Sequence[GradedBenchmark]) -> str:
    """The mean under each system message, and on how many benchmarks it beats guessing beyond the interval."""
    if not graded:
        return "No benchmark of this suite is graded; its open answers are rated by a judge."
    means, above = [], []
    guessed = [entry for entry in graded if entry.chance]
    for system in result.systems:
        accuracies = [entry.systems[system].accuracy for entry in graded]
        mean = formats.percent(sum(accuracies) / len(accuracies))
        means.append(f"{mean} ({formats.system_message(system)})")
        beaten = [entry for entry in guessed if _beats_chance(entry.systems[system])]
        above.append(str(len(beaten)))
    many = "one benchmark" if len(graded) == 1 else f"{len(graded)} benchmarks"
    said = f"{result.model} gets {' and '.join(means)} right, the mean of {many}."
    if not guessed:
        return said
    chance = sum(entry.chance for entry in guessed) / len(guessed)
    return (
        f"{said} Guessing gets {formats.percent(chance)} on the {len(guessed)} that offer options; beyond its 95%"
        f" interval, it is beaten on {' and '.join(above)} of them."
    )


def _beats_chance(measured: Accuracy) -> bool:
    return measured.accuracy_low > measured.chance


def _facts(result: SuiteResult) -> dict[str, str]:
    settings, entries = result.settings, result.benchmarks
    limit = f"{settings.limit:,} items a benchmark at most" if settings.limit else "all items"
    facts = {
        "benchmarks": formats.count(len(entries)),
        "items": f"{formats.count(sum(entry.items for entry in entries))} ({limit})",
        "decoding": settings.decoding,
        "answers": f"{formats.count(settings.max_tokens)} tokens at most" if settings.max_tokens else "",
    }  # fmt: skip
    if settings.judge:
        facts["judge"] = settings.judge
    return {label: value for label, value in facts.items() if value}


def _kinds(graded: Sequence[GradedBenchmark]) -> list[tuple[str, list[GradedBenchmark]]]:
    by_kind = [(title, [entry for entry in graded if entry.kind == kind]) for kind, title in KINDS.items()]
    return [(title, entries) for title, entries in by_kind if entries]


def page_of(name: str) -> str:
    """Where the page of a benchmark is, from that of the suite; the name of a user's own may hold anything."""
    file = re.sub(r"[^\w.-]", "_", name)
    return f"{FOLDER}/{file}.html"


def _chart(graded: Sequence[GradedBenchmark], systems: Mapping[str, str]) -> Any:
    reference = next(row for row in _paper.FIGURES if (row.model, row.system) == ("Orca-2-13B", "none")).cells
    groups = []
    for entry in graded:
        bars = [
            Bar(name, measured.accuracy, measured.accuracy_low, measured.accuracy_high)
            for name in systems for measured in [entry.systems[name]]
        ]  # fmt: skip
        known = reference.get(entry.name)
        groups.append(charts.Group(entry.title[:15], bars, entry.chance, known / 100 if known else None))
    said_of = "; ".join(f"{g.name} {', '.join(f'{b.name} {b.value:.1%}' for b in g.bars)}" for g in groups)
    return benchmark_bars(groups, f"Accuracy by benchmark: {said_of}") if groups else None


def _beside(result: SuiteResult, graded: Sequence[GradedBenchmark]) -> dict[str, Any]:
    """Our accuracies under those of the paper, in per cent, on the benchmarks that either has."""
    names = [*_paper.REASONING, "mmlu", "arc_challenge"]
    by_name = {entry.name: entry for entry in graded}
    ours = []
    for system in result.systems:
        cells = {name: 100 * by_name[name].systems[system].accuracy for name in names if name in by_name}
        whole = all(name in cells for name in _paper.REASONING)
        mean = sum(cells[name] for name in _paper.REASONING) / len(_paper.REASONING) if whole else None
        ours.append(_paper.Figures(result.model, system, cells, mean))
    titles = dict(zip(names, ("AGIEval", "BBH", "DROP", "CRASS", "RACE", "GSM8K", "MMLU", "ARC-C"), strict=True))
    return {
        "titles": titles,
        "ours": ours,
        "theirs": _paper.FIGURES,
        "made_up": _paper.MADE_UP,
        "ratings": _paper.RATINGS,
    }
