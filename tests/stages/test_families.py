"""Families found by the stage tasks: the file that the user edits, what is done again, and what is refused."""

import csv
import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.core.test_grouping import mixed, prompt

RECIPE = """
name = "unlabelled"
[tasks]
source = "jsonl"
options.path = "data.jsonl"
group = "found"
[student]
model = "none"
[teacher]
model = "scripted"
"""
FAMILIES = {"buys_have_many", "hypothesis_premise_imply", "options_belong_which"}
Tasks = Callable[..., tuple[int, str]]


def write(folder: Path, prompts: dict[str, str]) -> None:
    rows = [{"prompt": text, "target": str(len(text))} for text in prompts.values()]
    (folder / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "recipe.toml").write_text(RECIPE)


@pytest.fixture
def tasks(run: Run, tmp_path: Path) -> Tasks:
    """Run the stage on unlabelled data: the exit code and what was said."""
    write(tmp_path, mixed(60))

    def go(*words: object) -> tuple[int, str]:
        code, _, said = run("run", tmp_path / "recipe.toml", "--run", tmp_path / "run", "--until", "tasks", *words)
        return code, said

    return go


def read(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "run" / "tasks.jsonl").read_text().splitlines()]


def sizes(folder: Path) -> Counter[str]:
    return Counter(row["family"] for row in read(folder))


def rename(folder: Path, names: dict[str, str]) -> bytes:
    """Edit the names as a spreadsheet would: with a mark at the beginning and other line ends."""
    file = folder / "run" / "families.csv"
    table = list(csv.DictReader(file.open(encoding="utf-8", newline="")))
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, list(table[0]))
        writer.writeheader()
        writer.writerows(row | {"name": names.get(row["name"], row["name"])} for row in table)
    return file.read_bytes()


def test_found_families_are_listed_with_words_and_examples(tasks: Tasks, tmp_path: Path) -> None:
    code, said = tasks()
    assert code == 0 and "3 families found" in said and "180 tasks of 3 families" in said
    table = list(csv.DictReader((tmp_path / "run" / "families.csv").open(encoding="utf-8", newline="")))
    assert {row["name"] for row in table} == FAMILIES == set(sizes(tmp_path))
    assert all(row["name"] == row["found"] and row["tasks"] == "60" for row in table)
    entailment = next(row for row in table if "premise" in row["name"])
    assert "premise hypothesis" in entailment["words"] or "hypothesis premise" in entailment["words"]
    assert entailment["example_1"].startswith('Premise: "There are') and entailment["example_3"]


def test_an_edited_file_is_honoured_at_the_next_run_and_kept(tasks: Tasks, tmp_path: Path) -> None:
    tasks()
    assert "done before" in tasks()[1]
    edited = rename(tmp_path, {"buys_have_many": "words", "options_belong_which": "words"})
    code, said = tasks()
    assert code == 0 and "done before" not in said and "2 families as named in" in said
    assert sizes(tmp_path) == {"words": 120, "hypothesis_premise_imply": 60}
    assert (tmp_path / "run" / "families.csv").read_bytes() == edited
    assert "done before" in tasks()[1]


def test_new_tasks_go_to_the_families_that_were_named(tasks: Tasks, tmp_path: Path, run: Run) -> None:
    tasks()
    rename(tmp_path, {"buys_have_many": "sums"})
    model = (tmp_path / "run" / "families.json").read_bytes()
    more = {text: text for n in range(50) for text in [prompt(0, random.Random(n + 99))]}
    write(tmp_path, mixed(60) | more)
    assert run("tasks", tmp_path / "run", "--redo")[0] == 0
    assert sizes(tmp_path)["sums"] == 110 and (tmp_path / "run" / "families.json").read_bytes() == model


def test_without_an_edit_families_are_found_anew(tasks: Tasks, tmp_path: Path) -> None:
    tasks()
    first = (tmp_path / "run" / "families.csv").read_bytes()
    write(tmp_path, dict(reversed(mixed(60).items())))
    assert tasks("--redo", "tasks.groups=2")[0] == 0 and len(sizes(tmp_path)) == 2
    assert tasks("--redo", "tasks.groups=0")[0] == 0
    assert (tmp_path / "run" / "families.csv").read_bytes() == first
    (tmp_path / "run" / "families.csv").unlink()
    assert "3 families found" in tasks()[1]


