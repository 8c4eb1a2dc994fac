"""Answers that go on with the last message, as vLLM has it, and messages said again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orca2.core.types import Message
from orca2.inference.local import LocalModel
from orca2.models.transformers import load
from tests.serving import HELLO, Running, ask, start

BEGUN = {"role": "assistant", "content": "A warm and"}
GO_ON = {"continue_final_message": True, "add_generation_prompt": False}


@pytest.fixture(scope="module")
def server(tiny: Path) -> Iterator[Running]:
    running = start(tiny, "--device", "cpu", "--dtype", "fp32")
    yield running
    running.process.terminate()
    assert running.process.wait(60) == 0


@pytest.fixture(scope="module")
def model(tiny: Path) -> LocalModel:
    return load(str(tiny), Path(), "cpu", dtype="fp32")


def said(server: Running, *messages: Any, **body: Any) -> Any:
    return ask(server, messages=list(messages), temperature=0, max_completion_tokens=8, extra_body=body)


def test_an_answer_goes_on_with_the_last_message(server: Running, model: LocalModel) -> None:
    """The prompt ends with its text: it is that of /v1/completions given the same ids."""
    messages = [Message("user", HELLO[0]["content"]), Message("assistant", BEGUN["content"])]
    ids = model.chat.encode_unfinished(messages)
    assert model.chat.decode(ids).endswith("A warm and") and model.chat.end not in ids[-3:]
    reply = said(server, *HELLO, BEGUN, **GO_ON)
    plain = server.client.completions.create(model="tiny-llama", prompt=ids, max_tokens=8, temperature=0)
    assert reply.choices[0].message.content == plain.choices[0].text
    assert reply.usage.prompt_tokens == len(ids)
    assert said(server, *HELLO, BEGUN, continue_final_message=True).choices[0].message == reply.choices[0].message


@pytest.mark.parametrize(
    "content", [[{"type": "text", "text": "A warm"}, {"type": "text", "text": "and"}], "A warm\nand"]
)
def test_parts_are_gone_on_with_as_their_text(server: Running, content: Any) -> None:
    reply = said(server, *HELLO, {"role": "assistant", "content": content}, echo=True, **GO_ON)
    assert reply.choices[0].message.content.startswith("A warm\nand")


def test_the_spaces_that_a_message_ends_with_stay(server: Running, model: LocalModel) -> None:
    for end in ("", " ", "\n", " \n "):
        message = Message("assistant", "A warm and" + end)
        ids = model.chat.encode_unfinished([Message("user", "?"), message])
        assert model.chat.decode(ids).endswith("A warm and" + end)
    reply = said(server, *HELLO, {"role": "assistant", "content": "A warm and "}, echo=True, **GO_ON)
    assert reply.choices[0].message.content.startswith("A warm and ")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("go_on", [GO_ON, {}])
def test_echo_says_the_assistants_last_message_first(server: Running, stream: bool, go_on: dict[str, Any]) -> None:
    def text(echo: bool) -> str:
        reply = ask(server, messages=[*HELLO, BEGUN], temperature=0, max_completion_tokens=8, stream=stream,
                    extra_body={"echo": echo, **go_on})  # fmt: skip
        if not stream:
            return str(reply.choices[0].message.content)
        chunks = list(reply)
        assert [chunk.choices[0].delta.role for chunk in chunks].count("assistant") == 1
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)

    assert text(True) == BEGUN["content"] + text(False)


def test_another_ones_message_is_not_said_again(server: Running) -> None:
    for more in ({}, GO_ON):
        both = [said(server, *HELLO, echo=echo, **more).choices[0].message.content for echo in (True, False)]
        assert both[0] == both[1]


def test_n_answers_each_go_on(server: Running) -> None:
    sent = {"messages": [*HELLO, BEGUN], "temperature": 1, "seed": 1, "n": 3, "logprobs": True, "top_logprobs": 1}
    reply = ask(server, **sent, extra_body={"echo": True, **GO_ON})
    assert [choice.message.content.startswith("A warm and") for choice in reply.choices] == [True] * 3
    assert sum(len(choice.logprobs.content) for choice in reply.choices) <= reply.usage.completion_tokens


def test_without_the_generation_prompt_the_model_opens_the_turn(server: Running, model: LocalModel) -> None:
    prompt = model.chat.encode_prompt([Message("user", HELLO[0]["content"])])
    closed = model.chat.encode_prompt([Message("user", HELLO[0]["content"])], add_generation_prompt=False)
    assert prompt[: len(closed)] == closed and len(closed) < len(prompt)
    assert said(server, *HELLO, add_generation_prompt=False).usage.prompt_tokens == len(closed)
    for more in ({"add_generation_prompt": True}, {"continue_final_message": False}, {"echo": False}):
        assert said(server, *HELLO, **more).usage.prompt_tokens == len(prompt)


def test_what_cannot_be_gone_on_with(server: Running) -> None:
    def refused(messages: Any, **more: Any) -> Any:
        body = {"model": "tiny-llama", "messages": messages, "max_tokens": 2, **more}
        status, reply = server.raw("/v1/chat/completions", json.dumps(body).encode())
        assert status == 400
        return reply["error"]

    both = refused([*HELLO, BEGUN], continue_final_message=True, add_generation_prompt=True)
    assert both["param"] == "continue_final_message" and "add_generation_prompt" in both["message"]
    assert refused([{"role": "user", "content": ""}], **GO_ON)["param"] == "messages"
    assert refused([*HELLO, BEGUN], continue_final_message="yes")["param"] == "continue_final_message"
    assert said(server, *HELLO, {"role": "assistant", "content": ""}, **GO_ON).choices  # an empty answer goes on
