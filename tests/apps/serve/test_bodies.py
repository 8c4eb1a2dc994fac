"""Bodies of requests: null, neutral and refused values of every field."""

from typing import Any

import pytest

from orca2.apps.serve import _fields as fields
from orca2.apps.serve._bodies import ChatBody, CompletionBody, Settings, StreamOptions
from tests.apps.serve.test_fields import CHAT, KINDS, read, reference, refused
from tests.serving import HELLO

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
    narrowed = read(ChatBody, {**CHAT, "min_p": 0.1, "repetition_penalty": 1.2})
    assert (narrowed.min_p, narrowed.repetition_penalty) == (0.1, 1.2)
