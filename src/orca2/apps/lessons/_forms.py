"""The forms in which other trainers read lessons: TRL, Axolotl, LLaMA-Factory."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orca2.core.types import Lesson, Message

Row = dict[str, Any]
SPEAKERS = {"user": "human", "assistant": "gpt", "system": "system"}


def in_text(message: Message) -> str:
    """A message with its thought in a `<think>` block before it, for forms that have no field for one.

    >>> in_text(Message("assistant", "8", "7 + 1"))
    '<think>\\n7 + 1\\n</think>\\n\\n8'
    """
    return f"<think>\n{message.reasoning}\n</think>\n\n{message.content}" if message.reasoning else message.content


def messages(lesson: Lesson) -> Row:
    """The form of OpenAI and Hugging Face. A thought is `reasoning_content`, for chat templates to write their way."""
    return {"messages": [_message(message) for message in lesson.messages]}


def prompt_completion(lesson: Lesson) -> Row:
    """TRL's form that learns the completion alone."""
    *before, answer = lesson.messages
    return {"prompt": [_message(message) for message in before], "completion": [_message(answer)]}


def sharegpt(lesson: Lesson) -> Row:
    return {
        "conversations": [
            {"from": SPEAKERS[message.role], "value": in_text(message)} for message in lesson.messages
        ]
    }  # fmt: skip


def alpaca(lesson: Lesson) -> Row:
    """LLaMA-Factory's form, with the system message and earlier turns in columns of their own."""
    system, turns = _parted(lesson.messages)
    *earlier, question, answer = turns
    pairs = [[in_text(asked), in_text(said)] for asked, said in zip(earlier[::2], earlier[1::2], strict=True)]
    return {
        "instruction": question.content, "input": "", "output": in_text(answer), "system": system, "history": pairs,
    }  # fmt: skip


FORMS: Mapping[str, Callable[[Lesson], Row]] = {
    "messages": messages,
    "prompt-completion": prompt_completion,
    "sharegpt": sharegpt,
    "alpaca": alpaca,
}


def _message(message: Message) -> dict[str, str]:
    thought = {"reasoning_content": message.reasoning} if message.reasoning else {}
    return {"role": message.role, "content": message.content, **thought}


def _parted(turns: Sequence[Message]) -> tuple[str, Sequence[Message]]:
    return (turns[0].content, turns[1:]) if turns[0].role == "system" else ("", turns)
