"""Every field of a request: answered, ignored or refused as docs/serving.md says, null and neutral values taken."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from orca2.apps.serve import _fields as fields
from orca2.apps.serve._bodies import ChatBody, CompletionBody, Settings, StreamOptions, parse
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
    assert {name for name, (_, becomes, _) in listed.items() if becomes == "answered"} == {"role", "content", "refusal"}
    assert {name for name, (_, becomes, _) in listed.items() if becomes == "ignored"} == fields.IGNORED_OF_MESSAGES
    rest = {name: tuple(values) for name, (_, becomes, values) in listed.items() if becomes == "refused"}
    assert rest == dict(fields.NEUTRAL_OF_MESSAGES)


@pytest.mark.parametrize(("kind", "body"), KINDS)
def test_null_is_as_if_the_field_were_not_there(kind: type[Settings], body: dict[str, Any]) -> None:
    plain = read(kind, body)
    names = reference()[kind] | set(kind.model_fields) | fields.IGNORED | set(fields.NEUTRAL) | {"never_heard_of"}
    optional = sorted(names - set(body))
    for name in optional:
        assert read(kind, {**body, name: None}) == plain
    assert read(kind, body | dict.fromkeys(optional)) == plain
    for name in body:
        refusal = refused(kind, {**body, name: None})
        assert (refusal.param, refusal.code) == (name, "missing_required_parameter")


@pytest.mark.parametrize(("kind", "body"), KINDS)
def test_what_leaves_the_answer_as_it_is_is_taken(kind: type[Settings], body: dict[str, Any]) -> None:
    plain = read(kind, body)
    for name, values in kind.neutral().items():
        for value in values:
            assert read(kind, {**body, name: value}) == plain, name
            if type(value) is int:
                assert read(kind, {**body, name: float(value)}) == plain, name
    for name in fields.IGNORED:
        assert read(kind, {**body, name: {"any": ["thing"]}}) == plain
    defaults = {
        "n": 1, "stop": [], "stream": False, "stream_options": {"include_obfuscation": True}, "echo": False,
        "never_heard_of": {}, "nor_of_this": [], "logit_bias": {"5": 0, "6": 0.0},
    }  # fmt: skip
    assert read(kind, body | defaults) == plain
    assert read(kind, {**body, "n": 3, "best_of": 3}).n == 3


@pytest.mark.parametrize(("kind", "body"), KINDS)
def test_what_would_change_the_answer_is_refused_by_name(kind: type[Settings], body: dict[str, Any]) -> None:
    for name in kind.neutral():
        for value in ({"some": "thing"}, "other", 17, True, [{"type": "function"}]):
            if name in kind.model_fields or fields._among(value, kind.neutral()[name]):
                continue
            refusal = refused(kind, {**body, name: value})
            assert (refusal.status, refusal.param, refusal.code) == (400, name, "unsupported_parameter")
            assert refusal.message.startswith(f"{name}: is not supported; leave it out")
    for value in (1, "x", True, [0], {"a": 1}, "", 0, False):
        refusal = refused(kind, {**body, "never_heard_of": value})
        assert (refusal.param, refusal.code) == ("never_heard_of", "unknown_parameter")
        assert "never_heard_of: no such field is supported" in refusal.message
    for name in ("web_search_options", "json_schema", "guided_json"):  # an empty object says something there
        assert refused(kind, {**body, name: {}}).param == name
    assert refused(kind, {**body, "presence_penalty": False}).param == "presence_penalty"
    assert refused(kind, {**body, "min_tokens": False}).param == "min_tokens"


WRONG: list[tuple[type[Settings], dict[str, Any], str]] = [
    (ChatBody, {"stop": 5}, "stop"),
    (ChatBody, {"stop": ["a", 5]}, "stop"),
    (ChatBody, {"stop": ["x"] * 17}, "stop"),
    (ChatBody, {"top_logprobs": 3}, "top_logprobs"),
    (ChatBody, {"logprobs": 3}, "logprobs"),
    (ChatBody, {"max_tokens": 0}, "max_tokens"),
    (ChatBody, {"prompt": "hi"}, "prompt"),
    (ChatBody, {"stream_options": {"include_usage": "yes"}}, "stream_options"),
    (ChatBody, {"stream_options": {"continuous_usage_stats": True}}, "stream_options"),
    (ChatBody, {"add_special_tokens": True}, "add_special_tokens"),
    (ChatBody, {"continue_final_message": True, "add_generation_prompt": True}, "continue_final_message"),
    (CompletionBody, {"add_special_tokens": False}, "add_special_tokens"),
    (CompletionBody, {"best_of": 4}, "best_of"),
    (CompletionBody, {"messages": HELLO}, "messages"),
    (CompletionBody, {"logprobs": 21}, "logprobs"),
    (CompletionBody, {"logprobs": True}, "logprobs"),
    (CompletionBody, {"suffix": "the end"}, "suffix"),
    *((CompletionBody, {"prompt": wrong}, "prompt") for wrong in ([], 5, [[]], ["a", 5], [1, "a"], [True], [[1], "a"])),
]


@pytest.mark.parametrize(("kind", "change", "param"), WRONG)
def test_a_refusal_names_its_field_and_no_other(kind: type[Settings], change: dict[str, Any], param: str) -> None:
    refusal = refused(kind, dict(KINDS)[kind] | change)
    assert (refusal.status, refusal.param) == (400, param)
    assert refusal.message.startswith(param)
    assert set(refusal.body()["error"]) == {"message", "type", "param", "code"}


def test_the_rest_of_openais_values() -> None:
    assert read(ChatBody, {**CHAT, "stop": "x"}).stop == read(ChatBody, {**CHAT, "stop": ["x"]}).stop == ["x"]
    assert read(ChatBody, {**CHAT, "stream_options": {"include_usage": True}}).stream_options.include_usage
    assert set(StreamOptions.model_fields) | fields.IGNORED_OF_STREAMS == {"include_usage", "include_obfuscation"}
    for top_p in (0, 1, 0.5):
        assert read(ChatBody, {**CHAT, "top_p": top_p}).top_p == top_p
    assert read(ChatBody, {**CHAT, "top_k": -1}).top_k == -1


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
