"""What the stage tasks says of tasks that nearly repeat each other."""

import json
from pathlib import Path

from tests.conftest import Run

RECIPE = """
name = "near"
[tasks]
source = "jsonl"
options.path = "data.jsonl"
[student]
model = "none"
[teacher]
model = "scripted"
"""
STORY = "There are {} apples in the old basket beside the door of the long house at the end of the village. How many?"


def test_near_repeats_between_splits_are_counted_and_said(run: Run, tmp_path: Path) -> None:
    rows = [
        {"prompt": STORY.format(1), "target": "1", "split": "train"},
        {"prompt": STORY.format(1) + " Say so.", "target": "1", "split": "test"},
        {"prompt": "What is 1 + 2?", "target": "3", "split": "test"},
        {"prompt": "What is 2 + 2?", "target": "4", "split": "profile"},
    ]
    (tmp_path / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "recipe.toml").write_text(RECIPE)
    code, _, said = run("run", tmp_path / "recipe.toml", "--run", tmp_path / "run", "--until", "tasks")
    assert code == 0 and "1 of 2 test tasks nearly repeat the train split" in said
    assert f"orca2 overlap {tmp_path / 'run'}" in said
    counts = json.loads((tmp_path / "run" / "tasks.json").read_text())
    assert counts["overlap"] == {"train/test": 1, "profile/test": 0, "train/profile": 0}
