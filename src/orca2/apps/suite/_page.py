"""The pages of a suite: one with all figures, and one for each benchmark down to the single answer."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orca2.apps.suite import _paper
from orca2.apps.suite._cautions import cautions, comparable
from orca2.apps.suite._domain import said
from orca2.core.comparing import UNREADABLE
from orca2.files import write_text
from orca2.reporting import formats
from orca2.reporting.artifacts import clean
from orca2.reporting.charts import Bar, Group, benchmark_bars
from orca2.reporting.rendering import html, markdown

Row = Mapping[str, Any]
SHOWN = 100  # answers of one outcome under one system message on a page; all are in graded.jsonl
FOLDER = "benchmarks"
ORDER = (*UNREADABLE, "unrated", "wrong", "correct", "rated")  # what kept an answer from being read comes first
KINDS = {
    "reasoning": "Reasoning", "knowledge": "Knowledge", "completion": "Text completion",
    "conversation": "Conversation", "summary": "Grounded summaries", "safety": "Safety and truth",
}  # fmt: skip


def write(out: Path, result: Row, rows: Sequence[Row]) -> Path:
    """Write suite.html, suite.md and a page for each benchmark, and return the path of the first."""
    result, rows = clean(result), clean(list(rows))
    (out / FOLDER).mkdir(exist_ok=True)
    for entry in result["benchmarks"]:
        own = [row for row in rows if row["family"] == entry["name"]]
        write_text(
            out / FOLDER / f"{file_name(entry['name'])}.html", html("benchmark.html.jinja", details(result, entry, own))
        )
    context = page(result)
    write_text(out / "suite.md", markdown("suite.md.jinja", context))
    write_text(out / "suite.html", html("suite.html.jinja", context))
    return out / "suite.html"


def page(result: Row) -> dict[str, Any]:
    """The context of both templates. Text is unescaped; only the chart is ready markup."""
    graded = [entry for entry in result["benchmarks"] if entry["measure"] == "graded"]
    rated = [entry for entry in result["benchmarks"] if entry["measure"] != "graded"]
    return {
        "name": result["model"],
        "facts": _facts(result),
        "headline": headline(result, graded),
        "systems": result["systems"],
        "chart": _chart(graded, result["systems"]),
        "kinds": _kinds(graded),
        "rated": [entry | {"page": _page_of(entry)} for entry in rated],
        "judge": result["settings"]["judge"],
        "outcomes": [(name, formats.UNREADABLE[name]) for name in UNREADABLE],
        "paper": _beside(result, graded),
        "comparable": comparable(result),
        "comparison": _comparison(result),
        "safety": [entry for entry in result["benchmarks"] if entry["kind"] == "safety"],
        "skipped": result["skipped"],
        "cautions": cautions(result),
    }


def details(result: Row, entry: Row, rows: Sequence[Row]) -> dict[str, Any]:
    """The context of one benchmark's page: its answers by system message and outcome."""
    groups = []
    for system in entry["systems"]:
        for outcome in ORDER:
            found = [row for row in rows if (row["system"], row["outcome"]) == (system, outcome)]
            if found:
                groups.append({
                    "id": f"{system}-{outcome}", "system": system, "outcome": outcome, "count": len(found),
                    "rows": found[:SHOWN] if outcome in ("correct", "rated") else found,
                })  # fmt: skip
    return {
        "name": entry["title"], "model": result["model"], "entry": entry, "groups": groups,
        "in_domain": said(entry["in_domain"]), "outcomes": [(n, formats.UNREADABLE[n]) for n in UNREADABLE],
    }  # fmt: skip


