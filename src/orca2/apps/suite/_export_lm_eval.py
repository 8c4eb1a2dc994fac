"""The suite as lm-eval writes it: results_DATE.json with every benchmark and subset, and samples_TASK_DATE.jsonl."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from orca2.apps.suite._types import Accuracy, GradedBenchmark, ItemAnswer, RatedBenchmark, Ratings, SuiteResult
from orca2.core.averaging import Z
from orca2.files import write_text

FILTER = "orca2"  # lm-eval names the reading of answers a filter


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over items with its standard error, None where that is not known."""

    value: float
    error: float | None
    items: int


def write(out: Path, result: SuiteResult, answers: Sequence[ItemAnswer]) -> None:
    """Replace what an earlier export wrote."""
    folder = out / "lm-eval"
    folder.mkdir(exist_ok=True)
    for old in (*folder.glob("results_*.json"), *folder.glob("samples_*.jsonl")):
        old.unlink()
    moment = (out / "answers.jsonl").stat().st_mtime
    date = datetime.fromtimestamp(moment).isoformat().replace(":", "-")
    found: dict[str, Any] = {
        "results": {}, "groups": {}, "group_subtasks": {}, "configs": {}, "versions": {}, "n-shot": {},
        "higher_is_better": {}, "n-samples": {},
    }  # fmt: skip
    for entry in result.benchmarks:
        for system in entry.systems:
            task = f"{entry.name}_{system}"
            own = [answer for answer in answers if (answer.family, answer.system) == (entry.name, system)]
            _enter(found, task, entry, system, own)
            lines = (json.dumps(_sample(place, answer), ensure_ascii=False) + "\n" for place, answer in enumerate(own))
            write_text(folder / f"samples_{task}_{date}.jsonl", "".join(lines))
    config = {
        "model": "orca2", "model_args": {"pretrained": result.model}, "batch_size": None,
        "limit": result.settings.limit or None, "gen_kwargs": {"temperature": 0.0, "do_sample": False},
    }  # fmt: skip
    about = {
        "config": config, "date": moment, "model_source": "orca2", "model_name": result.model,
        "model_name_sanitized": result.model.replace("/", "__"), "system_instruction": None,
        "fewshot_as_multiturn": True, "task_hashes": {},
    }  # fmt: skip
    write_text(folder / f"results_{date}.json", json.dumps(found | about, indent=2, ensure_ascii=False) + "\n")


def _enter(
    found: dict[str, Any], task: str, entry: GradedBenchmark | RatedBenchmark, system: str,
    answers: Sequence[ItemAnswer],
) -> None:  # fmt: skip
    """A benchmark, and its subsets as the tasks of a group."""
    if isinstance(entry, GradedBenchmark):
        metric, whole, subsets = _graded(entry.systems[system])
    else:
        metric, whole, subsets = _rated(entry.systems[system])
    found["results"][task] = _metrics(entry.title, metric, whole)
    subtasks = []
    for subset, part in subsets.items():
        name = f"{task}_{subset}"
        found["results"][name] = _metrics(subset, metric, part)
        subtasks.append(name)
        _about(found, name, entry, metric, part.items, part.items)
    if subtasks:
        found["groups"][task] = found["results"][task]
    found["group_subtasks"][task] = subtasks
    _about(found, task, entry, metric, entry.rows, len(answers))


def _graded(measured: Accuracy) -> tuple[str, Mean, dict[str, Mean]]:
    """The metric, its mean, and that of each subset."""
    error = (measured.accuracy_high - measured.accuracy) / Z
    if not measured.subsets:
        error_of_items = _error(measured.accuracy, measured.items)
        return "exact_match", Mean(measured.accuracy, error_of_items, measured.items), {}
    rates = {subset.subset: (subset.correct / subset.items, subset.items) for subset in measured.subsets}
    subsets = {name: Mean(rate, _error(rate, items), items) for name, (rate, items) in rates.items()}
    return "exact_match", Mean(measured.accuracy, error, measured.items), subsets


def _rated(measured: Ratings) -> tuple[str, Mean, dict[str, Mean]]:
    """As `_graded`."""
    subsets = {subset.subset: Mean(subset.rating, None, subset.items) for subset in measured.subsets}
    return "rating", Mean(measured.rating, (measured.high - measured.rating) / Z, measured.items), subsets


def _error(rate: float, items: int) -> float | None:
    """Of a mean of zeros and ones, as lm-eval has it; none of a single item."""
    return (rate * (1 - rate) / (items - 1)) ** 0.5 if items > 1 else None


def _metrics(alias: str, metric: str, mean: Mean) -> dict[str, Any]:
    stderr = "N/A" if mean.error is None else mean.error
    return {
        "alias": alias, f"{metric},{FILTER}": mean.value, f"{metric}_stderr,{FILTER}": stderr, "sample_len": mean.items,
    }  # fmt: skip


def _about(
    found: dict[str, Any],
    name: str,
    entry: GradedBenchmark | RatedBenchmark,
    metric: str,
    original: int,
    effective: int,
) -> None:
    found["configs"][name] = {
        "task": name, "output_type": "generate_until", "num_fewshot": entry.shots,
        "metric_list": [{"metric": metric}], "metadata": {"version": 1.0},
    }  # fmt: skip
    found["versions"][name], found["n-shot"][name] = 1.0, entry.shots
    found["higher_is_better"][name] = {metric: True}
    found["n-samples"][name] = {"original": original, "effective": effective}


def _sample(place: int, answer: ItemAnswer) -> dict[str, Any]:
    graded = answer.measure == "graded"
    value = float(answer.outcome == "correct") if graded else answer.rating
    metric = "exact_match" if graded else "rating"
    settings = {"until": [], "max_gen_toks": answer.max_tokens, "temperature": 0.0, "do_sample": False}
    return {
        "doc_id": place,
        "doc": {"id": answer.task, "subset": answer.subset, "prompt": answer.prompt, "target": answer.target},
        "target": answer.target,
        "arguments": {"gen_args_0": {"arg_0": answer.prompt, "arg_1": settings}},
        "resps": [[answer.response]], "filtered_resps": [answer.answer or ""], "filter": FILTER, "metrics": [metric],
        "doc_hash": _hash(answer.task), "prompt_hash": _hash(answer.prompt), "target_hash": _hash(answer.target),
        metric: value, "outcome": answer.outcome,
    }  # fmt: skip


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
