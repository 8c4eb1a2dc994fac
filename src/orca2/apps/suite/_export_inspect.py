"""The suite as logs of inspect_ai, one for each benchmark and system message: `inspect view` shows them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orca2.files import write_text

Row = Mapping[str, Any]
VERSION = 2  # of the log format
STOPS = {"stop": "stop", "length": "max_tokens", "error": "unknown"}


def write(out: Path, result: Row, rows: Sequence[Row]) -> None:
    folder = out / "inspect"
    folder.mkdir(exist_ok=True)
    created = datetime.fromtimestamp((out / "answers.jsonl").stat().st_mtime, UTC)
    for entry in result["benchmarks"]:
        for system in entry["systems"]:
            task = f"{entry['name']}-{system}".replace("_", "-")
            identity = hashlib.sha256(f"{result['model_id']} {task}".encode()).hexdigest()[:22]
            own = [row for row in rows if (row["family"], row["system"]) == (entry["name"], system)]
            log = _log(result, entry, system, own, created.isoformat(timespec="seconds"), identity)
            for old in folder.glob(f"*_{task}_{identity}.json"):
                old.unlink()
            stamp = created.strftime("%Y-%m-%dT%H-%M-%S+00-00")
            write_text(folder / f"{stamp}_{task}_{identity}.json", json.dumps(log, ensure_ascii=False) + "\n")


def _log(result: Row, entry: Row, system: str, rows: Sequence[Row], created: str, identity: str) -> dict[str, Any]:
    found = entry["systems"][system]
    graded = entry["measure"] == "graded"
    name = "accuracy" if graded else "mean"
    metrics = {name: {"name": name, "value": found["accuracy" if graded else "rating"], "params": {}}}
    if graded:
        for key in ("format_ok", "truncated", "ambiguous", "unextracted"):
            metrics[key] = {"name": key, "value": found[key] / found["items"], "params": {}}
    scorer = "orca2_grader" if graded else "orca2_judge"
    return {
        "version": VERSION,
        "status": "success",
        "eval": {
            "run_id": identity, "created": created, "task": entry["name"], "task_id": identity, "task_version": 0,
            "task_args": {"system": system}, "model": f"orca2/{result['model']}",
            "dataset": {"name": entry["title"], "samples": len(rows), "sample_ids": [row["task"] for row in rows]},
            "config": {"epochs": 1}, "packages": {"orca2": result["orca2"]},
            "metadata": {"chance": found.get("chance"), "system_message": result["systems"][system],
                         **result["settings"]},
        },
        "plan": {"name": "plan", "steps": [{"solver": "generate", "params": {}}],
                 "config": {"temperature": 0.0, "max_tokens": rows[0]["max_tokens"] if rows else None}},
        "results": {
            "total_samples": len(rows), "completed_samples": len(rows),
            "scores": [{"name": scorer, "scorer": scorer, "params": {}, "metrics": metrics}],
        },
        "stats": {"started_at": created, "completed_at": created},
        "samples": [_sample(result, row, scorer) for row in rows],
    }  # fmt: skip


def _sample(result: Row, row: Row, scorer: str) -> dict[str, Any]:
    said = [*row["earlier"], row["response"]]
    turns = (
        [{"role": "system", "content": result["systems"][row["system"]]}] if result["systems"][row["system"]] else []
    )
    for asked, reply in zip([row["prompt"], *row["follow_ups"]], said, strict=False):
        turns += [{"role": "user", "content": asked}, {"role": "assistant", "content": reply, "source": "generate"}]
    if row["measure"] == "graded":
        value: Any = "C" if row["outcome"] == "correct" else "I"
    else:
        value = sum(row["scores"]) / len(row["scores"]) if row["scores"] else 0.0
    score = {
        "value": value,
        "answer": row["answer"],
        "explanation": row["why"],
        "metadata": {"outcome": row["outcome"]},
    }
    choice = {
        "message": {"role": "assistant", "content": row["response"], "source": "generate"},
        "stop_reason": STOPS[row["finish_reason"]],
    }
    usage = {"input_tokens": 0, "output_tokens": row["tokens"], "total_tokens": row["tokens"]}
    return {
        "id": row["task"], "epoch": 1, "input": row["prompt"], "target": row["target"], "messages": turns,
        "output": {"model": result["model"], "choices": [choice], "usage": usage},
        "scores": {scorer: score}, "metadata": {"subset": row["subset"]}, "store": {}, "events": [],
        "model_usage": {f"orca2/{result['model']}": usage}, "attachments": {},
    }  # fmt: skip
