"""Data files that change after they were read: what is said, and what is done again."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from orca2 import files, inputs, pipeline, recipe, stages
from tests.conftest import Run

RECIPE = """
name = "data"
[tasks]
source = "jsonl"
options.path = ["data/*.jsonl", "more.csv"]
options.family = "plus"
bad_rows = "drop"
limits = { profile = 3, train = 8, test = 4 }
[student]
model = "none"
[teacher]
model = "scripted"
"""


def rows(first: int, count: int = 60) -> str:
    return "".join(
        json.dumps({"prompt": f"{n} + 1?", "target": str(n + 1)}) + "\n" for n in range(first, first + count)
    )


@pytest.fixture
def made(tmp_path: Path, run: Run) -> Path:
    """A recipe, its data, and a run whose stage tasks is done."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/train.jsonl").write_text(rows(0))
    (tmp_path / "more.csv").write_text("prompt,target\nHow many are 2 and 3?,5\n")
    (tmp_path / "r.toml").write_text(RECIPE)
    for file in (tmp_path / "data/train.jsonl", tmp_path / "more.csv"):
        os.utime(file, (1e9, 1e9))
    assert again(tmp_path, run)[0] == 0
    return tmp_path


def again(folder: Path, run: Run) -> tuple[int, str]:
    code, _, said = run("run", folder / "r.toml", "--run", folder / "run", "--until", "tasks")
    return code, said


def entry(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "run/record.json").read_text())["stages"]["tasks"]
    return found


def test_the_record_names_what_was_read(made: Path) -> None:
    read = entry(made)["read"]
    assert read.keys() == {"data/train.jsonl", "more.csv"}
    assert read["more.csv"] == {
        "size": (made / "more.csv").stat().st_size, "mtime_ns": 10**18, "sha256": files.hash_file(made / "more.csv")
    }  # fmt: skip


def test_content_that_changed_is_named_and_the_tasks_are_done_again(made: Path, run: Run) -> None:
    before = entry(made)["outputs"]
    (made / "data/train.jsonl").write_text(rows(100))
    code, said = again(made, run)
    assert code == 0 and "tasks.options.path: data/train.jsonl has changed; tasks is done again" in said
    assert entry(made)["outputs"] != before and '"100 + 1?"' in (made / "run/tasks.jsonl").read_text()
    assert "done before" in again(made, run)[1]


def test_added_rows_are_taken_in_and_removed_and_changed_ones_are_named(made: Path, run: Run) -> None:
    def tasks() -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in map(json.loads, (made / "run/tasks.jsonl").read_text().splitlines())}

    first = tasks()
    wide = ["tasks.limits.profile=99", "tasks.limits.train=99", "tasks.limits.test=99"]
    words = ("run", made / "r.toml", "--run", made / "run", "--until", "tasks", "--redo", *wide)
    code, _, said = run(*words)
    assert code == 0 and f"since the last time {61 - len(first)} tasks are new: " in said and "gone" not in said
    whole = tasks()
    assert all(whole[name] == row for name, row in first.items())
    lines = rows(0).splitlines()
    gone, changed = json.loads(lines[3]), {**json.loads(lines[4]), "target": "77"}
    kept = [*lines[:3], json.dumps(changed), *lines[5:]]
    (made / "data/train.jsonl").write_text("".join(line + "\n" for line in kept) + rows(100, 2))
    code, _, said = run(*words)
    assert code == 0 and "data/train.jsonl has changed; tasks is done again" in said
    assert "since the last time 2 tasks are new: " in said and "'100 + 1?'" in said and "'101 + 1?'" in said
    assert f"since the last time 1 tasks are gone: {gone['prompt']!r}" in said
    assert f"since the last time 1 tasks have another target: {changed['prompt']!r}" in said
    now = tasks()
    assert {name: row["split"] for name, row in now.items() if name in whole} == {
        name: row["split"] for name, row in whole.items() if name in now
    }
    assert "since the last time" not in run(*words, "seed=1")[2]
    code, _, said = run(*words, "tasks.grader=exact")
    assert (
        code == 0 and f"since the last time {len(now)} tasks are read by another grader: " in said and "new" not in said
    )


def test_a_change_that_leaves_size_and_second_alone_is_seen(made: Path, run: Run) -> None:
    old = (made / "more.csv").read_text()
    (made / "more.csv").write_text(old.replace("2 and 3", "3 and 2"))
    assert "more.csv has changed" in again(made, run)[1]
    (made / "more.csv").write_text(old)  # right after it was read
    assert "more.csv has changed" in again(made, run)[1]


def test_a_file_that_is_new_is_named(made: Path, run: Run) -> None:
    for name in "bcde":
        (made / f"data/{name}.jsonl").write_text(rows(100, 2))
    said = again(made, run)[1]
    assert (
        "tasks.options.path: data/b.jsonl, data/c.jsonl, data/d.jsonl and 1 more are new; tasks is done again" in said
    )


@pytest.mark.parametrize("what", ["touched", "copied", "gone", "folder gone", "before files were noted"])
def test_what_is_no_change(made: Path, run: Run, what: str) -> None:
    file = made / "data/train.jsonl"
    if what == "touched":
        os.utime(file)
    elif what == "copied":
        shutil.copy(file, made / "copy")
        os.replace(made / "copy", file)
    elif what == "gone":
        (made / "more.csv").unlink()
    elif what == "folder gone":
        shutil.rmtree(made / "data")
    else:
        record = json.loads((made / "run/record.json").read_text())
        del record["stages"]["tasks"]["read"]
        (made / "run/record.json").write_text(json.dumps(record))
        file.write_text(rows(100))
    code, said = again(made, run)
    assert code == 0 and "done before" in said and "is done again" not in said


def test_a_touched_file_is_hashed_once(made: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    os.utime(made / "more.csv", (1.1e9, 1.1e9))
    again(made, run)
    assert entry(made)["read"]["more.csv"]["mtime_ns"] == 1.1e18
    monkeypatch.setattr(inputs, "hash_file", lambda path: pytest.fail(f"{path} was read"))
    assert "done before" in again(made, run)[1]


def test_a_later_stage_says_what_it_waits_for(made: Path, run: Run) -> None:
    (made / "more.csv").write_text("prompt,target\nWhat are 4 and 4?,8\n")
    code, _, said = run("explain", made / "run")
    assert code == 2 and "tasks.options.path: more.csv has changed; tasks is owed" in said
    assert said.splitlines()[-1].endswith(f"tasks is not done in {made / 'run'}; run: orca2 tasks {made / 'run'}")


def test_the_same_tasks_from_another_file_leave_the_rest_standing(made: Path) -> None:
    (made / "data/train.jsonl").write_text(rows(0).replace("}\n", "} \n"))
    folder = pipeline.open_run(made / "run", recipe.load(made / "r.toml"), made, False)
    before = folder.record["stages"]["tasks"]["outputs"]
    assert not pipeline.is_done(folder, "tasks")
    pipeline.run(folder, ["tasks"])
    assert pipeline.is_done(folder, "tasks") and folder.record["stages"]["tasks"]["outputs"] == before


def test_lessons_in_files_are_looked_at_too(made: Path) -> None:
    (made / "own.jsonl").write_text("{}")
    words = ["train.stages=[{name='first', lessons=['own.jsonl', 'cautious']}]"]
    folder = pipeline.open_run(made / "run", recipe.load(made / "r.toml", words), made, True)
    found = [*stages.BY_NAME["train"].inputs(folder)]
    assert found == [("train.stages.first.lessons", made / "own.jsonl")]
