"""Which benchmarks are in-domain: the run's own training record names their data, or its train split holds them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from orca2.benchmarks import Loaded
from orca2.core.ngrams import WORDS, overlap
from orca2.reporting.artifacts import read_json, read_rows


def in_domain(run: Path | None, loaded: Sequence[Loaded]) -> dict[str, dict[str, Any]]:
    """By benchmark: the `named` families and options of the recipe that name its data, and how many of its `items`
    stand in the train split (`repeated`: 80 % or more of their 13-word n-grams). Empty without a run folder."""
    if run is None or not (run / "record.json").is_file():
        return {}
    recipe = read_json(run, "record.json", "run").get("recipe", {})
    learned = [row for row in read_rows(run, "tasks.jsonl", "tasks") if row["split"] in ("train", "profile")]
    prompts = {row["id"]: row["prompt"] for row in learned}
    tasks = recipe.get("tasks", {})
    words = {row["family"] for row in learned} | set(_texts([tasks.get("source"), tasks.get("options")]))
    found = {}
    for each in loaded:
        asked = {item.task.id: item.task.prompt for item in each.items}
        matches = overlap(asked, prompts, WORDS) if prompts else []
        known = each.benchmark.known_as
        found[each.name] = {
            "named": sorted(word for word in words if any(name in word.lower() for name in known)),
            "items": len(asked),
            "repeated": sum(match.contaminated for match in matches),
        }
    return found


def said(mark: dict[str, Any] | None) -> str:
    """In-domain and why, as a phrase; empty if nothing says so."""
    if not mark or not (mark["named"] or mark["repeated"]):
        return ""
    parts = [f"trained on {', '.join(mark['named'][:3])}"] if mark["named"] else []
    if mark["repeated"]:
        parts.append(f"{mark['repeated']:,} of {mark['items']:,} items stand in its train split")
    return "; ".join(parts)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []
