"""ChatML, id for id: the same function makes the prompt in training and in answering.

Text is tokenized apart from the control tokens, so `<|im_end|>` typed by anyone stays text.
"""

from collections.abc import Sequence
from typing import Any

from orca2.core.nouns import Message

START, END = "<|im_start|>", "<|im_end|>"

TEMPLATE = (
    "{% if messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\n' + %SYSTEM% + '<|im_end|>\\n' }}{% endif %}"
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


def template(system: str) -> str:
    """The ChatML template whose default system message is `system`."""
    quoted = system.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return TEMPLATE.replace("%SYSTEM%", f"'{quoted}'")


class ChatML:
    """Encodes conversations for one tokenizer that has the two control tokens.

    Raises KeyError if it has not; `models.transformers.prepare` adds them.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        vocabulary = tokenizer.get_vocab()
        self.start, self.end = vocabulary[START], vocabulary[END]
        bos = tokenizer.bos_token_id
        probe = tokenizer("x")["input_ids"]
        self.bos = [bos] if bos is not None and bos != self.start and probe[0] == bos else []

    def text(self, text: str) -> list[int]:
        """Token ids of plain text, special-token text included as text."""
        ids = self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
        return list(ids)

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Ids up to where the assistant starts to answer."""
        ids = list(self.bos)
        for message in messages:
            ids += [self.start, *self.text(f"{message.role}\n{message.content}"), self.end, *self.text("\n")]
        return [*ids, self.start, *self.text("assistant\n")]

    def answer(self, text: str) -> list[int]:
        """Ids of an answer with the end-of-turn token that serving stops on."""
        return [*self.text(text), self.end]
