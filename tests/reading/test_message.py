"""Whatever shape a reply thinks in, no thought reaches its text, a grader, or the answer of a lesson."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.erasing import erase, with_instruction
from orca2.core.types import Demonstration, Message, Task
from orca2.endpoints.reply import read_reply
from orca2.grading.verdicts import verdicts
from orca2.reading.message import add, text_of, thought_of

BODY = b'{"messages": [{"role": "user", "content": "q"}], "max_tokens": 4096}'
Shape = Callable[[str, str], list[dict[str, Any]]]  # the deltas of a message that thinks the one and says the other


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


SHAPES: dict[str, Shape] = {
    "reasoning": lambda thought, text: [{"reasoning": thought}, {"content": text}],
    "reasoning_content": lambda thought, text: [{"reasoning_content": thought}, {"content": text}],
    "both": lambda thought, text: [{"reasoning_content": thought, "reasoning": thought}, {"content": text}],
    "details": lambda thought, text: [
        {"reasoning_details": [{"type": "reasoning.text", "text": thought, "index": 0}]}, {"content": text}
    ],
    "summary": lambda thought, text: [
        {"reasoning_details": [{"type": "reasoning.summary", "summary": thought, "index": 0},
                               {"type": "reasoning.encrypted", "data": "gAAA", "index": 1}]}, {"content": text}
    ],
    "blocks": lambda thought, text: [
        {"thinking_blocks": [{"type": "thinking", "thinking": thought}]}, {"content": text}
    ],
    "anthropic": lambda thought, text: [{"content": [{"type": "thinking", "thinking": thought}, _text(text)]}],
    "mistral": lambda thought, text: [{"content": [{"type": "thinking", "thinking": [_text(thought)]}, _text(text)]}],
    "mistral, then text": lambda thought, text: [
        {"content": [{"type": "thinking", "thinking": [_text(thought)]}]}, {"content": text}
    ],
    "google's mark": lambda thought, text: [
        {"content": f"<thought>{thought}", "extra_content": {"google": {"thought": True}}},
        {"content": f"</thought>{text}"},
    ],
    "parts of google": lambda thought, text: [{"content": [{"text": thought, "thought": True}, {"text": text}]}],
    "tags": lambda thought, text: [{"content": f"<think>{thought}</think>{text}"}],
    "closing tag": lambda thought, text: [{"content": f"{thought}</think>{text}"}],
    "magistral's tags": lambda thought, text: [{"content": f"[THINK]{thought}[/THINK]{text}"}],
    "harmony": lambda thought, text: [
        {"content": f"<|channel|>analysis<|message|>{thought}<|end|><|channel|>final<|message|>{text}"}
    ],
}  # fmt: skip
# neither a mark, nor a backquote, which would make one of a mark's neighbours
WORDS = st.text(
    st.characters(exclude_characters="<[◁|`>]▷", exclude_categories=("Cs",)), min_size=1, max_size=40
).filter(str.strip)


def whole(deltas: list[dict[str, Any]], reason: str = "stop") -> bytes:
    message: dict[str, Any] = {"role": "assistant"}
    for delta in deltas:
        for name, value in delta.items():
            before = message.get(name)
            grows = type(before) is type(value) and isinstance(value, str | list)
            message[name] = before + value if grows else value
    return json.dumps({"choices": [{"message": message, "finish_reason": reason}]}).encode()


def streamed(deltas: list[dict[str, Any]], reason: str = "stop") -> bytes:
    """Text fields come in two pieces each."""
    pieces: list[dict[str, Any]] = []
    for delta in deltas:
        texts = {name: value for name, value in delta.items() if isinstance(value, str)}
        rest = {name: value for name, value in delta.items() if name not in texts}
        extra = {"extra_content": rest.pop("extra_content")} if "extra_content" in rest else {}
        pieces += [{**rest}] if rest else []
        for part in (0, 1):
            cut = {n: (t[: len(t) // 2], t[len(t) // 2 :])[part] for n, t in texts.items()}
            pieces += [{**cut, **extra}] if cut else []
    chunks = [{"choices": [{"delta": piece, "finish_reason": None}]} for piece in pieces]
    chunks.append({"choices": [{"delta": {}, "finish_reason": reason}]})
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks).encode() + b"data: [DONE]\n\n"


def demonstration(raw: bytes) -> Demonstration:
    messages = (Message("system", "Think."), Message("user", "How many?"))
    return Demonstration("t", "f", "think", messages, read_reply(raw, BODY).completion)


@pytest.mark.parametrize("form", [whole, streamed])
@pytest.mark.parametrize("shape", list(SHAPES))
@given(thought=WORDS, text=WORDS)
def test_no_thought_is_in_the_text(shape: str, form: Callable[..., bytes], thought: str, text: str) -> None:
    if (shape, form) in (("mistral, then text", whole), ("google's mark", whole)):
        return  # these come in streams only
    found = read_reply(form(SHAPES[shape](thought, text)), BODY).completion
    assert found.text == text.strip() and found.reasoning == thought.strip()
    assert found.tokens_out > 0 and 0 <= found.reasoning_tokens <= found.tokens_out


@pytest.mark.parametrize("form", [whole, streamed])
@pytest.mark.parametrize("shape", [name for name in SHAPES if name not in ("mistral, then text", "google's mark")])
def test_no_thought_is_graded_or_learned_from_as_an_answer(shape: str, form: Callable[..., bytes]) -> None:
    task = Task("t", "f", "How many?", "7", "number", "train")
    wrong = demonstration(form(SHAPES[shape]("The answer is 7, zebra.", "It is 8.")))
    right = demonstration(form(SHAPES[shape]("The answer is 8, zebra.", "It is 7.")))
    outcomes = [verdict.outcome for verdict in verdicts([task] * 2, [wrong.completion, right.completion], True)]
    assert outcomes == ["wrong", "correct"]
    for lesson in (erase(right, "Be careful.", ()), with_instruction(right)):
        assert lesson is not None and lesson.messages[-1].content == "It is 7."
        assert all("zebra" not in message.content for message in lesson.messages)


@pytest.mark.parametrize("form", [whole, streamed])
@pytest.mark.parametrize("shape", [name for name in SHAPES if name not in ("closing tag", "harmony")])
def test_a_thought_without_an_answer_is_cut_and_none(shape: str, form: Callable[..., bytes]) -> None:
    (*_, deltas) = [SHAPES[shape]("The answer is 7", "")]
    found = read_reply(form(deltas, "length"), BODY).completion
    assert (found.text, found.finish_reason) == ("", "length")


def test_a_thought_that_fills_the_limit_is_cut_whatever_the_server_calls_its_end() -> None:
    reply = {"choices": [{"message": {"content": None, "reasoning": "Well"}, "finish_reason": "stop"}]}
    full = {**reply, "usage": {"prompt_tokens": 9, "completion_tokens": 4096}}
    assert read_reply(json.dumps(full).encode(), BODY).completion.finish_reason == "length"
    short = {**reply, "usage": {"prompt_tokens": 9, "completion_tokens": 40}}
    assert read_reply(json.dumps(short).encode(), BODY).completion.finish_reason == "stop"


def test_a_mark_that_is_spoken_of_stays_in_the_answer() -> None:
    said = "Put it between `<think>` and `</think>`, and end with <|im_end|>."
    assert read_reply(whole([{"content": said}]), BODY).completion.text == said


def test_parts_and_pieces() -> None:
    assert text_of([_text("a"), "b", {"type": "thinking", "thinking": "t"}]) == "ab"
    assert thought_of({"reasoning": None, "reasoning_content": " t ", "content": "x"}) == "t"
    assert thought_of({"reasoning": {"summary": [{"type": "summary_text", "text": "t"}]}}) == "t"
    assert thought_of({"thinking_blocks": [{"thinking": "a"}, {"thinking": "b"}], "content": []}) == "a\n\nb"
    assert thought_of({"reasoning": True, "reasoning_details": [{"type": "reasoning.encrypted", "data": "x"}]}) == ""
    message: dict[str, Any] = {}
    for delta in ({"content": "a"}, {"content": [_text("b")]}, {"content": "c"}, {"content": None}):
        add(message, delta)
    assert text_of(message["content"]) == "abc"


@pytest.mark.parametrize(
    ("opens", "closes"), [("<think>\n", "\n</think>\n\n"), ("[THINK]", "[/THINK]"), ("◁think▷", "◁/think▷")]
)
@given(thought=WORDS, text=WORDS, at=st.floats(0, 1))
def test_wherever_a_response_is_cut_no_thought_is_in_its_text(
    opens: str, closes: str, thought: str, text: str, at: float
) -> None:
    response = f"{opens}{thought}{closes}{text}"
    cut = response[: int(at * len(response))]
    found = read_reply(whole([{"content": cut}], "length"), BODY).completion
    begun = cut[len(opens) + len(thought) + len(closes) :]
    assert found.text == begun.strip() or len(cut) < 2
    assert f"{thought}{closes}".strip().startswith(found.reasoning)  # half of a closing mark may stand at its end
