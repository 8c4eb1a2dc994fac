"""Students of many architectures learn when to think: trained, saved, read by `transformers`, asked and exported."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import torch

import orca2
from orca2.apps.export import export
from orca2.apps.serve._bodies import ChatBody
from orca2.apps.serve._served import Served
from orca2.core.types import Completion, Message, Request
from orca2.inference.requests import StreamChunk
from orca2.models.transformers import load
from orca2.training.spans import encode
from tests.checkpoints.true_templates import names
from tests.training.students import DIRECT, EASY, HARD, LESSONS, RIGHT, STUDENTS, THOUGHT, learn

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not names(), reason="trl is not installed")]


@pytest.fixture(scope="module", params=sorted(STUDENTS))
def student(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A student that has learned both lessons, saved."""
    spec, folder = STUDENTS[request.param], tmp_path_factory.mktemp("student")
    learn(spec, folder)
    return request.param, folder / "student"


def test_plain_transformers_says_what_was_learned(student: tuple[str, Path]) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(student[1])
    model = AutoModelForCausalLM.from_pretrained(student[1], dtype=torch.float32)
    chat = load(str(student[1]), Path(), "cpu").chat
    for lesson in LESSONS:
        asked = [{"role": "user", "content": lesson.messages[1].content}]  # the system message is the checkpoint's own
        inputs = tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_dict=True, return_tensors="pt")
        document = encode(lesson, chat)
        assert inputs["input_ids"][0].tolist() == document.ids[: document.start]
        new = model.generate(**inputs, max_new_tokens=96)[0, document.start :].tolist()
        assert new == document.ids[document.start :]


def test_chat_has_the_thought_apart(student: tuple[str, Path]) -> None:
    loaded = orca2.load(str(student[1]), device="cpu", dtype="fp32")
    chat = loaded.chat(max_tokens=96)
    assert chat.ask(HARD.content).strip() == RIGHT and chat.messages[-1].reasoning == THOUGHT
    assert chat.stats is not None and 0 < chat.stats.thought < chat.stats.new and chat.stats.finish_reason == "stop"
    assert loaded.chat(max_tokens=96).ask(EASY.content).strip() == DIRECT
    assert loaded.generate([HARD.content, EASY.content], max_tokens=96) == [RIGHT, DIRECT]
    cut = loaded.chat(max_tokens=chat.stats.thought - 4)
    assert cut.ask(HARD.content) == "" and cut.messages[-1].reasoning and THOUGHT.startswith(cut.messages[-1].reasoning)


def test_served_with_the_thought_apart(student: tuple[str, Path]) -> None:
    served = Served("m", load(str(student[1]), Path(), "cpu", dtype="fp32"), 4)
    try:
        hard, easy = ask(served, HARD), ask(served, EASY)
        assert (text(hard, "reasoning"), text(hard, "text").strip()) == (THOUGHT, RIGHT)
        assert (text(easy, "reasoning"), text(easy, "text").strip()) == ("", DIRECT)
        assert 0 < hard[-1].reasoning_tokens < hard[-1].tokens
        off = ask(served, HARD, chat_template_kwargs={"enable_thinking": False})
        assert text(off, "reasoning") == "" and text(off, "text")
        short = ask(served, HARD, thinking_budget=5)
        assert len(text(short, "reasoning")) < len(THOUGHT) and THOUGHT.startswith(text(short, "reasoning"))
        assert short[-1].reasoning_tokens >= 5 and text(short, "text")
        on = served.chat_requests(body(EASY, chat_template_kwargs={"enable_thinking": True}))
        assert served.chat.opens_thought(on[0].ids)
    finally:
        served.scheduler.close()


def test_asked_with_a_budget(student: tuple[str, Path]) -> None:
    """As a teacher is: whole answers, the thought closed by force, or none at all."""
    local = load(str(student[1]), Path(), "cpu", dtype="fp32")
    asked = [Request((HARD,), 96, thinking=thinking) for thinking in (None, 5, "off")]

    async def collect() -> dict[int, Completion]:
        return {index: completion async for index, completion in local.generate(asked)}

    free, short, off = (completion for _, completion in sorted(asyncio.run(collect()).items()))
    assert (free.text, free.reasoning, free.finish_reason) == (RIGHT, THOUGHT, "stop")
    assert len(short.reasoning) < len(THOUGHT) and THOUGHT.startswith(short.reasoning)
    assert off.reasoning == "" and off.text


def ask(served: Served, question: Message, **more: Any) -> list[StreamChunk]:
    async def collect() -> list[StreamChunk]:
        requests = served.chat_requests(body(question, **more))
        return [chunk async for _, chunk in served.scheduler.stream(requests)]

    return asyncio.run(collect())


def body(question: Message, **more: Any) -> ChatBody:
    asked = [{"role": "user", "content": question.content}]
    return ChatBody.checked({"model": "m", "messages": asked, "max_tokens": 96, **more})


def text(chunks: list[StreamChunk], field: str) -> str:
    return "".join(getattr(chunk, field) for chunk in chunks)


def test_exported(student: tuple[str, Path], tmp_path: Path) -> None:
    name, place = student
    export(str(place), tmp_path / "plain")
    said_by(tmp_path / "plain", dtype="fp32")
    if STUDENTS[name].gguf:
        pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
        export(str(place), tmp_path / "gguf", "gguf")  # which compares ids, those of a thought too
        said_by(next((tmp_path / "gguf").glob("*.gguf")))


def said_by(place: Path, **how: str) -> None:
    chat = orca2.load(str(place), device="cpu", **how).chat(max_tokens=96)
    assert chat.ask(HARD.content).strip() == RIGHT and chat.messages[-1].reasoning == THOUGHT
