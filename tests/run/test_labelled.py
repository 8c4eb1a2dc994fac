"""Labelled rows of a recipe: a share of the given ones or a file, each as a row without a label would be."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orca2 import recipe as recipes
from orca2.core.auditing import LabelledTask
from orca2.core.identity import task_id
from orca2.core.types import Message, Task
from orca2.errors import DataError
from orca2.run.folder import RunFolder
from orca2.run.labelled import labelled

GIVEN = [Task(task_id(f"q{n}"), "sums", f"q{n}", str(n), "number", "train") for n in range(200)]
OPEN = Task(task_id("open"), "sums", "open", "", "number", "test", gold="agreed")
CHECKED = Task(task_id("code"), "sums", "code", "", "check", "test", {}, {"run": "x.py"}, "checked")


def rows(tmp_path: Path, audit: Any, tasks: list[Task]) -> list[LabelledTask]:
    spec = {"source": "jsonl", "gold": "agreed", "grader": "number", "audit": audit}
    made = {
        "name": "x", "student": {"model": "none"}, "teacher": {"model": "scripted", "temperature": 0.5}, "tasks": spec
    }  # fmt: skip
    return labelled(RunFolder(tmp_path, recipes.check(made, "x"), tmp_path, {"stages": {}}), tasks)


def write(tmp_path: Path, *raws: dict[str, Any]) -> None:
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(raw) + "\n" for raw in raws))


def test_a_share_of_the_given_rows_goes_each_way_of_its_family(tmp_path: Path) -> None:
    found = rows(tmp_path, 0.25, [*GIVEN, OPEN, CHECKED])
    by_way = {way: [row for row in found if row.task.gold == way] for way in ("agreed", "checked")}
    assert len(found) == 2 * len(by_way["agreed"]) and 30 < len(by_way["agreed"]) < 70
    assert all(row.label in GIVEN and row.task.target == "" for row in found)
    assert all((row.task.grader, row.task.grader_options) == ("check", {"run": "x.py"}) for row in by_way["checked"])
    assert rows(tmp_path, 0.25, [*reversed(GIVEN), OPEN, CHECKED])[::-1] != [] and rows(tmp_path, 0.25, GIVEN) == []
    assert rows(tmp_path, 0.0, [*GIVEN, OPEN]) == []


def test_a_file_holds_answers_or_verdicts_on_answers(tmp_path: Path) -> None:
    write(tmp_path, {"prompt": "2+2?", "target": "4"}, {"prompt": "Write.", "response": "Dear all", "right": True},
          {"prompt": "Write!", "response": "No", "right": "wrong"})  # fmt: skip
    first, second, third = rows(tmp_path, "labels.jsonl", [OPEN])
    assert first.label is not None and (first.label.target, first.label.grader, first.label.gold) == (
        "4",
        "number",
        "given",
    )
    assert first.task.target == "" and first.task.gold == "agreed"
    assert [(row.label, row.response, row.right) for row in (second, third)] == [
        (None, "Dear all", True), (None, "No", False),
    ]  # fmt: skip


def test_a_field_map_says_which_columns_are_which(tmp_path: Path) -> None:
    write(tmp_path, {"frage": "2+2?", "antwort": "4"})
    fields = {"prompt": "frage", "target": "antwort"}
    (found,) = rows(tmp_path, {"path": "labels.jsonl", "fields": fields}, [OPEN])
    assert found.label is not None and (found.label.prompt, found.label.target) == ("2+2?", "4")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ({"prompt": "2+2?"}, r"labels.jsonl:1: tasks.audit: neither a target nor response and right; label the row"),
        ({"prompt": "2+2?", "target": "four or five"}, "target rejected by its own grader 'number'"),
        ({"prompt": "?", "response": "x", "right": "maybe"}, "right is 'maybe'; write true or false"),
    ],
)
def test_rows_that_label_nothing_are_named(tmp_path: Path, raw: dict[str, Any], why: str) -> None:
    write(tmp_path, raw)
    with pytest.raises(DataError, match=why):
        rows(tmp_path, "labels.jsonl", [OPEN])


def test_labels_that_measure_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"tasks.audit = 0.0001: no labelled row of a family with golds to measure"):
        rows(tmp_path, 0.0001, [*GIVEN[:3], OPEN])
    with pytest.raises(DataError, match=r"tasks.audit: .*gone.jsonl does not exist"):
        rows(tmp_path, "gone.jsonl", [OPEN])
    write(tmp_path, {"prompt": "2+2?", "target": "4", "family": "other"})
    with pytest.raises(DataError, match=r"tasks.audit: no tasks of family 'other'; families here: sums, words"):
        rows(tmp_path, "labels.jsonl", [OPEN, Task("w", "words", "?", "", "number", "test", gold="agreed")])


def test_a_labelled_conversation_is_itself_and_not_that_of_the_task_it_stands_for(tmp_path: Path) -> None:
    talk = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "2+2?"},
            {"role": "assistant", "content": "4"}, {"role": "user", "content": "+1?"},
            {"role": "assistant", "content": "5"}]  # fmt: skip
    write(tmp_path, {"messages": talk})
    way = replace(OPEN, system="Be brief.", history=(Message("user", "Hi"), Message("assistant", "Hello")))
    first, second = rows(tmp_path, "labels.jsonl", [way])
    assert (first.task.system, first.task.prompt, len(first.task.history)) == ("Be kind.", "2+2?", 0)
    assert (second.task.system, second.task.prompt, len(second.task.history)) == ("Be kind.", "+1?", 2)
    write(tmp_path, {"prompt": "2+2?", "target": "4"})
    (alone,) = rows(tmp_path, "labels.jsonl", [way])
    assert (alone.task.system, alone.task.history, alone.task.id) == ("", (), task_id("2+2?"))
