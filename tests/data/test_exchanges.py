"""Logs of what was asked and answered: each interface's form, and what is no answer."""

from typing import Any

import pytest

from orca2.data.exchanges import exchange, is_exchange

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
    found, fields = exchange(raw)
    assert (found["prompt"], found["target"], fields) == ("2+2?", "It is 4.", {})


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
        exchange({"request": CHAT, "response": response})


def test_a_system_prompt_is_not_left_out_in_silence() -> None:
    for asked in ({"system": "Be kind.", **CHAT}, {"instructions": "Be kind.", "input": "2+2?"}):
        with pytest.raises(ValueError, match="a system message"):
            exchange({"request": asked, "response": "4"})
