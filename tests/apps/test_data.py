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
    bad = {"role": "assistant", "content": "4"}
    system, two = {"role": "system", "content": "Be kind."}, [*talk(0)["messages"], *talk(42)["messages"]]
    rows = [*map(talk, range(40)), talk(40, bad), talk(41, bad), talk(0), talk(43, system), {"messages": two}]
    file = written(tmp_path / "chats.jsonl", rows)
    code, said, _ = run("data", file)
    assert code == 0 and list(tmp_path.iterdir()) == [file]
    assert "what the user says, after all before it, is the prompt, each answer the target" in said
    assert "number 42" in said and "45 rows read with 1 further answers, 2 duplicates, 0 over a limit" in said
    assert "dropped 2 rows, messages: an answer before any question; the first: " in said
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


def test_every_row_of_messages_that_is_no_task_is_counted_by_name(run: Run, tmp_path: Path) -> None:
    (asked, answer), system = talk(7)["messages"], {"role": "system", "content": "Be kind."}
    bad = {
        "messages: a system message after the first": [asked, answer, system, asked, answer],
        "messages: two system messages": [system, system, asked, answer],
        "messages: an answer before any question": [answer, asked],
        "messages: two messages of the user in a row": [asked, asked, answer],
        "messages: an empty message of the user": [{"role": "user", "content": ""}, answer],
        "messages: two messages of the assistant in a row": [asked, answer, asked, answer, answer],
        "messages: a message of the tool": [asked, {"role": "tool", "content": "4"}, answer],
        "messages: a message of the assistant holds no text, or more than text": [asked, {**answer, "content": None}],
        "messages: messages written out as text": str([asked, answer]),
        "messages: no list of messages, each with a role and a content": [["user", "2+2?"]],
    }
    written(tmp_path / "d.jsonl", [*map(talk, range(40)), *({"messages": value} for value in bad.values())])
    code, said, _ = run("data", tmp_path / "d.jsonl")
    assert code == 0 and f"{40 + len(bad)} rows read" in said and "{'" not in said.replace(str([asked, answer]), "")
    for kind in bad:
        assert f"dropped 1 row, {kind}; the first: " in said


def test_values_that_are_no_text_are_targets_or_bad_rows(run: Run, tmp_path: Path) -> None:
    good = "".join(f'{{"question": "Is {n} even?", "answer": {str(n % 2 == 0).lower()}}}\n' for n in range(30))
    good += "".join(f'{{"question": "{n} + {n}?", "answer": {2 * n}}}\n' for n in range(30))
    bad = ["NaN", "null", "Infinity", '""', "[]", "{}", '{"a": [1]}', "[[1], [2]]", '[{"text": "4"}]']
    lines = "".join(f'{{"question": "Bad {n}?", "answer": {value}}}\n' for n, value in enumerate(bad))
    (tmp_path / "d.jsonl").write_text(good + lines)
    code, said, _ = run("data", tmp_path / "d.jsonl")
    assert code == 0 and "69 rows read" in said
    assert "dropped 5 rows, no target; the first: " in said
    assert "dropped 4 rows, column 'answer' holds an object or a list of such, no text; the first: " in said
    assert f"{tmp_path / 'd.jsonl'}:66: " in said and 'prompt = "question"' in said


def test_a_prompt_of_50_mb_is_a_bad_row_of_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("question,answer\n" + "x" * 50_000_000 + ",1\n")
    code, said, error = run("data", tmp_path / "d.csv")
    assert code == 2 and "prompt too long of 50,000,000 characters" in said and len(said + error) < 2000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tasks.gold=agreed", "tasks.grader=number"], "no answer: teachers have to agree on one"),
        (["tasks.gold=judged", "tasks.rubric=It is short."], "no answer: a judge decides"),
    ],
)
def test_questions_without_answers_say_what_decides(run: Run, tmp_path: Path, words: list[str], said: str) -> None:
    file = written(tmp_path / "asked.jsonl", [{"question": f"How much is {n} and {n}?"} for n in range(80)])
    code, out, err = run("data", file, *words)
    out = " ".join(out.split())
    assert code == 0 and "asked: questions without answers" in out and "80 rows read" in out, err
    assert out.count(said) == 10
