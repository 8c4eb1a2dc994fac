"""The suite as logs of inspect_ai, one for each benchmark and system message: `inspect view` shows them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orca2.apps.suite._types import GradedBenchmark, ItemAnswer, RatedBenchmark, SuiteResult
from orca2.files import write_text

VERSION = 2  # of the log format
STOPS = {"stop": "stop", "length": "max_tokens", "error": "unknown"}


def write(out: Path, result: SuiteResult, answers: Sequence[ItemAnswer]) -> None:
    folder = out / "inspect"
    folder.mkdir(exist_ok=True)
    created = datetime.fromtimestamp((out / "answers.jsonl").stat().st_mtime, UTC)
    for entry in result.benchmarks:
        for system in entry.systems:
            task = f"{entry.name}-{system}".replace("_", "-")
            identity = hashlib.sha256(f"{result.model_id} {task}".encode()).hexdigest()[:22]
            own = [answer for answer in answers if (answer.family, answer.system) == (entry.name, system)]
            log = _log(result, entry, system, own, created.isoformat(timespec="seconds"), identity)
            for old in folder.glob(f"*_{task}_{identity}.json"):
                old.unlink()
            stamp = created.strftime("%Y-%m-%dT%H-%M-%S+00-00")
            write_text(folder / f"{stamp}_{task}_{identity}.json", json.dumps(log, ensure_ascii=False) + "\n")


def _log(
    result: SuiteResult,
    entry: GradedBenchmark | RatedBenchmark,
    system: str,
    answers: Sequence[ItemAnswer],
    created: str,
    identity: str,
) -> dict[str, Any]:
    if isinstance(entry, GradedBenchmark):
        scorer, measured = "orca2_grader", entry.systems[system]
        values = {"accuracy": measured.accuracy}
        for key in ("format_ok", "truncated", "ambiguous", "unextracted"):
            values[key] = getattr(measured, key) / measured.items
    else:
        scorer, values = "orca2_judge", {"mean": entry.systems[system].rating}
    chance = entry.chance if isinstance(entry, GradedBenchmark) else None
    metrics = {name: {"name": name, "value": value, "params": {}} for name, value in values.items()}
    return {
        "version": VERSION,
        "status": "success",
        "eval": {
            "run_id": identity, "created": created, "task": entry.name, "task_id": identity, "task_version": 0,
            "task_args": {"system": system}, "model": f"orca2/{result.model}",
            "dataset": {"name": entry.title, "samples": len(answers), "sample_ids": [each.task for each in answers]},
            "config": {"epochs": 1}, "packages": {"orca2": result.orca2},
            "metadata": {"chance": chance, "system_message": result.systems[system],
                         **asdict(result.settings)},
        },
        "plan": {"name": "plan", "steps": [{"solver": "generate", "params": {}}],
                 "config": {"temperature": 0.0, "max_tokens": answers[0].max_tokens if answers else None}},
        "results": {
            "total_samples": len(answers), "completed_samples": len(answers),
            "scores": [{"name": scorer, "scorer": scorer, "params": {}, "metrics": metrics}],
        },
        "stats": {"started_at": created, "completed_at": created},
        "samples": [_sample(result, answer, scorer) for answer in answers],
    }  # fmt: skip


def _sample(result: SuiteResult, answer: ItemAnswer, scorer: str) -> dict[str, Any]:
    said = [*answer.earlier, answer.response]
    turns = [{"role": "system", "content": result.systems[answer.system]}] if result.systems[answer.system] else []
    for asked, reply in zip([answer.prompt, *answer.follow_ups], said, strict=False):
        turns += [{"role": "user", "content": asked}, {"role": "assistant", "content": reply, "source": "generate"}]
    if answer.measure == "graded":
        value: Any = "C" if answer.outcome == "correct" else "I"
    else:
        value = answer.rating or 0.0
    score = {
        "value": value,
        "answer": answer.answer,
        "explanation": answer.why,
        "metadata": {"outcome": answer.outcome},
    }
    choice = {
        "message": {"role": "assistant", "content": answer.response, "source": "generate"},
        "stop_reason": STOPS[answer.finish_reason],
    }
    usage = {"input_tokens": 0, "output_tokens": answer.tokens, "total_tokens": answer.tokens}
    return {
        "id": answer.task, "epoch": 1, "input": answer.prompt, "target": answer.target, "messages": turns,
        "output": {"model": result.model, "choices": [choice], "usage": usage},
        "scores": {scorer: score}, "metadata": {"subset": answer.subset}, "store": {}, "events": [],
        "model_usage": {f"orca2/{result.model}": usage}, "attachments": {},
    }  # fmt: skip
