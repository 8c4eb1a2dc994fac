"""Every question once: kept lines are not asked again, torn and foreign ones are."""

import json
from pathlib import Path

import pytest

from orca2.apps.suite._answers import Asked, collect
from orca2.asking.client import ModelClient
from orca2.benchmarks import Item, load_benchmark
from orca2.errors import ModelError
from orca2.models.scripted import Scripted


def asked(data: Path) -> list[Asked]:
    items: list[Item] = list(load_benchmark("gsm8k", data).items)
    return [Asked(item, "none", (), 64) for item in items]


def client(default: str = "It is 7.") -> ModelClient:
    return ModelClient(Scripted({}, default))


def test_kept_lines_are_not_asked_again_and_a_torn_one_is(data: Path, tmp_path: Path) -> None:
    rows, path = asked(data), tmp_path / "answers.jsonl"
    first = collect(client(), rows, path)
    assert collect(client("something else"), rows, path) == first  # all of them from the file
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]) + lines[-1][:20])
    assert collect(client(), rows, path) == first
    assert sorted(path.read_text().splitlines()) == sorted("".join(lines).splitlines())


def test_a_line_that_is_no_answer_is_owed(data: Path, tmp_path: Path) -> None:
    rows, path = asked(data), tmp_path / "answers.jsonl"
    path.write_text(json.dumps({"key": rows[0].key("x"), "said": "?"}) + "\nnothing\n")
    assert len(collect(client(), rows, path)) == len(rows)


def test_answers_that_are_all_empty_are_said(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"answers all are empty; try the model with one question first"):
        collect(client(""), asked(data), tmp_path / "answers.jsonl")


def test_the_key_holds_what_can_change_the_answer(data: Path) -> None:
    row = asked(data)[0]
    other = Asked(row.item, "none", (), 65)
    assert row.key("m") != row.key("n") and row.key("m") != other.key("m") and row.key("m") == row.key("m")
