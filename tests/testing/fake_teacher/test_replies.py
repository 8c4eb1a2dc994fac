"""What the fake teacher says: echoed, fixed or from a file, cut where it has to be, and never as another's."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from orca2.errors import DataError
from orca2.testing.fake_teacher.replies import Replies, Unanswerable, corrupt, name_for, tokens
from orca2.testing.fake_teacher.scenario import Answer, Thinking
from tests.testing.fake_teacher.conftest import body


def said(answer: dict[str, Any], folder: Path = Path(), fault: str = "", **more: Any) -> dict[str, Any]:
    return Replies(Answer.model_validate(answer), Thinking(), folder).completion(body(**more), fault)


def test_an_echo_repeats_the_last_mark() -> None:
    reply = said({"kind": "echo"}, prompt="What? [7] or [12]")
    assert "12" in reply["choices"][0]["message"]["content"] and reply["choices"][0]["finish_reason"] == "stop"
    assert reply["usage"]["total_tokens"] == reply["usage"]["prompt_tokens"] + reply["usage"]["completion_tokens"]


@pytest.mark.parametrize(("fault", "reason"), [("length", "length"), ("content_filter", "content_filter")])
def test_faults_that_show_in_a_completion(fault: str, reason: str) -> None:
    assert said({"kind": "fixed", "text": "four words of it"}, fault=fault)["choices"][0]["finish_reason"] == reason
    assert said({"kind": "fixed", "text": "x"}, fault="empty_choices")["choices"] == []


def test_no_more_than_was_allowed() -> None:
    choice = said({"kind": "fixed", "text": "x" * 400}, max_tokens=5)["choices"][0]
    assert tokens(choice["message"]["content"]) == 5 and choice["finish_reason"] == "length"


def test_rows_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps({"prompt": "q", "response": "r"}) + "\n")
    answer = {"kind": "file", "file": "rows.jsonl"}
    assert said(answer, tmp_path, prompt="q")["choices"][0]["message"]["content"] == "r"
    with pytest.raises(Unanswerable, match="no row with this prompt"):
        said(answer, tmp_path, prompt="another")
    (tmp_path / "rows.jsonl").write_text("[]\n")
    with pytest.raises(DataError, match=r"rows\.jsonl:1"):
        said(answer, tmp_path, prompt="q")


def test_its_name_says_that_it_is_fake() -> None:
    assert name_for("gpt") == "fake-teacher/gpt" and name_for("fake-teacher/a") == "fake-teacher/a"
    assert name_for(None).startswith("fake-teacher")


def test_corrupt_replies_are_no_json() -> None:
    for fault in ("malformed", "half_json"):
        with pytest.raises(json.JSONDecodeError):
            json.loads(corrupt({"a": "b"}, fault))
    assert json.loads(corrupt({"a": "b"}, "")) == {"a": "b"}


@pytest.mark.parametrize("shared", [False, True])
def test_a_share_of_echoes_is_wrong_by_seed_or_by_prompt(shared: bool) -> None:
    replies = Replies(Answer.model_validate({"wrong": 0.2, "shared": shared}), Thinking(), Path())
    read = re.compile(r"The answer is (-?[0-9]+)\.")
    wrong: list[set[str]] = []
    for number in range(300):
        asked = [{**body(prompt=f"What? [{number}]"), "seed": seed} for seed in range(3)]
        said = [replies.completion(one)["choices"][0]["message"]["content"] for one in asked]
        assert said == [replies.completion(one)["choices"][0]["message"]["content"] for one in asked]
        found = [match[1] for text in said if (match := read.fullmatch(text))]
        assert len(found) == 3
        wrong += [{one for one in found if one != str(number)}] if shared else [{o} - {str(number)} for o in found]
        assert not shared or len(set(found)) == 1
    assert 0.14 < sum(map(bool, wrong)) / len(wrong) < 0.26


def test_only_an_echo_can_be_wrong() -> None:
    with pytest.raises(ValidationError, match='only kind "echo" knows what would be right'):
        Answer.model_validate({"kind": "fixed", "wrong": 0.2})
