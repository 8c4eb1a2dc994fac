"""What the stage tasks says of tasks that nearly repeat each other."""

import json
from pathlib import Path
from typing import Any

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


def graded(folder: Path, run: Run, rows: list[dict[str, str]], *words: str) -> tuple[int, str, dict[str, Any]]:
    (folder / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "recipe.toml").write_text(RECIPE)
    code, _, said = run("run", folder / "recipe.toml", "--run", folder / "run", "--until", "tasks", *words)
    file = folder / "run" / "tasks.json"
    return code, said, json.loads(file.read_text())["graders"] if file.exists() else {}


MIXED = [
    {"prompt": f"{family} {n}?", "target": targets[n % len(targets)], "family": family, "split": split}
    for family, targets in {
        "sums": ["112,80", "7", "3,5"], "tickets": ["billing", "refund", "shipping"], "names": ["Mia Berg", "x^2 + 1"],
    }.items()
    for n, split in enumerate(("profile", "train", "test") * 5)
]  # fmt: skip


def test_each_family_says_who_reads_it_and_why(run: Run, tmp_path: Path) -> None:
    code, said, graders = graded(tmp_path, run, MIXED)
    assert code == 0
    assert graders["sums"]["read_by"] == {"number": 15} and graders["sums"]["options"] == {"decimal": ","}
    assert graders["tickets"]["read_by"] == {"label": 15}
    assert graders["tickets"]["options"] == {"labels": ["billing", "refund", "shipping"]}
    assert graders["names"]["read_by"] == {"span": 8, "math": 7}
    assert "tickets 15: read by label, labels billing/refund/shipping (tasks.grader = auto, picked" in said
    tasks = [json.loads(line) for line in (tmp_path / "run" / "tasks.jsonl").read_text().splitlines()]
    assert {task["grader_options"].get("decimal") for task in tasks if task["family"] == "sums"} == {","}


def test_a_family_may_have_a_grader_of_its_own(run: Run, tmp_path: Path) -> None:
    own = 'tasks.graders.tickets={name="exact"}'
    code, said, graders = graded(tmp_path, run, MIXED, own, 'tasks.graders.sums={name="number", decimal=","}')
    assert code == 0 and graders["tickets"] == {
        "read_by": {"exact": 15}, "options": {}, "why": "tasks.graders.tickets = exact"
    }  # fmt: skip
    assert graders["sums"]["options"] == {"decimal": ","} and "tasks.graders.sums = number" in said


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("tasks.graders.ticket=exact", "tasks.graders: no row of 'ticket' (did you mean 'tickets'?)"),
        ("tasks.graders.tickets=exakt", "no 'exakt' (did you mean 'exact'?)"),
        ('tasks.graders.sums={name="number", decimals=","}', "tasks.graders.sums: number: unknown option 'decimals'"),
        ('tasks.grader={decimal=","}', "a table of a grader needs its name"),
        ("tasks.graders.names=judge", "no section [judge] says who that is"),
    ],
)
def test_a_wrong_grader_is_said_before_a_row_is_read(run: Run, tmp_path: Path, word: str, said: str) -> None:
    code, line, _ = graded(tmp_path, run, MIXED, word)
    assert code == 2 and said in line and not (tmp_path / "run" / "tasks.jsonl").exists()


def test_a_missing_extra_is_said_before_anything_is_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"prompt": f"Integrate {n}.", "target": "\\int_0^1 x^{n} \\, dx", "split": split}
        for n, split in enumerate(("profile", "train", "test"))
    ]
    assert graded(tmp_path, run, rows)[0] == 0
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, said, _ = graded(tmp_path, run, rows, "--redo", "tasks.max_prompt_chars=99")
    assert code == 2 and "3 gold answers can be compared with an extra only" in said and "orca2[math]" in said


def test_of_a_list_of_gold_answers_any_is_right(run: Run, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"prompt": f"Who wrote book {n}?", "target": ["Mia", "Mia Berg"] if n else "Mia", "split": split}
        for n, split in enumerate(("profile", "train", "test", "train"))
    ]
    code, said, graders = graded(tmp_path, run, rows)
    assert code == 0 and graders["data"]["read_by"] == {"alternatives": 3, "span": 1}
    assert "a list of them goes to alternatives" in said


def test_a_field_that_no_task_has_is_said_before_anything_is_trained(run: Run, tmp_path: Path) -> None:
    code, said, tasks = synthetic(tmp_path, run, "tasks.options.families=['lookup']", "evaluate.cluster_by=passage")
    assert code == 2 and "evaluate.cluster_by: no task has a field 'passage'; fields here: explanation, steps" in said
    assert not tasks
