"""Every field of a request: answered, ignored or refused as docs/serving.md says, null and neutral values taken."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from orca2.apps.serve import _fields as fields
from orca2.apps.serve._bodies import ChatBody, CompletionBody, Settings, parse
from orca2.apps.serve._errors import Refused
from tests.serving import HELLO, Running, ask, start

DOCS = Path(__file__).parents[3] / "docs" / "serving.md"
CHAT: dict[str, Any] = {"model": "m", "messages": HELLO}
COMPLETION: dict[str, Any] = {"model": "m", "prompt": "hi"}
KINDS: list[tuple[type[Settings], dict[str, Any]]] = [(ChatBody, CHAT), (CompletionBody, COMPLETION)]


@pytest.fixture(scope="module")
def server(tiny: Path) -> Iterator[Running]:
    running = start(tiny, "--device", "cpu")
    yield running
    running.process.terminate()
    assert running.process.wait(60) == 0


def read(kind: type[Settings], body: dict[str, Any]) -> Settings:
    return parse(kind, json.dumps(body).encode())


def refused(kind: type[Settings], body: dict[str, Any]) -> Refused:
    with pytest.raises(Refused) as caught:
        read(kind, body)
    return caught.value


def reference() -> dict[type[Settings], set[str]]:
    """The fields of OpenAI's own reference, from its client's types."""
    from openai.types import completion_create_params as completion
    from openai.types.chat import completion_create_params as chat

    return {
        kind: {
            *get_type_hints(module.CompletionCreateParamsNonStreaming),
            *get_type_hints(module.CompletionCreateParamsStreaming),
        }
        for kind, module in ((ChatBody, chat), (CompletionBody, completion))
    }


def table(heading: str) -> dict[str, tuple[str, str, list[Any]]]:
    """Field to where it may be, what becomes of it, and the values that are taken all the same."""
    section = DOCS.read_text("utf-8").split(f"\n### {heading}\n")[1].split("\n#")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:]] for line in section.splitlines() if line.startswith("| `")]
    return {
        name: (row[1], row[2], [json.loads(value) for value in re.findall("`([^`]+)`", row[3])])
        for row in rows
        for name in re.findall("`([^`]+)`", row[0])
    }


def where(name: str) -> str:
    places = [
        place for (kind, _), place in zip(KINDS, ("chat", "completions"), strict=True) if name in kind.model_fields
    ]
    return places[0] if len(places) == 1 else "both"


def test_the_documents_say_what_becomes_of_every_field() -> None:
    listed = {**table("Fields of OpenAI's reference"), **table("Fields that others add")}
    known = {*ChatBody.model_fields, *CompletionBody.model_fields}
    of_one = {"add_special_tokens", "logprobs"}  # whose neutral value depends on the path
    assert set(listed) == known | fields.IGNORED | set(fields.NEUTRAL) | of_one
    for name, (place, becomes, values) in listed.items():
        assert place == where(name), name
        assert becomes == ("answered" if name in known else "ignored" if name in fields.IGNORED else "refused"), name
        if name not in of_one:
            assert values == list(fields.NEUTRAL.get(name, ())), name
    named = set(table("Fields of OpenAI's reference"))
    assert named == set.union(*reference().values())


def test_the_documents_say_what_becomes_of_every_field_of_a_message() -> None:
    listed = table("Fields of a message")
    assert {name for name, (_, becomes, _) in listed.items() if becomes == "answered"} == {
        "role", "content", "refusal", *fields.THOUGHTS,
    }  # fmt: skip
    assert {name for name, (_, becomes, _) in listed.items() if becomes == "ignored"} == fields.IGNORED_OF_MESSAGES
    rest = {name: tuple(values) for name, (_, becomes, values) in listed.items() if becomes == "refused"}
    assert rest == dict(fields.NEUTRAL_OF_MESSAGES)


def test_the_official_client_may_send_every_default(server: Running) -> None:
    """As clients do that keep their settings in one object and send all of it."""
    plain = ask(server, temperature=0).choices[0].message.content
    neutral: dict[str, Any] = {
        "n": 1, "presence_penalty": 0, "frequency_penalty": 0.0, "logit_bias": {}, "logprobs": False, "stop": None,
        "top_logprobs": None, "top_p": 1, "seed": None, "stream": False, "stream_options": None, "tools": [],
        "tool_choice": "none", "parallel_tool_calls": True, "response_format": {"type": "text"}, "functions": [],
        "function_call": "none", "modalities": ["text"], "audio": None, "prediction": None, "metadata": {},
        "store": False, "service_tier": "auto", "user": "somebody", "reasoning_effort": None, "verbosity": "medium",
        "safety_identifier": "s", "prompt_cache_key": "k", "web_search_options": None,
    }  # fmt: skip
    assert ask(server, temperature=0, **neutral).choices[0].message.content == plain
    others = {"repetition_penalty": 1.0, "min_p": 0.0, "top_k": -1, "ignore_eos": False, "chat_template_kwargs": {}}
    assert ask(server, temperature=0, extra_body=others).choices[0].message.content == plain
    create = server.client.completions.create
    first = create(model="tiny-llama", prompt="Once", max_tokens=5, temperature=0)
    same = create(
        model="tiny-llama", prompt="Once", max_tokens=5, temperature=0, best_of=1, echo=False, logprobs=None,
        suffix="", logit_bias=None, n=1, presence_penalty=0, frequency_penalty=0, stop=None, user="u",
    )  # fmt: skip
    assert first.choices[0].text == same.choices[0].text


def test_an_error_reaches_the_official_client_in_its_shape(server: Running) -> None:
    import openai

    tools: list[Any] = [{"type": "function", "function": {"name": "f", "parameters": {}}}]
    with pytest.raises(openai.BadRequestError) as caught:
        ask(server, tools=tools)
    error = caught.value
    assert (error.param, error.code, error.type) == ("tools", "unsupported_parameter", "invalid_request_error")
    assert isinstance(error.body, dict) and error.body["message"].startswith("tools: is not supported")
