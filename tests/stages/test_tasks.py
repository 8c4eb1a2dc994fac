"""What the stage tasks says of tasks that nearly repeat each other."""

import json
from pathlib import Path

import pytest

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


def synthetic(folder: Path, run: Run, *words: str) -> tuple[int, str, list[dict[str, str]]]:
    recipe = folder / "worked.toml"
    text = RECIPE.replace('"jsonl"', '"synthetic"').replace(
        'options.path = "data.jsonl"', "limits = { profile = 3, train = 6, test = 4 }"
    )
    recipe.write_text(text)
    code, _, said = run("run", recipe, "--run", folder / "run", "--until", "tasks", *words)
    file = folder / "run" / "tasks.jsonl"
    return code, said, [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_family_that_is_held_out_is_only_tested(run: Run, tmp_path: Path) -> None:
    families = "tasks.options.families=['lookup', 'weekday']"
    code, _, tasks = synthetic(tmp_path, run, families, "tasks.held_out=['weekday']")
    assert code == 0
    splits = {family: {task["split"] for task in tasks if task["family"] == family} for family in ("lookup", "weekday")}
    assert splits == {"lookup": {"profile", "train", "test"}, "weekday": {"test"}}
    assert sum(task["family"] == "weekday" for task in tasks) == 4


@pytest.mark.parametrize(
    ("held_out", "said"),
    [
        ("['weekdy']", "tasks.held_out: no row of 'weekdy' (did you mean 'weekday'?)"),
        ("['lookup', 'weekday']", "every family is held out"),
    ],
)
def test_what_cannot_be_held_out(held_out: str, said: str, run: Run, tmp_path: Path) -> None:
    families = "tasks.options.families=['lookup', 'weekday']"
    code, told, _ = synthetic(tmp_path, run, families, f"tasks.held_out={held_out}")
    assert code == 2 and said in told


def test_runs_of_several_seeds_share_the_tasks_of_one_data_seed(run: Run, tmp_path: Path) -> None:
    found = []
    for number, words in enumerate([("seed=1",), ("seed=2",), ("seed=3", "data_seed=1")]):
        place = tmp_path / str(number)
        place.mkdir()
        code, _, tasks = synthetic(place, run, "tasks.options.families=['lookup']", *words)
        assert code == 0
        found.append([task["id"] for task in tasks])
    assert found[0] == found[2] != found[1]


def test_a_field_that_no_task_has_is_said_before_anything_is_trained(run: Run, tmp_path: Path) -> None:
    code, said, tasks = synthetic(tmp_path, run, "tasks.options.families=['lookup']", "evaluate.cluster_by=passage")
    assert code == 2 and "evaluate.cluster_by: no task has a field 'passage'; fields here: explanation, steps" in said
    assert not tasks
