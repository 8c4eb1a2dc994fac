"""Conversations from the file to the lessons: each answer a task, one split a conversation, its own system message."""

import json
from pathlib import Path
from typing import Any

import pytest

from orca2.core.erasing import traces
from orca2.strategies import built_in
from tests.conftest import Run
from tests.doubling import write_recipe
from tests.server import serve

DEFAULT = "You are a cautious assistant. You carefully follow instructions."
APPS = ("", "You count for bakers.", "You count for sailors.")


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def turn(number: int) -> list[dict[str, str]]:
    return [
        {"role": "user", "content": f"Double {number} please."},
        {"role": "assistant", "content": str(2 * number)},
    ]


def chat(number: int) -> dict[str, Any]:
    """A conversation of one to three turns, under one of the system messages or none."""
    own = APPS[number % 3]
    said = [message for more in range(1 + number % 3) for message in turn(number + 1000 * more)]
    return {"messages": [*([{"role": "system", "content": own}] if own else []), *said]}


def answer(messages: list[dict[str, str]]) -> str:
    return f"So it is. The answer is {2 * int(messages[-1]['content'].split()[1])}."


@pytest.fixture
def chats(tmp_path: Path) -> list[dict[str, Any]]:
    rows = [chat(number) for number in range(3, 63)]
    (tmp_path / "chats.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return rows


def recipe(folder: Path, student: Path | str = "none", url: str = "http://127.0.0.1:9/v1", **more: Any) -> Path:
    options = {"path": "chats.jsonl", **more.pop("options", {})}
    limits = {"profile": 60, "train": 120, "test": 60}
    return write_recipe(folder, Path(student), url, tasks={"options": options, "limits": limits}, **more)


def test_the_tasks_of_a_conversation_are_in_one_split(chats: list[dict[str, Any]], run: Run, tmp_path: Path) -> None:
    code, _, said = run("run", recipe(tmp_path), "--run", tmp_path / "run", "--until", "tasks")
    assert code == 0, said
    tasks, counts = lines(tmp_path / "run/tasks.jsonl"), json.loads((tmp_path / "run/tasks.json").read_text())
    answers = sum(message["role"] == "assistant" for row in chats for message in row["messages"])
    assert (counts["rows"], counts["further"]) == (60, answers - 60) and len(tasks) == answers - counts["unused"]
    splits: dict[str, set[str]] = {}
    for task in tasks:
        first = (task["history"] or [{"content": task["prompt"]}])[0]["content"]
        splits.setdefault(first, set()).add(task["split"])
        assert task["system"] == APPS[int(first.split()[1]) % 3]
        assert len(task["history"]) == 2 * (int(task["prompt"].split()[1]) // 1000)
    assert all(len(found) == 1 for found in splits.values())
    assert {split for found in splits.values() for split in found} == {"profile", "train", "test"}
    code, _, said = run(
        "run", recipe(tmp_path, options={"turns": "last"}), "--run", tmp_path / "last", "--until", "tasks"
    )
    assert code == 0 and "the last answer the target" in said
    last = lines(tmp_path / "last/tasks.jsonl")
    assert {task["id"] for task in last} <= {task["id"] for task in tasks} and len(last) < len(tasks)
    code, _, said = run("run", recipe(tmp_path, options={"turns": "all"}), "--run", tmp_path / "x", "--until", "tasks")
    assert code == 2 and "tasks.options.turns" in said and "'each' or 'last'" in said


def test_a_log_of_each_request_of_a_conversation_is_the_conversation(run: Run, tmp_path: Path) -> None:
    """What the conversations hold, and a log of its requests, are the same tasks, and those count once."""
    rows = [chat(number) for number in range(3, 63)]
    logs = [
        {"request": {"model": "m", "messages": row["messages"][:place]}, "response": row["messages"][place]["content"]}
        for row in rows for place, message in enumerate(row["messages"]) if message["role"] == "assistant"
    ]  # fmt: skip
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in logs))
    path = recipe(tmp_path, options={"path": ["a.jsonl", "b.jsonl"], "family": "sums"})
    assert run("run", path, "--run", tmp_path / "run", "--until", "tasks")[0] == 0
    counts = json.loads((tmp_path / "run/tasks.json").read_text())
    assert counts["duplicates"] == len(logs) and not counts["dropped"]
    other = {**logs[1], "response": "no"}
    (tmp_path / "b.jsonl").write_text(json.dumps(other) + "\n")
    code, _, said = run("run", path, "--run", tmp_path / "run", "--until", "tasks")
    assert code == 2 and "b.jsonl:1: same prompt, other target ('no', but" in said


