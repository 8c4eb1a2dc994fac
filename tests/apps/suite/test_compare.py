"""Two suites held against each other: the same items, asked alike, or one line why not."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from orca2.apps.suite._compare import _question, compare, read
from orca2.errors import RunError
from tests.apps.suite.items import benchmark, item, rated, suite


def write(folder: Path, *answers: object) -> Path:
    folder.mkdir()
    (folder / "suite.json").write_text(json.dumps(asdict(suite([benchmark(list(answers))]))))  # type: ignore[arg-type]
    (folder / "graded.jsonl").write_text("".join(json.dumps(asdict(one)) + "\n" for one in answers))  # type: ignore[call-overload]
    return folder


def test_ours_minus_theirs_on_shared_items(tmp_path: Path) -> None:
    other = read(write(tmp_path / "a", item("a", outcome="wrong"), item("b")))
    made = compare([item("a"), item("b"), item("c")], other, ["none"], None)
    assert made.against == "org/stub" and made.systems["none"].items == 2
    assert made.systems["none"].graded[0].gained == 1 and made.systems["none"].preferred == []


def test_what_was_asked_otherwise_is_refused_by_name(tmp_path: Path) -> None:
    other = read(write(tmp_path / "a", item("a", max_tokens=8)))
    with pytest.raises(RunError, match=r"max_tokens of a differs \('64' here, '8' there\); run both alike"):
        compare([item("a")], other, ["none"], None)
    with pytest.raises(RunError, match="answered none of these items"):
        compare([item("z")], other, ["none"], None)


def test_a_folder_that_holds_no_suite_and_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"no suite.json there; make one with: orca2 suite MODEL"):
        read(tmp_path)
    folder = write(tmp_path / "a", item("a"))
    (folder / "graded.jsonl").write_text('{"task": 1}\n')
    with pytest.raises(RunError, match=r"graded.jsonl:1.*run it again: orca2 suite MODEL"):
        read(folder)


def test_the_conversation_before_the_answer_is_shown_to_the_judge() -> None:
    two = rated("a", 5, prompt="Who?", follow_ups=["Why?"], earlier=["Me."], response="So.")
    assert _question(two) == "[user] Who?\n[assistant] Me.\n[user] Why?"
    assert _question(rated("b", 5, prompt="Who?")) == "Who?"
