"""Replies of status 200 in the shapes that servers give them: parts, reasons, usage, events, errors inside."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.types import Message, Request
from orca2.endpoints.reply import ChatReply, read_reply
from orca2.models.openai import load

BODY = load("m", "http://localhost/v1").serialize(Request((Message("system", "S" * 40), Message("user", "q" * 40)), 50))
ESTIMATED = 20, 4  # 80 characters asked, and the 16 of the answer below
ANSWER = "The answer is 4."


def reply(content: Any = ANSWER, reason: Any = "stop", usage: Any = None, **more: Any) -> ChatReply:
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": reason}
    return read_reply(json.dumps({"model": "m", "choices": [choice], "usage": usage, **more}).encode(), BODY)


def text(value: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": value, **more}


@pytest.mark.parametrize(
    "content",
    [
        [text("The answer "), text("is 4.")],
        [{"type": "thinking", "thinking": [text("no carry")]}, text(ANSWER)],
        [{"type": "reasoning", "text": "no carry"}, text(ANSWER)],
        [{"type": "redacted_thinking", "data": "x"}, text(ANSWER), {"type": "reference", "reference_ids": [1]}],
        [{"text": "no carry", "thought": True}, {"text": ANSWER}],
        [{"type": "output_text", "text": ANSWER, "annotations": []}],
        ["The answer ", "is 4."],
        [{"type": "text", "text": {"value": ANSWER, "annotations": []}}],
        [{"type": "text", "text": None}, text(ANSWER)],
        text(ANSWER),
        f"  {ANSWER}\n",
    ],
)
def test_the_text_parts_are_the_answer(content: Any) -> None:
    assert reply(content).completion.text == ANSWER


@pytest.mark.parametrize("content", [4, True, [text("a"), {"type": "text", "text": 4}], [4], {"type": "text"}])
def test_a_content_that_is_no_text_is_an_unreadable_reply(content: Any) -> None:
    found = reply(content)
    assert found.spoiled and "the reply is no chat completion" in str(found.completion.error)


def test_a_refusal_that_is_a_part_is_no_answer() -> None:
    refused = reply([{"type": "refusal", "refusal": "Not that."}])
    assert refused.completion.error == "the model refuses: Not that." and not refused.spoiled


def test_a_choice_of_text_and_events_behind_a_byte_order_mark() -> None:
    choice = {"text": ANSWER, "finish_reason": "stop"}
    assert read_reply(json.dumps({"choices": [choice]}).encode(), BODY).completion.text == ANSWER
    event = {"choices": [{"delta": {"content": ANSWER}, "finish_reason": "stop"}]}
    assert read_reply(b"\xef\xbb\xbfdata: " + json.dumps(event).encode(), BODY).completion.text == ANSWER


@pytest.mark.parametrize("content", [None, "", [], [{"type": "thinking", "thinking": []}]])
def test_no_text_with_a_reason_is_an_empty_answer_and_without_one_is_none(content: Any) -> None:
    assert (reply(content).completion.text, reply(content).completion.finish_reason) == ("", "stop")
    silent = reply(content, None)
    assert silent.spoiled and silent.completion.error == "neither text nor finish reason"


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (["stop", "eos", "eos_token", "end", "end_turn", "stop_sequence", "STOP", "COMPLETE", None, ""], "stop"),
        (["FINISH_REASON_STOP", {"type": "stop", "matched": 2}], "stop"),
        (["FINISH_REASON_MAX_TOKENS", {"type": "length", "length": 9}], "length"),
        (["length", "max_tokens", "MAX_TOKENS", "model_length", "max_length", "max_output_tokens"], "length"),
        (
            ["content_filter", "SAFETY", "tool_calls", "function_call", "refusal", "never heard of", 7, ["stop"]],
            "error",
        ),
        (["error", "abort", "cancelled", "insufficient_system_resource"], "error"),
    ],
)
def test_what_an_end_is_called(reasons: list[Any], expected: str) -> None:
    for reason in reasons:
        found = reply(reason=reason)
        assert found.completion.finish_reason == expected, reason
        assert found.completion.text == ("" if expected == "error" else ANSWER), reason
        assert expected != "error" or repr(reason) in str(found.completion.error)
        assert found.spoiled == (reason in ("error", "abort", "cancelled", "insufficient_system_resource"))


def usage(asked: Any, answered: Any, **more: Any) -> dict[str, Any]:
    return {"prompt_tokens": asked, "completion_tokens": answered, **more}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (usage(9, 5), (9, 5)),
        (usage(9, 5, total_tokens=14), (9, 5)),
        (usage(9, 5, total_tokens=100), (9, 91)),  # thoughts that stand in the total alone
        (usage(9, 5, total_tokens=3), (9, 5)),
        (usage(9, None, total_tokens=14), (9, 5)),
        (usage("9", "5"), (9, 5)),
        (usage(9.0, 5.0), (9, 5)),
        ({"input_tokens": 9, "output_tokens": 5}, (9, 5)),
        (usage(9, None), (9, ESTIMATED[1])),
        (usage(9, 0), (9, ESTIMATED[1])),
        (usage(0, 5), (ESTIMATED[0], 5)),
        (usage(9.5, 5.5), ESTIMATED),
        (usage(-1, -1), ESTIMATED),
        (usage("nine", "five"), ESTIMATED),
        (usage("-9", "１"), ESTIMATED),
        (usage(True, False), ESTIMATED),
        (usage([9], {"n": 5}), ESTIMATED),
        (usage(10**30, 10**30), ESTIMATED),
        (usage(float("nan"), float("inf")), ESTIMATED),
        (usage(0, 0, total_tokens=0), ESTIMATED),
        (None, ESTIMATED),
        ({}, ESTIMATED),
        ([], ESTIMATED),
        ([9, 5], ESTIMATED),
        ("14", ESTIMATED),
        (14, ESTIMATED),
    ],
)
def test_usage_never_costs_the_answer_and_is_estimated_where_it_is_none(said: Any, expected: tuple[int, int]) -> None:
    found = reply(usage=said).completion
    assert found.text == ANSWER and (found.tokens_in, found.tokens_out) == expected


def test_an_estimate_counts_thoughts_and_other_scripts_and_keeps_to_the_limit() -> None:
    assert reply("答えは四").completion.tokens_out == 3
    thoughts = {"role": "assistant", "content": "4", "reasoning_content": "t" * 80}
    raw = json.dumps({"choices": [{"message": thoughts, "finish_reason": "stop"}]}).encode()
    assert read_reply(raw, BODY).completion.tokens_out == 21
    assert reply("long " * 1000).completion.tokens_out == 50  # no more was allowed, nor held against the cap


def stream(*chunks: Any, end: str = "data: [DONE]\n\n", mark: str = "data: ", line: str = "\n") -> bytes:
    events = [f"{mark}{chunk if isinstance(chunk, str) else json.dumps(chunk)}{line}{line}" for chunk in chunks]
    return ("".join(events) + end).encode()


def piece(content: Any = None, reason: Any = None, **more: Any) -> dict[str, Any]:
    delta = {} if content is None else {"content": content}
    return {"model": "m-1", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}], **more}


COUNTED = {"choices": [], "usage": usage(9, 5)}


@pytest.mark.parametrize(
    ("raw", "tokens"),
    [
        (stream(piece("The answer"), piece(" is 4."), piece(reason="stop")), ESTIMATED),
        (stream(piece("The answer"), piece(" is 4.", "stop"), COUNTED), (9, 5)),
        (stream(piece("The answer is 4."), piece(reason="stop", usage=usage(9, 5))), (9, 5)),
        (stream(piece("The answer is 4."), piece(reason="eos"), mark="data:", line="\r\n"), ESTIMATED),
        (b": keep-alive\n\n" + stream(piece("The answer is 4.", "stop")), ESTIMATED),
        (b"\n\nevent: message\nid: 1\nretry: 3\n" + stream(piece("The answer is 4.", "stop")), ESTIMATED),
        (stream(piece("The answer is 4.")), ESTIMATED),  # the mark of the end alone
        (stream(piece("The answer is 4.", "stop"), end=""), ESTIMATED),  # the reason alone
        (stream(piece([text("The answer ")]), piece([text("is 4.")], "stop")), ESTIMATED),
        (
            stream({"choices": [{"message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop"}]}),
            ESTIMATED,
        ),
        (
            b'data: {"choices": [{"delta": \ndata: {"content": "The answer is 4."}, "finish_reason": "stop"}]}\n\n',
            ESTIMATED,
        ),
        (stream(piece("The answer is 4.", "stop"), {"choices": None}, "7"), ESTIMATED),
    ],
)
def test_events_come_to_one_reply(raw: bytes, tokens: tuple[int, int]) -> None:
    found = read_reply(raw, BODY)
    assert (found.completion.text, found.completion.finish_reason) == (ANSWER, "stop")
    assert (found.completion.tokens_in, found.completion.tokens_out) == tokens


def test_what_is_said_of_thoughts_in_events_is_no_answer_and_is_counted() -> None:
    thought = {"choices": [{"delta": {"role": "assistant", "reasoning_content": "t" * 40}, "finish_reason": None}]}
    found = read_reply(stream(thought, thought, piece(ANSWER, "stop")), BODY).completion
    assert (found.text, found.tokens_out) == (ANSWER, 24)


@pytest.mark.parametrize(
    "raw",
    [
        stream(piece("The answer"), end=""),
        stream(piece("The answer", None), end='data: {"choices": [{"del'),
        stream(),
        b"data:",
        b"",
        b"{",
        b"<html>no</html>",
        b"[]",
        b"null",
        b"7",
        b'{"choices": []}',
        b'{"choices": [null]}',
        b'{"choices": {"a": 1}}',
        b'{"choices": [{"message": "text", "finish_reason": "stop"}]}',
        b'{"choices": [{"finish_reason": "stop"}]}',
        b'{"choices": [{"message": null, "finish_reason": "stop"}]}',
        b"[" * 100_000,
        b"\xff\xfe\x00",
    ],
)
def test_what_breaks_off_or_is_something_else_is_spoiled_and_shown(raw: bytes) -> None:
    found = read_reply(raw, BODY)
    assert found.spoiled and found.completion.finish_reason == "error" and found.completion.tokens_out <= 50
    assert "the reply is no chat completion" in str(found.completion.error)
    assert " ".join(raw[:60].decode(errors="replace").split()) in str(found.completion.error)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"error": {"message": "no capacity", "code": 502}}, 502, "no capacity"),
        ({"error": {"message": "no capacity", "code": "429"}}, 429, "no capacity"),
        ({"id": "c", "choices": None, "error": {"message": "slow down", "code": 429}}, 429, "slow down"),
        ({"choices": [], "error": {"message": "slow down", "type": "rate_limit_error"}}, 429, "slow down"),
        ({"choices": [{"message": {"content": ""}, "error": {"code": 503, "message": "away"}}]}, 503, "away"),
        ({"choices": [{"message": {"content": None}, "finish_reason": "stop"}], "error": {"message": "x"}}, 500, "x"),
        ({"error": {"message": "who are you?", "code": "invalid_api_key"}}, 401, "who are you?"),
        ({"error": {"message": "no", "type": "invalid_request_error", "code": None}}, 400, "no"),
        ({"error": {"message": "no", "type": "BadRequestError"}}, 400, "no"),
        ({"error": {"message": "later", "code": 0, "status": "RESOURCE_EXHAUSTED"}}, 429, "later"),
        ({"error": "Model is overloaded", "error_type": "overloaded"}, 503, "Model is overloaded"),
        ({"error": "later"}, 500, "later"),
        ([{"error": {"code": 400, "message": "a list"}}], 400, "a list"),
        ({"object": "error", "message": "not here", "type": "NotFoundError", "code": 404}, 404, "not here"),
        ({"object": "Error", "detail": [{"msg": "odd"}], "type": "invalid_request_error"}, 400, "odd"),
        ({"detail": "Not authenticated"}, 500, "Not authenticated"),
        ({"error": {"code": 7, "reason": "of its own"}}, 500, "of its own"),
        ({"error": {"message": "said", "code": 429, "metadata": {"raw": "behind it"}}}, 429, "said (behind it)"),
    ],
)
def test_an_error_in_a_reply_is_the_error_that_it_is(body: Any, status: int, words: str) -> None:
    found = read_reply(json.dumps(body).encode(), BODY)
    assert found.complaint is not None and found.complaint.status == status and words in found.complaint.words
    assert not found.spoiled and (found.completion.tokens_in, found.completion.tokens_out) == (0, 0)
    events = read_reply(f"data: {json.dumps(body)}\n\n".encode(), BODY)
    assert isinstance(body, list) or (events.complaint is not None and words in events.complaint.words)


@pytest.mark.parametrize("error", [None, {}, "", [], False, {"code": None, "message": ""}])
def test_an_error_that_says_nothing_is_none(error: Any) -> None:
    assert reply(error=error).completion.text == ANSWER


def test_an_error_that_was_paid_for_is_counted_and_is_none_of_the_line() -> None:
    paid = reply("", usage=usage(9, 5), error={"code": 429, "message": "away"})
    assert paid.spoiled and paid.complaint is None and "HTTP 200 with error 429: away" in str(paid.completion.error)
    assert (paid.completion.tokens_in, paid.completion.tokens_out) == (9, 5)
    begun = read_reply(stream(piece("The answer"), {"error": {"message": "away", "code": 502}}, end=""), BODY)
    assert begun.spoiled and (begun.completion.tokens_in, begun.completion.tokens_out) == (20, 3)
    assert reply("", usage=usage(0, 0), error={"code": 429, "message": "away"}).complaint is not None


@given(st.binary() | st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: (
    st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["choices", "message", "content", "error", "usage", "delta", "text"]), inner)
)))  # fmt: skip
def test_nothing_that_a_server_sends_raises(value: Any) -> None:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    for sent in (raw, b"data: " + raw + b"\n\ndata: [DONE]\n\n"):
        found = read_reply(sent, BODY).completion
        assert found.tokens_in >= 0 and found.tokens_out >= 0
        assert (found.error is None) == (found.finish_reason != "error")
