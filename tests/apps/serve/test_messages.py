"""Messages: replies are sent back as clients dump them, parts of text are joined, and what is no text is named."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orca2.apps.serve._bodies import ChatBody, parse
from orca2.apps.serve._errors import Refused
from orca2.core.types import Message
from tests.serving import HELLO, Running, ask, start


@pytest.fixture(scope="module")
def server(tiny: Path) -> Iterator[Running]:
    running = start(tiny, "--device", "cpu")
    yield running
    running.process.terminate()
    assert running.process.wait(60) == 0


def read(*messages: Any, **more: Any) -> list[Message]:
    return parse(ChatBody, json.dumps({"model": "m", "messages": messages, **more}).encode()).conversation()


def refused(*messages: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        read(*messages, **more)
    assert caught.value.status == 400
    return caught.value


DUMPED: list[dict[str, Any]] = [
    {"refusal": None, "annotations": None, "audio": None, "function_call": None, "tool_calls": None},
    {"refusal": None, "annotations": [], "tool_calls": []},  # as OpenAI's own server and vLLM write it
    {"reasoning_content": None, "reasoning": None, "reasoning_details": None},
    {"reasoning_content": "First, I think.", "reasoning": "So.", "thinking": "Well.", "reasoning_details": [{"a": 1}]},
    {"refusal": "", "reasoning_content": "", "provider_specific_fields": {"x": 1}, "name": "someone"},
    {"annotations": [{"type": "url_citation", "url_citation": {"url": "http://x"}}], "parsed": None, "weight": 1},
    {"prefix": False, "tool_call_id": None, "never_heard_of": None, "nor_of_this": {}},
]


@pytest.mark.parametrize("more", DUMPED)
def test_a_message_of_any_clients_making_is_its_text(more: dict[str, Any]) -> None:
    thought = more.get("reasoning_content") or ""  # the template knows whether it stays
    assert read(*HELLO, {"role": "assistant", "content": "hi", **more})[1] == Message("assistant", "hi", thought)
    assert read({"role": "user", "content": "hi", **more})[0] == Message("user", "hi")


def test_our_own_reply_goes_back_as_the_client_dumps_it(server: Running) -> None:
    message = ask(server, temperature=0, n=1).choices[0].message
    told = message.content
    ways = [
        message, message.model_dump(), message.model_dump(exclude_none=True), message.model_dump(exclude_unset=True),
        message.to_dict(), json.loads(message.to_json()), {"role": "assistant", "content": told},
        {"role": "assistant", "content": [{"type": "text", "text": told}]},
    ]  # fmt: skip
    further = {"role": "user", "content": "Another one?"}
    used = [ask(server, messages=[*HELLO, way, further], max_completion_tokens=1).usage.prompt_tokens for way in ways]
    assert len(set(used)) == 1


@pytest.mark.parametrize("role", ["system", "developer", "user", "assistant"])
def test_parts_of_text_are_lines_of_it(role: str) -> None:
    def content(*texts: str) -> str:
        return read({"role": role, "content": [{"type": "text", "text": text} for text in texts]}, *HELLO)[0].content

    assert content("Read this", "and answer") == "Read this\nand answer"
    assert content("alone") == "alone"
    assert content("a", "b", "c") == "a\nb\nc"
    assert content("a\n", "b") == "a\n\nb" and content() == ""
    cached = [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}, "prompt_cache_breakpoint": None}]
    assert read({"role": role, "content": cached}, *HELLO)[0].content == "a"


def test_parts_count_as_the_joined_text_does(server: Running) -> None:
    joined = "Read this\nand answer"
    parts = [{"type": "text", "text": text} for text in joined.split("\n")]
    for role in ("system", "user", "assistant"):
        first, second = ([{"role": role, "content": content}, *HELLO] for content in (joined, parts))
        assert len({ask(server, messages=one, max_tokens=1).usage.prompt_tokens for one in (first, second)}) == 1


def test_a_refusal_is_what_the_assistant_said() -> None:
    assert read(*HELLO, {"role": "assistant", "content": None, "refusal": "I cannot."})[1].content == "I cannot."
    parts = [{"type": "text", "text": "Well."}, {"type": "refusal", "refusal": "I cannot."}]
    assert read(*HELLO, {"role": "assistant", "content": parts})[1].content == "Well.\nI cannot."


PARTS: list[Any] = [
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}},
    {"type": "input_audio", "input_audio": {"data": "AA", "format": "wav"}},
    {"type": "file", "file": {"file_id": "f"}},
    {"type": "video_url", "video_url": {"url": "http://x"}},
    {"type": "tool_result", "content": "x"},
    {"type": "input_text", "text": "x"},
]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("role", ["system", "user", "assistant"])
def test_a_part_that_is_no_text_is_named(part: dict[str, Any], role: str) -> None:
    refusal = refused(*HELLO, {"role": role, "content": [{"type": "text", "text": "What is it?"}, part]})
    assert refusal.message.startswith(f"messages.1.content.1.type: {part['type']} is not supported")
    assert (refusal.param, refusal.code) == ("messages", "unsupported_value")


CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
WRONG: list[tuple[Any, str, str]] = [
    ({"role": "tool", "content": "x", "tool_call_id": "c"}, "messages.0.role", "'tool' is not supported"),
    ({"role": "function", "content": "x", "name": "f"}, "messages.0.role", "'function' is not supported"),
    ({"role": "assistant", "content": None, "tool_calls": [CALL]}, "messages.0.tool_calls", "is not supported"),
    ({"role": "assistant", "function_call": CALL["function"]}, "messages.0.function_call", "is not supported"),
    ({"role": "assistant", "audio": {"id": "a"}}, "messages.0.audio", "is not supported"),
    ({"role": "assistant", "content": "x", "prefix": True}, "messages.0.prefix", "is not supported"),
    ({"role": "user", "content": "x", "images": ["AA"]}, "messages.0.images", "no such field is supported"),
    ({"role": "user", "content": 5}, "messages.0.content", "give a text"),
    ({"role": "user", "content": {"type": "text", "text": "x"}}, "messages.0.content", "give a text"),
    ({"role": "user", "content": ["x"]}, "messages.0.content.0", "give an object"),
    ({"role": "user", "content": [{"text": "x"}]}, "messages.0.content.0.type", "without a type"),
    ({"role": "user", "content": [{"type": "text"}]}, "messages.0.content.0.text", "give a text"),
    ({"role": "user", "content": [{"type": "text", "text": "x", "size": 1}]}, "messages.0.content.0.size", "no such"),
    ({"role": "assistant", "refusal": 5}, "messages.0.refusal", "give a text"),
    ({"role": 5, "content": "x"}, "messages.0.role", "should be"),
    ({"content": "x"}, "messages.0.role", "required"),
    (None, "messages.0", "give an object"),
    ("hi", "messages.0", "give an object"),
]


@pytest.mark.parametrize(("message", "place", "says"), WRONG)
def test_what_is_wrong_with_a_message_is_told_by_its_place(message: Any, place: str, says: str) -> None:
    refusal = refused(message)
    assert refusal.message.startswith(f"{place}: ") and says in refusal.message
    assert refusal.param == "messages"


def test_thoughts_before_a_message_that_is_gone_on_with_would_be_part_of_the_prompt() -> None:
    thought = {"role": "assistant", "content": "So", "reasoning_content": "Hm."}
    refusal = refused(*HELLO, thought, continue_final_message=True)
    assert refusal.message.startswith("messages.1.reasoning_content: is not supported in a message that is gone on")
    assert read(*HELLO, {**thought, "reasoning_content": ""}, continue_final_message=True)[1].content == "So"


def test_messages_of_every_order_and_kind_are_read() -> None:
    """Whatever mixture of roles, parts and nulls: one message each, in order."""
    contents: list[Any] = ["x", None, [], [{"type": "text", "text": "x"}]]
    for roles in itertools.product(["system", "user", "assistant"], repeat=2):
        for pair in itertools.product(contents, repeat=2):
            turns = [{"role": role, "content": content} for role, content in zip(roles, pair, strict=True)]
            found = read(*turns)
            assert [one.role for one in found] == list(roles)
            assert [one.content for one in found] == ["x" if content else "" for content in pair]