def test_teacher_and_lesson_have_the_tasks_own_message_and_its_turns(
    chats: list[dict[str, Any]], tiny: Path, run: Run, tmp_path: Path
) -> None:
    with serve(answer) as (url, received):
        path = recipe(tmp_path, tiny, url, teach={"samples": 1, "tasks_per_family": 60}, teacher={"temperature": 0.0})
        code, _, said = run("run", path, "--run", tmp_path / "run", "--until", "erase")
        assert code == 0, said
    instructions = {text for strategy in built_in() for text in strategy.instructions}
    tasks = {task["id"]: task for task in lines(tmp_path / "run/tasks.jsonl")}
    owns = {task["system"] for task in tasks.values()}
    for body in received:
        system, *said_before = body["messages"]
        assert system["role"] == "system" and len(said_before) % 2 == 1
        instruction, _, own = system["content"].partition("\n\nYou count")
        assert instruction in instructions and f"{own and 'You count'}{own}" in owns
    lessons = lines(tmp_path / "run/lessons.jsonl")
    assert len(lessons) > 20 and {len(lesson["messages"]) for lesson in lessons} == {3, 5, 7}
    for lesson in lessons:
        task = tasks[lesson["task"]]
        system, *turns = lesson["messages"]
        assert system["content"] == "\n\n".join(filter(None, (DEFAULT, task["system"])))
        assert [(m["role"], m["content"]) for m in turns[:-1]] == [
            *((m["role"], m["content"]) for m in task["history"]), ("user", task["prompt"]),
        ]  # fmt: skip
        text = " ".join(" ".join(message["content"].casefold().split()) for message in lesson["messages"])
        assert not any(trace in text for strategy in built_in() for trace in traces(strategy))
    demonstrations = tmp_path / "run/verified.jsonl"
    whole = demonstrations.read_text()
    own = next(strategy.instructions[0] for strategy in built_in() if strategy.name == "step_by_step")
    leaky = [json.dumps({**row, "system": own}) + "\n" for row in lines(demonstrations)]
    demonstrations.write_text("".join(leaky))
    code, _, said = run("erase", tmp_path / "run", "--redo")
    assert (
        code == 2
        and 'or leave out the system messages of tasks, which do: erase.system = "default"' in said.splitlines()[-1]
    )
    demonstrations.write_text(whole)
    for keeps in ("task", "default"):
        assert run("erase", tmp_path / "run", f"erase.system={keeps}", "--redo")[0] == 0
        for lesson in lines(tmp_path / "run/lessons.jsonl"):
            own = tasks[lesson["task"]]["system"] if keeps == "task" else ""
            assert lesson["messages"][0]["content"] == (own or DEFAULT)


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([*turn(3)[::-1]], "messages: an answer before any question"),
        ([*turn(3), turn(4)[0]], "messages: the last message is not the assistant's, so there is no answer"),
        ([{"role": "system", "content": "a"}, {"role": "system", "content": "b"}, *turn(3)], "two system messages"),
        ([turn(3)[0], {"role": "assistant", "content": " "}], "messages: an empty message of the assistant"),
        ([turn(3)], "messages: no list of messages"),
        ([{"role": "user", "content": [{"type": "image_url"}]}, turn(3)[1]], "an image (image_url)"),
        ([turn(3)[0], {"role": "tool", "content": "6"}, turn(3)[1]], "a message of the tool"),
    ],
)
def test_a_row_that_is_no_conversation_is_named_with_its_place(
    messages: list[Any], said: str, chats: list[dict[str, Any]], run: Run, tmp_path: Path
) -> None:
    rows = [*chats[:2], {"messages": messages}, *chats[2:]]
    (tmp_path / "chats.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    code, _, told = run("run", recipe(tmp_path), "--run", tmp_path / "run", "--until", "tasks")
    last = told.splitlines()[-1]
    assert code == 2 and "chats.jsonl:3: " in last and said in last and 'tasks.bad_rows = "drop"' in last
    assert not (tmp_path / "run/tasks.jsonl").exists()
    words = ("--run", tmp_path / "run", "--until", "tasks", "tasks.bad_rows=drop")
    code, _, told = run("run", recipe(tmp_path), *words)
    assert code == 0 and "dropped 1 row, " in told
    counts = json.loads((tmp_path / "run/tasks.json").read_text())
    assert sum(found["rows"] for found in counts["dropped"].values()) == 1 and counts["rows"] == 61


@pytest.mark.slow
def test_a_student_is_tested_as_it_has_learned_and_pages_show_the_conversation(
    chats: list[dict[str, Any]], tiny: Path, run: Run, tmp_path: Path
) -> None:
    few = {"batch_tokens": 0, "steps": 2}
    with serve(answer) as (url, _):
        path = recipe(
            tmp_path, tiny, url, teach={"samples": 1, "tasks_per_family": 12}, teacher={"temperature": 0.0},
            explain={"tasks": 4, "eval_points": 1, "eval_tasks": 2, **few}, train=few,
            profile={"max_tokens": 4, "subject": "student"},
            evaluate={"max_tokens": 4},
        )  # fmt: skip
        code, _, said = run("run", path, "--run", tmp_path / "run", "tasks.limits.test=12", "tasks.limits.profile=8")
        assert code == 0, said
    tasks = {task["id"]: task for task in lines(tmp_path / "run/tasks.jsonl")}
    answers = lines(tmp_path / "run/answers.jsonl")
    assert {len(row["before"]) for row in answers} >= {0, 3}
    for row in answers:
        task = tasks[row["task"]]
        own = [{"role": "system", "content": task["system"]}] if task["system"] else []
        assert row["before"] == [*own, *task["history"]]
    clusters = {row["task"]: row["cluster"] for row in answers}
    assert 1 < len(set(clusters.values())) < len(clusters)
    result = json.loads((tmp_path / "run/evaluate.json").read_text())
    assert result["settings"]["task_system"] == "both" and result["totals"][0]["clustered_error"] is not None
    for lesson in lines(tmp_path / "run/explain-lessons.jsonl"):
        own = tasks[lesson["task"]]["system"]
        assert lesson["messages"][0]["content"].endswith(own) and len(lesson["messages"]) == 3 + 2 * (
            len(tasks[lesson["task"]]["history"]) // 2
        )
    pages = [(tmp_path / "run" / name).read_text() for name in ("report.html", "answers.html", "profile.html")]
    assert all("You count for " in page for page in pages)
    code, out, told = run("grade", tmp_path / "run", "--grader", "number")
    assert code == 0 and len(out.splitlines()) == len(answers)
    weights = [tmp_path / "run" / name / "model.safetensors" for name in ("explained", "student")]
    made = [file.stat().st_mtime_ns for file in weights]
    words = ("run", path, "--run", tmp_path / "run", "tasks.limits.test=12", "tasks.limits.profile=8")
    code, _, told = run(*words, "tasks.grader={ name = 'number', decimal = '.' }", "--redo")  # no teacher is there
    assert code == 0 and told.count("is not trained again") == 2, told
    assert [file.stat().st_mtime_ns for file in weights] == made
    graders = {row["grader"] for row in lines(tmp_path / "run/answers.jsonl")}
    assert graders == {"number"}
    code, _, told = run("train", tmp_path / "run", "erase.system=task")
    assert code == 2 and "other values of erase.system" in told and "redo it from erase" in told
