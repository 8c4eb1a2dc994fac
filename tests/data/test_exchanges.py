"""Logs of what was asked and answered: each interface's form, and what is no answer."""

import json
from typing import Any

import pytest

from orca2.data.exchanges import batch_request, exchange, is_exchange
from orca2.data.messages import Wanted
from orca2.data.shapes import shaped
from orca2.errors import RowError

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "2+2?"}]}
CHOICE = {"index": 0, "message": {"role": "assistant", "content": "It is 4."}, "finish_reason": "stop"}
COMPLETION = {"id": "c1", "object": "chat.completion", "choices": [CHOICE]}
ITEM = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "It is 4."}]}


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        (CHAT, COMPLETION),
        ('{"messages": [{"role": "user", "content": "2+2?"}]}', '{"choices": [{"message": {"content": "It is 4."}}]}'),
        ({"model": "m", "prompt": "2+2?"}, {"choices": [{"text": "It is 4.", "finish_reason": "stop"}]}),
        ({"model": "m", "input": "2+2?"}, {"status": "completed", "output": [{"type": "reasoning"}, ITEM]}),
        (CHAT, {"type": "message", "stop_reason": "end_turn", "content": [{"type": "text", "text": "It is 4."}]}),
        ({"custom_id": "a", "body": CHAT}, {"status_code": 200, "body": COMPLETION}),
        (CHAT, "It is 4."),
    ],
)
def test_each_interface_has_a_question_and_an_answer(request_: Any, response: Any) -> None:
    raw = {"request": request_, "response": response}
    assert is_exchange(raw)
    (found,) = exchange(raw, Wanted())
    assert (found.columns, found.fields) == ({"prompt": "2+2?", "target": "It is 4."}, {})
    assert (found.system, found.history) == ("", ())


@pytest.mark.parametrize(
    ("response", "said"),
    [
        ({"error": {"message": "no"}}, "is an error"),
        ({"status_code": 500, "body": COMPLETION}, "is an error"),
        ({"choices": [{**CHOICE, "finish_reason": "length"}]}, "was cut"),
        ({"stop_reason": "max_tokens", "content": [{"type": "text", "text": "It"}]}, "was cut"),
        ({"choices": [CHOICE, CHOICE]}, "several answers"),
        ({"choices": [{"message": {"content": None, "tool_calls": [{}]}}]}, "holds no text"),
        ({"choices": []}, "holds no text"),
        ({"choices": "x"}, "several answers, or none"),
        ({"output": "text"}, "holds no text"),
        ({"output": [None, {"type": "message", "content": None}]}, "holds no text"),
        ({"content": 4}, "holds no text"),
        (None, "holds no text"),
        (4, "holds no text"),
    ],
)
def test_what_is_no_answer_is_named(response: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        exchange({"request": CHAT, "response": response}, Wanted())


SYSTEM = {"role": "system", "content": "Be kind."}
TURNS = [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}, {"role": "user", "content": "+1?"}]
TOOL = {"type": "function", "function": {"name": "add"}}


@pytest.mark.parametrize(
    "asked",
    [
        {"messages": [SYSTEM, *TURNS]},
        {"messages": [{**SYSTEM, "role": "developer"}, *TURNS]},
        {"system": "Be kind.", "messages": TURNS},
        {"system": [{"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral"}}], "messages": TURNS},
        {"instructions": "Be kind.", "input": TURNS},
        {"input": [{"type": "message", **SYSTEM}, *TURNS]},
        {"custom_id": "a", "body": {"messages": [SYSTEM, *TURNS], "tools": []}},
    ],
)
def test_a_request_with_a_system_message_and_turns_is_one_task(asked: dict[str, Any]) -> None:
    for raw in ({"request": asked, "response": "5"}, {"request": json.dumps(asked), "response": "5"}):
        (found,) = exchange(raw, Wanted())
        assert (found.columns, found.system) == ({"prompt": "+1?", "target": "5"}, "Be kind.")
        assert [(message.role, message.content) for message in found.history] == [("user", "2+2?"), ("assistant", "4")]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({**CHAT, "tools": [TOOL]}, "definitions of functions in the request's 'tools'"),
        ({**CHAT, "functions": [TOOL]}, "definitions of functions in the request's 'functions'"),
        ({"messages": TURNS[:2]}, "the request ends with a message of the assistant, which the response goes on with"),
        ({"system": "Be brief.", "messages": [SYSTEM, *TURNS]}, "two system messages"),
        ({"messages": [{"role": "user", "content": [{"type": "image", "source": {}}]}]}, r"an image \(image\)"),
        ({"input": [TURNS[0], {"type": "function_call", "name": "f"}]}, r"a call of a tool \(function_call\)"),
        ({"messages": [TURNS[0], TURNS[0]]}, "two messages of the user in a row"),
        ({"prompt": ["2+2?", "3+3?"]}, "no list of messages"),
    ],
)
def test_what_a_request_holds_besides_a_conversation_is_named(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        exchange({"request": asked, "response": "4"}, Wanted())


def test_a_response_with_calls_of_tools_is_no_answer() -> None:
    call = {"type": "function_call", "name": "add", "arguments": "{}"}
    for response in (
        {"output": [call, ITEM]},
        {"content": [{"type": "text", "text": "Let me see."}, {"type": "tool_use", "id": "1"}]},
        {"choices": [{"message": {"content": "Let me see.", "tool_calls": [{"id": "1"}]}}]},
    ):
        with pytest.raises(ValueError, match="a call of a tool"):
            exchange({"request": CHAT, "response": response}, Wanted())


def test_a_request_of_a_batch_has_its_history_too() -> None:
    (found,) = batch_request({"custom_id": "a", "body": {"messages": [SYSTEM, *TURNS]}, "target": "5"}, Wanted())
    assert (found.columns, found.system, len(found.history)) == ({"prompt": "+1?"}, "Be kind.", 2)


@pytest.mark.parametrize(
    "response",
    [
        {"choices": [{"message": {"content": "42", "reasoning_content": "6 times 7"}, "finish_reason": "stop"}]},
        {"choices": [{"message": {"content": "<think>6 times 7</think>\n\n42"}, "finish_reason": "stop"}]},
        {"content": [{"type": "thinking", "thinking": "6 times 7", "signature": "s"}, {"type": "text", "text": "42"}]},
        {"choices": [{"message": {"content": [
            {"type": "thinking", "thinking": [{"type": "text", "text": "6 times 7"}]}, {"type": "text", "text": "42"},
        ]}}]},
        "<think>\n6 times 7\n</think>42",
    ],
)  # fmt: skip
def test_what_was_thought_before_a_logged_answer_is_a_column_of_its_own(response: Any) -> None:
    raw = {"request": {"messages": [{"role": "user", "content": "6 * 7?"}]}, "response": response}
    (row,) = shaped([("log.jsonl:1", raw)], {}, "log")
    assert (row.target, row.fields["reasoning"]) == ("42", "6 times 7")


def test_an_answer_that_was_cut_while_thinking_is_no_task() -> None:
    raw = {"prompt": "6 * 7?", "target": "<think>6 times"}
    with pytest.raises(RowError, match=r"log.jsonl:1: .*an answer that was cut while thinking"):
        list(shaped([("log.jsonl:1", raw)], {}, "log"))
