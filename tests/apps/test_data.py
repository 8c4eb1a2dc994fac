"""What `orca2 data` shows of a file, without a recipe, a model or a file written."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run


def talk(n: int, *before: dict[str, str]) -> dict[str, Any]:
    asked = {"role": "user", "content": f"Box {n}: how much is {n} + {n}?"}
    return {"messages": [*before, asked, {"role": "assistant", "content": str(2 * n)}]}


def written(file: Path, rows: list[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def test_shape_families_splits_graders_tasks_and_what_is_dropped(run: Run, tmp_path: Path) -> None:
    system = {"role": "system", "content": "Be kind."}
    file = written(tmp_path / "chats.jsonl", [*map(talk, range(40)), talk(40, system), talk(41, system), talk(0)])
    code, said, _ = run("data", file)
    assert code == 0 and list(tmp_path.iterdir()) == [file]
    assert "chats: messages of a user and an assistant: the first is the prompt, the answer the target" in said
    assert "number 40" in said and "43 rows read, 1 duplicates, 0 over a limit" in said
    assert "dropped 2 rows, messages: a system message, which a task has no place for; the first: " in said
    assert f"{file}:41: " in said and 'tasks.options.fields = { prompt = "messages[-2].content"' in said
    assert said.count("\n  -> ") == 10 and 'tasks.bad_rows = "drop" counts them' in said
    for split in ("profile", "train", "test"):
        assert f"chats, {split}, number: Box" in said


def test_what_it_shows_is_what_a_run_makes_of_the_file(run: Run, tmp_path: Path) -> None:
    written(tmp_path / "chats.jsonl", [*map(talk, range(40))])
    recipe = 'name = "r"\n[tasks]\nsource = "jsonl"\noptions.path = "chats.jsonl"\n'
    (tmp_path / "r.toml").write_text(recipe + '[student]\nmodel = "none"\n[teacher]\nmodel = "scripted"\n')
    code, _, error = run("run", tmp_path / "r.toml", "--run", tmp_path / "run", "--until", "tasks")
    assert code == 0 and "chats: messages of a user and an assistant" in error
    tasks = [json.loads(line) for line in (tmp_path / "run" / "tasks.jsonl").read_text().splitlines()]
    _, said, _ = run("data", tmp_path / "chats.jsonl")
    for task in tasks:
        assert task["target"] == str(2 * int(task["prompt"].split()[1][:-1]))
    assert sum(f"chats, {task['split']}, number: {task['prompt']}\n" in said for task in tasks) == 10


def test_keys_of_the_tasks_and_a_folder(run: Run, tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        written(tmp_path / name, [{"q": f"{name} {n}?", "a": str(n), "kind": f"k{n % 2}"} for n in range(40)])
    fields = "tasks.options.fields={prompt='q', target='a', family='kind'}"
    code, said, _ = run("data", tmp_path, fields, "tasks.grader=number", "tasks.limits.train=5")
    assert code == 0 and "k0" in said and "80 rows read" in said and "number" in said


@pytest.mark.parametrize(
    ("rows", "words", "told"),
    [
        ([{"prompt": f"{n}?"} for n in range(9)], (), "no usable row"),
        ([{"prompt": "2+2?", "target": "4"}], (), "has no task in the"),
        ([{"foo": "2+2?"}], (), "no usable row"),
        (
            [{"prompt": "2+2?", "target": "4"}],
            ("student.model=x",),
            "data takes keys of [tasks], not 'student.model=x'",
        ),
        ([{"prompt": "2+2?", "target": "4"}], ("tasks.options.shape=x",), "tasks.options.shape: no 'x'"),
    ],
)
def test_what_a_run_would_refuse_is_the_last_line(
    rows: list[dict[str, Any]], words: tuple[str, ...], told: str, run: Run, tmp_path: Path
) -> None:
    code, _, error = run("data", written(tmp_path / "d.jsonl", rows), *words)
    assert code == 2 and told in error and "Traceback" not in error


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    code, _, error = run("data", tmp_path / "none.jsonl")
    assert code == 2 and "none.jsonl does not exist" in error