def headline(result: Row, graded: Sequence[Row]) -> str:
    """The mean under each system message, and on how many benchmarks it beats guessing beyond the interval."""
    if not graded:
        return "No benchmark of this suite is graded; its open answers are rated by a judge."
    means, above = [], []
    guessed = [entry for entry in graded if next(iter(entry["systems"].values()))["chance"]]
    for system in result["systems"]:
        cells = [entry["systems"][system] for entry in graded]
        mean = formats.percent(sum(cell["accuracy"] for cell in cells) / len(cells))
        means.append(f"{mean} ({formats.system_message(system)})")
        beaten = [e for e in guessed if e["systems"][system]["accuracy_low"] > e["systems"][system]["chance"]]
        above.append(str(len(beaten)))
    many = "one benchmark" if len(graded) == 1 else f"{len(graded)} benchmarks"
    said = f"{result['model']} gets {' and '.join(means)} right, the mean of {many}."
    if not guessed:
        return said
    chance = sum(next(iter(e["systems"].values()))["chance"] for e in guessed) / len(guessed)
    return (
        f"{said} Guessing gets {formats.percent(chance)} on the {len(guessed)} that offer options; beyond its 95%"
        f" interval, it is beaten on {' and '.join(above)} of them."
    )


def _facts(result: Row) -> dict[str, str]:
    settings, entries = result["settings"], result["benchmarks"]
    limit = f"{settings['limit']:,} items a benchmark at most" if settings["limit"] else "all items"
    facts = {
        "benchmarks": formats.count(len(entries)),
        "items": f"{formats.count(sum(entry['items'] for entry in entries))} ({limit})",
        "decoding": settings["decoding"],
        "answers": f"{formats.count(settings['max_tokens'])} tokens at most" if settings["max_tokens"] else "",
    }  # fmt: skip
    if settings["judge"]:
        facts["judge"] = settings["judge"]
    return {label: value for label, value in facts.items() if value}


def _kinds(graded: Sequence[Row]) -> list[tuple[str, list[dict[str, Any]]]]:
    found = []
    for kind, title in KINDS.items():
        own = [
            {**entry, "page": _page_of(entry), "domain": said(entry["in_domain"])}
            for entry in graded if entry["kind"] == kind
        ]  # fmt: skip
        if own:
            found.append((title, own))
    return found


def _page_of(entry: Row) -> str:
    return f"{FOLDER}/{file_name(entry['name'])}.html"


def file_name(name: str) -> str:
    """A benchmark's name as a file's; a user's own may hold anything."""
    return re.sub(r"[^\w.-]", "_", name)


def _chart(graded: Sequence[Row], systems: Mapping[str, str]) -> Any:
    reference = next(row for row in _paper.FIGURES if (row.model, row.system) == ("Orca-2-13B", "none")).cells
    groups = []
    for entry in graded:
        bars = [
            Bar(name, cell["accuracy"], cell["accuracy_low"], cell["accuracy_high"])
            for name in systems for cell in [entry["systems"][name]]
        ]  # fmt: skip
        chance = next(iter(entry["systems"].values()))["chance"]
        known = reference.get(entry["name"])
        groups.append(Group(entry["title"][:15], bars, chance, known / 100 if known else None))
    said_of = "; ".join(f"{g.name} {', '.join(f'{b.name} {b.value:.1%}' for b in g.bars)}" for g in groups)
    return benchmark_bars(groups, f"Accuracy by benchmark: {said_of}") if groups else None


def _beside(result: Row, graded: Sequence[Row]) -> dict[str, Any]:
    """Our accuracies under those of the paper, in per cent, on the benchmarks that either has."""
    names = [*_paper.REASONING, "mmlu", "arc_challenge"]
    by_name = {entry["name"]: entry for entry in graded}
    ours = []
    for system in result["systems"]:
        cells = {name: 100 * by_name[name]["systems"][system]["accuracy"] for name in names if name in by_name}
        whole = all(name in cells for name in _paper.REASONING)
        mean = sum(cells[name] for name in _paper.REASONING) / len(_paper.REASONING) if whole else None
        ours.append(_paper.Figures(result["model"], system, cells, mean))
    titles = dict(zip(names, ("AGIEval", "BBH", "DROP", "CRASS", "RACE", "GSM8K", "MMLU", "ARC-C"), strict=True))
    return {
        "titles": titles,
        "ours": ours,
        "theirs": _paper.FIGURES,
        "made_up": _paper.MADE_UP,
        "ratings": _paper.RATINGS,
    }


def _comparison(result: Row) -> dict[str, Any] | None:
    found = result["comparison"]
    if not found:
        return None
    titles = {entry["name"]: entry["title"] for entry in result["benchmarks"]} | {"all": "all benchmarks"}
    return {**found, "titles": titles}
