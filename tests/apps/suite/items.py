"""Graded answers of a suite, made by hand."""

from typing import Any

from orca2.apps.suite._types import GradedBenchmark, ItemAnswer, SuiteResult, SuiteSettings

BASE: dict[str, Any] = {
    "family": "gsm8k", "subset": "", "system": "none", "measure": "graded", "prompt": "What is 3 + 4?",
    "follow_ups": [], "references": [], "target": "7", "grader": "number", "chance": 0.0, "cluster": "",
    "max_tokens": 64, "response": "It is 7.", "earlier": [], "finish_reason": "stop", "tokens": 4,
    "outcome": "correct", "answer": "7", "why": "",
}  # fmt: skip


def item(task: str, **fields: Any) -> ItemAnswer:
    """An answer to an item, right unless `fields` say otherwise."""
    return ItemAnswer(task=task, **{**BASE, "cluster": task, **fields})


def rated(task: str, *scores: int, **fields: Any) -> ItemAnswer:
    """An open answer that a judge gave these scores."""
    outcome = "rated" if scores else "unrated"
    return item(task, **{"family": "mt_bench", "measure": "rated", "outcome": outcome, "scores": scores, **fields})


def suite(benchmarks: list[GradedBenchmark], **fields: Any) -> SuiteResult:
    """A whole suite of one model with these benchmarks."""
    made: dict[str, Any] = {
        "orca2": "0", "model": "org/stub", "model_id": "stub", "suite": "gsm8k", "systems": {"none": ""},
        "settings": SuiteSettings("greedy", 0, 0, None), "answered_by": [], "benchmarks": benchmarks, "skipped": [],
        "comparison": None,
    }  # fmt: skip
    return SuiteResult(**{**made, **fields})


def benchmark(answers: list[ItemAnswer], **fields: Any) -> GradedBenchmark:
    """The figures of graded answers to one benchmark under no system message."""
    from orca2.apps.suite._results import accuracy

    made: dict[str, Any] = {
        "name": "gsm8k", "title": "GSM8K", "kind": "reasoning", "about": "", "means": "", "wording": "", "paper": "",
        "shots": 0, "rows": len(answers), "items": len(answers), "rejected": [], "in_domain": None,
    }  # fmt: skip
    return GradedBenchmark(**{**made, **fields}, systems={"none": accuracy(answers)})
