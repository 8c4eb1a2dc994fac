"""Lessons that think, from the recipe on: of teachers that show their thoughts, hide them, or have none."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from orca2.core.eliciting import ALOUD
from tests.conftest import Run
from tests.doubling import write_recipe, write_rows
from tests.server import Raw, completion, serve

REFUSAL = (
    b'{"error": {"message": "Unrecognized request argument supplied: chat_template_kwargs",'
    b' "type": "invalid_request_error", "param": null, "code": null}}'
)


def said(body: dict[str, Any], text: str, **fields: Any) -> dict[str, Any]:
    reply = completion(text)
    reply["choices"][0]["message"] |= fields
    reply["usage"] = {"prompt_tokens": 20, "completion_tokens": 40, "total_tokens": 60}
    return reply


class Teacher:
    """Right if it thinks, wrong otherwise; `kind` is how it thinks."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, body: dict[str, Any]) -> Any:
        number = int(re.findall(r"Double (\d+)", body["messages"][-1]["content"])[0])
        told = body.get("chat_template_kwargs", {})
        thinks, aloud = told.get("enable_thinking", False), ALOUD in body["messages"][0]["content"]
        thought = f"Twice {number} is {number} and {number}, zebra."
        text = f"So the answer is {2 * number if thinks or aloud else 1}."
        if self.kind == "plain" and told:
            return Raw(400, REFUSAL)
        if aloud and self.kind != "stubborn":
            return said(body, f"<think>{thought}</think>\n{text}")
        if self.kind == "shown" and thinks:
            return said(body, text, reasoning_content=thought)
        reply = said(body, text)
        if self.kind == "hidden" and thinks:
            reply["usage"]["completion_tokens_details"] = {"reasoning_tokens": 30}
        return reply


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("kind", ["shown", "hidden", "plain", "stubborn"])
def test_thoughts_are_shown_or_asked_for(kind: str, tiny: Path, tmp_path: Path, run: Run) -> None:
    write_rows(tmp_path)
    with serve(Teacher(kind), whole=True) as (url, received):
        write_recipe(
            tmp_path, tiny, url, strategies=["think", "no_think"], teacher={"temperature": 0.0, "max_tokens": 600},
            profile={"choose": {"doubles": "think"}}, teach={"samples": 1, "tasks_per_family": 8},
        )  # fmt: skip
        code, _, err = run("run", tmp_path / "recipe.toml", "--run", tmp_path / "run", "--until", "erase")
    if kind == "stubborn":
        assert code == 2 and "it shows no thought, which is what is to be learned" in err.splitlines()[-1]
        return
    assert code == 0, err
    shown, lessons = lines(tmp_path / "run/verified.jsonl"), lines(tmp_path / "run/lessons.jsonl")
    assert len(shown) == len(lessons) == 8
    for row, lesson in zip(shown, lessons, strict=True):
        assert row["strategy"] == "think" and "zebra" in row["completion"]["reasoning"]
        assert (ALOUD in row["messages"][0]["content"]) == (kind != "shown")
        assert "zebra" not in row["completion"]["text"] and row["completion"]["reasoning_tokens"] > 0
        assert all(ALOUD not in turn["content"] for turn in lesson["messages"])
        assert "zebra" not in lesson["messages"][-1]["content"] and "zebra" in lesson["messages"][-1]["reasoning"]
    assert ("shows no thoughts under think" in err) == (kind != "shown")
    assert ("takes no chat_template_kwargs" in err) == (kind == "plain")
    asked = [body.get("chat_template_kwargs", {}).get("enable_thinking") for body in received]
    assert sum(ALOUD in body["messages"][0]["content"] for body in received) == (0 if kind == "shown" else 8)
    assert len(received) == 8 if kind == "shown" else len(received) >= 3 + 8
    assert asked[-1] is {"shown": True, "hidden": False, "plain": None}[kind]
    record = json.loads((tmp_path / "run/record.json").read_text())
    assert record["stages"]["teach"]["tokens_thought"] > 0


def test_the_profile_of_a_teacher_counts_thoughts_and_asks_as_strategies_say(
    tiny: Path, tmp_path: Path, run: Run
) -> None:
    write_rows(tmp_path)
    with serve(Teacher("shown"), whole=True) as (url, received):
        write_recipe(tmp_path, tiny, url, strategies=["think", "no_think"], teacher={"max_tokens": 600})
        code, _, err = run("run", tmp_path / "recipe.toml", "--run", tmp_path / "run", "--until", "profile")
    assert code == 0, err
    choice = json.loads((tmp_path / "run/profile.json").read_text())["families"]["doubles"]
    assert choice["chosen"] == "think" and choice["strategies"]["think"]["tokens"] == 40
    switched = {(body["chat_template_kwargs"]["enable_thinking"]) for body in received}
    assert switched == {True, False}
    trials = lines(tmp_path / "run/trials.jsonl")
    assert all(bool(t["completion"].get("reasoning")) == (t["strategy"] == "think") for t in trials)


def test_a_budget_that_leaves_no_room_is_refused_before_anything_is_asked(tiny: Path, tmp_path: Path, run: Run) -> None:
    write_rows(tmp_path)
    write_recipe(tmp_path, tiny, "http://127.0.0.1:9/v1", strategies=["think_briefly", "no_think"])
    words = ("run", tmp_path / "recipe.toml", "--run", tmp_path / "run", "profile.max_tokens=512")
    code, _, err = run(*words, "teacher.max_tokens=256")
    assert code == 2 and "teacher.max_tokens = 256 leaves nothing to the answer under think_briefly" in err
    code, _, err = run(*words, "teacher.thinking=600")
    assert code == 2 and "thinking = 600 leaves nothing of max_tokens = 512 to the answer" in err
    code, _, err = run(*words, "teacher.options.thinking_as={ off = { think = false } }")
    assert code == 2 and "thinking_as: does not say how thinking = 256 is asked for; it has off" in err
