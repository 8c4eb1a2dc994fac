"""The suite as lm-eval writes it: results_DATE.json with every benchmark and subset, and samples_TASK_DATE.jsonl."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from orca2.core.averaging import Z
from orca2.files import write_text

Row = Mapping[str, Any]
FILTER = "orca2"  # lm-eval names the reading of answers a filter


def write(out: Path, result: Row, rows: Sequence[Row]) -> None:
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
    for entry in result["benchmarks"]:
        for system, cell in entry["systems"].items():
            task = f"{entry['name']}_{system}"
            own = [row for row in rows if (row["family"], row["system"]) == (entry["name"], system)]
            _enter(found, task, entry, cell, own)
            lines = (json.dumps(_sample(place, row), ensure_ascii=False) + "\n" for place, row in enumerate(own))
            write_text(folder / f"samples_{task}_{date}.jsonl", "".join(lines))
    config = {
        "model": "orca2", "model_args": {"pretrained": result["model"]}, "batch_size": None,
        "limit": result["settings"]["limit"] or None, "gen_kwargs": {"temperature": 0.0, "do_sample": False},
    }  # fmt: skip
    about = {
        "config": config, "date": moment, "model_source": "orca2", "model_name": result["model"],
        "model_name_sanitized": result["model"].replace("/", "__"), "system_instruction": None,
        "fewshot_as_multiturn": True, "task_hashes": {},
    }  # fmt: skip
    write_text(folder / f"results_{date}.json", json.dumps(found | about, indent=2, ensure_ascii=False) + "\n")


def _enter(found: dict[str, Any], task: str, entry: Row, cell: Row, rows: Sequence[Row]) -> None:
    """A benchmark, and its subsets as the tasks of a group."""
    graded = entry["measure"] == "graded"
    metric = "exact_match" if graded else "rating"
    value = cell["accuracy"] if graded else cell["rating"]
    high = cell["accuracy_high"] if graded else cell["high"]
    error = (high - value) / Z if cell["subsets"] or not graded else _error(value, cell["items"])
    found["results"][task] = _metrics(entry["title"], metric, value, error, cell["items"])
    subtasks = []
    for subset in cell["subsets"]:
        name, n = f"{task}_{subset['subset']}", subset["items"]
        rate = subset["correct"] / n if graded else subset["rating"]
        error = _error(rate, n) if graded else None
        found["results"][name] = _metrics(subset["subset"], metric, rate, error, n)
        subtasks.append(name)
        _about(found, name, entry, metric, n, n)
    if subtasks:
        found["groups"][task] = found["results"][task]
    found["group_subtasks"][task] = subtasks
    _about(found, task, entry, metric, entry["rows"], len(rows))


def _error(rate: float, items: int) -> float | None:
    """Of a mean of zeros and ones, as lm-eval has it; none of a single item."""
    return (rate * (1 - rate) / (items - 1)) ** 0.5 if items > 1 else None


def _metrics(alias: str, metric: str, value: float, error: float | None, items: int) -> dict[str, Any]:
    stderr = "N/A" if error is None else error
    return {"alias": alias, f"{metric},{FILTER}": value, f"{metric}_stderr,{FILTER}": stderr, "sample_len": items}


def _about(found: dict[str, Any], name: str, entry: Row, metric: str, original: int, effective: int) -> None:
    found["configs"][name] = {
        "task": name, "output_type": "generate_until", "num_fewshot": entry["shots"],
        "metric_list": [{"metric": metric}], "metadata": {"version": 1.0},
    }  # fmt: skip
    found["versions"][name], found["n-shot"][name] = 1.0, entry["shots"]
    found["higher_is_better"][name] = {metric: True}
    found["n-samples"][name] = {"original": original, "effective": effective}


def _sample(place: int, row: Row) -> dict[str, Any]:
    graded = row["measure"] == "graded"
    scores = row.get("scores") or []
    value = float(row["outcome"] == "correct") if graded else sum(scores) / len(scores) if scores else None
    metric = "exact_match" if graded else "rating"
    settings = {"until": [], "max_gen_toks": row["max_tokens"], "temperature": 0.0, "do_sample": False}
    return {
        "doc_id": place,
        "doc": {"id": row["task"], "subset": row["subset"], "prompt": row["prompt"], "target": row["target"]},
        "target": row["target"],
        "arguments": {"gen_args_0": {"arg_0": row["prompt"], "arg_1": settings}},
        "resps": [[row["response"]]], "filtered_resps": [row["answer"] or ""], "filter": FILTER, "metrics": [metric],
        "doc_hash": _hash(row["task"]), "prompt_hash": _hash(row["prompt"]), "target_hash": _hash(row["target"]),
        metric: value, "outcome": row["outcome"],
    }  # fmt: skip


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