def test_an_edit_is_not_lost_to_other_keys(tasks: Tasks, tmp_path: Path) -> None:
    tasks()
    edited = rename(tmp_path, {"buys_have_many": "sums"})
    code, said = tasks("--redo", "tasks.groups=2")
    assert code == 2 and "found with seed=0 and tasks.groups=0; set these back, or delete" in said
    assert (tmp_path / "run" / "families.csv").read_bytes() == edited


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"name,found", b"name;found", "no columns 'name' and 'found'"),
        (b"name,found", b"\xff,found", "families.csv: not UTF-8"),
        (b"buys_have_many,buys_have_many", b",buys_have_many", "a row without a name"),
        (b"buys_have_many,buys_have_many", b"x,options_belong_which", "two rows of one found family"),
        (b"buys_have_many,buys_have_many", b"x,bought", "has a row of no found family: 'bought'"),
    ],
)
def test_a_file_edited_wrongly(tasks: Tasks, tmp_path: Path, old: bytes, new: bytes, said: str) -> None:
    tasks()
    file = tmp_path / "run" / "families.csv"
    assert old in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(old, new))
    code, error = tasks()
    assert code == 2 and said in " ".join(error.split())
    assert new in file.read_bytes()


@pytest.mark.parametrize(("text", "said"), [(None, "families.json is missing"), ("{", "is not valid JSON")])
def test_an_edited_file_without_its_model(tasks: Tasks, tmp_path: Path, text: str | None, said: str) -> None:
    tasks()
    rename(tmp_path, {"buys_have_many": "sums"})
    model = tmp_path / "run" / "families.json"
    model.unlink() if text is None else model.write_text(text)
    code, error = tasks()
    assert code == 2 and said in " ".join(error.split()) and "delete" in error


def test_a_family_by_hand_and_only_some_families(tasks: Tasks, tmp_path: Path) -> None:
    tasks()
    here = read(tmp_path)
    odd = {row["id"]: "odd" for row in here if row["family"] == "buys_have_many"}
    whole = next(row["prompt"] for row in here if row["family"] == "hypothesis_premise_imply")
    by_hand = ", ".join(f"{json.dumps(key)} = {json.dumps(name)}" for key, name in {**odd, whole: "odd"}.items())
    only = ["--redo", f"tasks.family_of={{{by_hand}}}", "tasks.families=['odd', 'options_belong_which']"]
    assert tasks(*only)[0] == 0
    assert sizes(tmp_path) == {"odd": 61, "options_belong_which": 60}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tasks.groups=500"], "tasks.groups is 500, but there are 180 different prompts"),
        (["tasks.groups=-1"], "tasks.groups: input should be greater than or equal to 0"),
        (["tasks.group=all"], "tasks.group: input should be 'given' or 'found'"),
        (["tasks.family_of={'What?' = 'x'}"], "tasks.family_of: no task 'What?'"),
        (["tasks.family_of={'What?' = ''}"], "tasks.family_of.What?"),
        (["tasks.source=synthetic", "tasks.options={}"], "'synthetic' has no end and names its families"),
    ],
)
def test_keys_that_cannot_be_met(tasks: Tasks, words: list[str], said: str) -> None:
    code, error = tasks(*words)
    assert code == 2 and said in error.strip().splitlines()[-1]


def test_the_family_does_not_depend_on_the_target(tasks: Tasks, tmp_path: Path) -> None:
    tasks()
    before = {row["id"]: row["family"] for row in read(tmp_path)}
    data = tmp_path / "data.jsonl"
    rows = [json.loads(line) | {"target": f"t{n}"} for n, line in enumerate(data.read_text().splitlines())]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "run" / "families.csv").unlink()
    tasks()
    assert {row["id"]: row["family"] for row in read(tmp_path)} == before


def test_without_scikit_learn(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, error = tasks()
    assert code == 2 and "scikit-learn is not installed; install it with: pip install 'orca2[families]'" in error


def test_families_that_are_given_stay(tasks: Tasks, tmp_path: Path) -> None:
    code, said = tasks("tasks.group=given")
    assert code == 0 and sizes(tmp_path) == {"data": 180} and 'tasks.group = "found"' in said
    assert not (tmp_path / "run" / "families.csv").exists()
