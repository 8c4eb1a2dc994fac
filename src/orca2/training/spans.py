"""From a lesson to token ids and the span that is learned: the answer and its end-of-turn token."""

from dataclasses import dataclass

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.core.types import Lesson


@dataclass(frozen=True, slots=True)
class TokenizedExample:
    """A lesson as ids; ids[start:] are supervised, everything before is only read."""

    ids: list[int]
    start: int
    empty: bool = False  # nothing is learned but how to end
    ambiguous: bool = False  # it has the mark of a thought in its text, where only text tells thoughts apart

    @property
    def num_label_tokens(self) -> int:
        return len(self.ids) - self.start


def encode(lesson: Lesson, chat: ChatCodec) -> TokenizedExample:
    """The last message is the answer; what comes before it is exactly the prompt of serving."""
    answer = lesson.messages[-1]
    assert answer.role == "assistant", "a lesson ends with the assistant's answer"
    prompt, learned = chat.encode_lesson(lesson.messages)
    ambiguous = chat.types_mark(f"{answer.content}\n{answer.reasoning}")
    return TokenizedExample([*prompt, *learned], len(prompt), not answer.content.strip(), ambiguous)
