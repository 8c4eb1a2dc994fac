"""The stage erase with few-shot lessons, on a run up to there; nothing is trained."""

import json
from pathlib import Path
from typing import Any

import pytest

from orca2.core.erasing import traces
from orca2.core.types import Lesson, Message
from orca2.strategies import built_in
from tests.conftest import Run
from tests.stages.test_ask import RECIPE, lines


@pytest.fixture
def taught(tiny: Path, tmp_path: Path, run: Run) -> Path:
    """A run folder with everything that erase reads: 12 demonstrations of one family, 3 of the other."""
    path = tmp_path / "asks.toml"
    path.write_text(RECIPE.replace("TINY", str(tiny)))
    assert run("run", path, "--run", tmp_path / "run", "--until", "erase")[0] == 0
    verified = lines(tmp_path / "run/verified.jsonl")
    few = [row for row in verified if row["family"] == "story_order"][:3]
    kept = [*(row for row in verified if row["family"] == "lookup"), *few]
    (tmp_path / "run/verified.jsonl").write_text("".join(json.dumps(row) + "\n" for row in kept))
    return tmp_path / "run"


@pytest.mark.slow
def test_a_share_of_the_lessons_shows_others_before_its_task(taught: Path, run: Run, tokenizer: Any) -> None:
    from orca2.checkpoints.chat_codec import ChatCodec
    from orca2.training.spans import encode

    chat, before = ChatCodec(tokenizer), lines(taught / "lessons.jsonl")
    code, _, said = run("erase", taught, "erase.few_shot=1.0", "erase.demonstrations=[3,5]", "--redo")
    assert code == 0 and "15 lessons, 12 of them few-shot" in said
    assert "story_order: 3 demonstrations are too few to show 3 others" in said
    counts = json.loads((taught / "erase.json").read_text())
    assert counts == {"lessons": 15, "leaked": 0, "few_shot": 12, "too_few": {"story_order": 3}}
    tasks = {row["id"]: row for row in lines(taught / "tasks.jsonl")}
    by_prompt = {row["prompt"]: row for row in tasks.values()}
    plain = {row["task"]: row["messages"] for row in before}
    for lesson in lines(taught / "lessons.jsonl"):
        assert lesson.keys() == {"messages", "task"}
        system, *turns = lesson["messages"]
        asked = [by_prompt[turn["content"]] for turn in turns[::2]]
        assert asked[-1]["id"] == lesson["task"] and system == plain[lesson["task"]][0]
        assert turns[-2:] == plain[lesson["task"]][1:]
        others = {row["id"] for row in asked[:-1]}
        assert lesson["task"] not in others and len(others) == len(asked) - 1
        assert {(row["family"], row["split"]) for row in asked} == {(tasks[lesson["task"]]["family"], "train")}
        assert len(others) in ((0,) if asked[-1]["family"] == "story_order" else (3, 4, 5))
        text = " ".join(" ".join(turn["content"].casefold().split()) for turn in lesson["messages"])
        assert not any(trace in text for strategy in built_in() for trace in traces(strategy))
        document = encode(Lesson(tuple(Message(**turn) for turn in lesson["messages"]), lesson["task"]), chat)
        assert tokenizer.decode(document.ids[document.start :]) == f"{turns[-1]['content']}<|im_end|>"


@pytest.mark.slow
def test_the_same_ones_again_and_some_of_them(taught: Path, run: Run) -> None:
    words = ("erase", taught, "erase.few_shot=0.5", "erase.demonstrations=[1,2]", "--redo")
    assert run(*words)[0] == 0
    first = (taught / "lessons.jsonl").read_bytes()
    assert json.loads((taught / "erase.json").read_text())["few_shot"] == 8
    assert run(*words)[0] == 0 and (taught / "lessons.jsonl").read_bytes() == first
    code, _, said = run("erase", taught, "erase.few_shot=0.25")
    assert code == 2 and "other values of erase.few_shot" in said and "redo it from erase" in said
