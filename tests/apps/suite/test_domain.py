"""What of a benchmark a model was trained on: by the names in its recipe, and by items that stand in its tasks."""

import json
from dataclasses import asdict
from pathlib import Path

from orca2.apps.suite import _domain
from orca2.benchmarks import load_benchmark
from orca2.core.types import Task


def test_in_domain_by_name_and_by_overlap(data: Path, tmp_path: Path) -> None:
    run_folder = tmp_path / "run"
    run_folder.mkdir()
    repeated = load_benchmark("race", data).items[0].task.prompt
    tasks = [Task("1", "gsm8k", "x", "1", "auto", "train"), Task("2", "mine", repeated, "1", "auto", "train"),
             Task("3", "bbh", "y", "1", "auto", "test")]  # fmt: skip
    (run_folder / "tasks.jsonl").write_text("".join(json.dumps(asdict(task)) + "\n" for task in tasks))
    options = {"path": ["arc_easy_train.tsv"]}
    (run_folder / "record.json").write_text(json.dumps({"recipe": {"tasks": {"source": "jsonl", "options": options}}}))
    found = _domain.trained_on(
        run_folder, [load_benchmark(name, data) for name in ("gsm8k", "race", "arc_easy", "bbh")]
    )
    assert found["gsm8k"].named == ["gsm8k"]
    assert (found["race"].named, found["race"].repeated) == ([], 1)
    assert found["arc_easy"].named == ["arc_easy_train.tsv"]
    assert found["race"].in_domain and not found["bbh"].in_domain
    assert str(found["race"]) == "1 of 2 items stand in its train split"
    assert _domain.trained_on(None, []) == {}
