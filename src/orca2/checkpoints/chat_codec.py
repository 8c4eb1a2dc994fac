"""Any chat template, id for id: the same function makes the prompt in training and in answering.

The template is rendered with marks in place of the contents. So its own text is told from theirs, and only its
own can become control tokens: `<|im_end|>` typed by anyone stays text.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from orca2.checkpoints.encoder import MARK, Encoder
from orca2.checkpoints.template import CLOCK, HAND, UNSET, System, template_of, unwrap, wrap
from orca2.core.types import Message
from orca2.errors import ModelError

TIME = re.compile(f"{HAND}([^{HAND}]*){HAND}")
INDEX = re.compile(f"{MARK}(\\d+){MARK}")  # stands for the content of a message while the template is rendered
QUESTION, ANSWER = Message("user", "?"), Message("assistant", "!")


class ChatCodec:
    """Turns conversations into ids, and ids of answers into text, for one tokenizer that has a chat template.

    `ensure_chat_template` gives one to a tokenizer without. `end` is the id that ends an answer: the template's first
    control token after it, or else the tokenizer's eos. `system` says what the template does with a system message,
    `default` which one `with_default` put in. `answer_prefix` is what the template writes between the prompt and an
    answer, `bos_text` what the tokenizer puts before any text. `dated` says whether the template writes the date: that
    of `now`, or else of the clock at each call. ModelError where there is no template, or none that can be used.
    """

    def __init__(self, tokenizer: Any, now: datetime | None = None) -> None:
        if not hasattr(tokenizer, "backend_tokenizer"):
            raise ModelError(f"{type(tokenizer).__name__} is no fast tokenizer; convert it to a tokenizer.json")
        self.tokenizer = tokenizer
        template = template_of(tokenizer)
        if template is None:
            raise ModelError(f"{tokenizer.name_or_path} has no chat template; save one with the tokenizer")
        self.template, self.default = unwrap(template)
        self._now, self.dated = now, False
        self.system: System = self._find_system()
        self.dated = "strftime_now" in self.template and self._find_date()
        turns = self._segments([QUESTION, ANSWER, QUESTION], add_generation_prompt=True)
        bos = tokenizer.bos_token_id
        adds = bos is not None and tokenizer("x")["input_ids"][:1] == [bos]
        self.bos_text: str = tokenizer.bos_token if adds else ""
        self._bos: str = tokenizer.bos_token if adds and not turns[0].startswith(tokenizer.bos_token) else ""
        self._encoder = Encoder(tokenizer, "\n".join(turns[::2]))
        self._opening = self._text([QUESTION], add_generation_prompt=True)
        self._opening_ids = self._encoder.ids(self._opening)
        answer_prefix, _, tail = self._around(ANSWER.content)
        self._marked_prefix, self.answer_prefix = answer_prefix, re.sub(f"{MARK}.", "", answer_prefix)
        self._end = tail[-2:]
        self.end: int = self._encoder.ids(self._end)[0]

    def encode_prompt(self, messages: Sequence[Message], add_generation_prompt: bool = True) -> list[int]:
        """Ids up to where the assistant starts to answer; without `add_generation_prompt` to the last message's end."""
        return self._encoder.ids(self._text(self._apply_system(messages), add_generation_prompt))

    def encode_unfinished(self, messages: Sequence[Message]) -> list[int]:
        """Ids up to the end of the last message's text, which is to be gone on with in its turn."""
        turns = self._apply_system(messages)
        segments = self._segments(turns, add_generation_prompt=False)
        places = [index for index in range(1, len(segments), 2) if segments[index] == str(len(turns) - 1)]
        if not places:
            raise ModelError("the last message is empty, so that there is nothing to go on with")
        text, last = turns[-1].content, places[-1]
        space = text[len(text.rstrip()) :]
        kept = space if segments[last + 1].startswith(space) else ""  # a template may trim it
        return self._encoder.ids(self._fill(segments[: last + 1], turns) + kept)

    def encode_answer(self, text: str) -> list[int]:
        """Ids of an answer as they follow the prompt, with the end-of-turn token that serving stops on.

        If the template writes something between the two (a newline, an empty thought), the answer starts with it.
        """
        around = "".join(self._around(text))
        ids, count = self._encoder.ids(self._opening + around), len(self._opening_ids)
        if ids[:count] == self._opening_ids:
            return ids[count:]
        return self._encoder.ids(self._end + around)[1:]  # the two would merge: the answer after a control token

    def encode_next_turn(self, messages: Sequence[Message]) -> list[int] | None:
        """Ids that come after the end of the last answer, where only a user's turn follows it.

        None where the template now writes differently what came before, so that kept ids would not be its own.
        """
        before, answer = list(messages[:-2]), messages[-2].content.strip()
        whole, start = (self._text(self._apply_system(turns), True) for turns in (messages, before))
        core = self._encoder.content_text(answer)
        index = whole.find(core, len(start))
        between = whole[len(start) : index].strip()
        if not whole.startswith(start) or index < 0 or between != self._marked_prefix.strip():
            return None
        rest = whole[index + len(core) :].lstrip()
        return self._encoder.ids(rest)[1:] if rest.startswith(self._end) else None

    def is_control(self, token: str) -> bool:
        """Whether the template's own text may hold this token."""
        return self._encoder.control.fullmatch(token) is not None

    def encode_text(self, text: str) -> list[int]:
        """Ids of a text that is no conversation, to be continued; it holds no control token either."""
        return self._encoder.ids(self._encoder.template_text(self.bos_text) + self._encoder.content_text(text))

    def decode_answer(self, ids: Sequence[int]) -> str:
        """The text of an answer, without what the template writes before it; empty while that is not complete."""
        text = self.decode(ids)
        return "" if self.answer_prefix.startswith(text) else text.removeprefix(self.answer_prefix)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids that a model gave, without control tokens."""
        return str(self.tokenizer.decode(ids, skip_special_tokens=True))

    def with_default(self, system: str) -> str:
        """The tokenizer's template, with `system` as what it puts in where there is no system message."""
        return wrap(self.template, system, self.system, bool(self._bos))

    def for_llama_cpp(self) -> str:
        """The tokenizer's template, which does not take the date that llama.cpp would give it unless it asks itself."""
        whole = template_of(self.tokenizer) or ""
        keeps = "date_string" in self.template and not self.dated
        return whole.removesuffix(self.template) + UNSET * keeps + self.template

    def _apply_system(self, messages: Sequence[Message]) -> list[Message]:
        """What the template from `with_default` does in Jinja, done to the messages."""
        turns = list(messages)
        if self.default is not None and turns[0].role != "system":
            turns.insert(0, Message("system", self.default))
        if self.system == "turn" or turns[0].role != "system":
            return turns
        system, *rest = turns
        if not system.content:
            return rest
        if self.system == "refused" and rest:
            return [Message("user", f"{system.content}\n\n{rest[0].content}"), *rest[1:]]
        return turns

    def _find_system(self) -> System:
        try:
            before, _, between, *_ = self._segments([Message("system", "."), QUESTION], add_generation_prompt=False)
        except ModelError:
            return "refused"
        alone = self._segments([QUESTION], add_generation_prompt=False)[0]
        return "mixed" if not between.strip() and before == alone else "turn"

    def _find_date(self) -> bool:
        """Whether a conversation holds what the template got from the clock."""
        asked = [QUESTION] if self.system == "refused" else [Message("system", "."), QUESTION]
        return any(
            HAND in self._render([{"role": m.role, "content": m.content} for m in messages], CLOCK + self.template)
            for messages in (asked, [QUESTION])
        )

    def _segments(self, messages: Sequence[Message], add_generation_prompt: bool) -> list[str]:
        """The rendered conversation as template text, index of a message, template text, ..., template text.

        A content's outer whitespace counts as template text, so that a template that trims contents trims it.
        """
        marked = []
        for index, message in enumerate(messages):
            core, mark = message.content.strip(), f"{MARK}{index}{MARK}"
            if core:
                content = message.content.replace(core, mark, 1)
            else:  # an empty system message must not pass for none
                content = message.content + (mark if message.role != "user" else "")
            marked.append({"role": message.role, "content": content})
        fixed = self._now if self.dated else None
        text = self._render(marked, self.template if fixed is None else CLOCK + self.template, add_generation_prompt)
        if fixed is not None:
            text = TIME.sub(lambda found: fixed.strftime(found[1]), text)
        segments = INDEX.split(text)
        for index, message in enumerate(messages):
            if str(index) not in segments[1::2] and message.content.strip():
                raise ModelError(f"the student's chat template leaves out a {message.role} message")
        return segments

    def _render(self, messages: list[dict[str, str]], template: str, add_generation_prompt: bool = True) -> str:
        try:
            return str(
                self.tokenizer.apply_chat_template(
                    messages, chat_template=template, tokenize=False, add_generation_prompt=add_generation_prompt
                )
            )
        except Exception as error:  # a template is a program of somebody's: what it adds or looks up may fail
            raise ModelError(f"the student's chat template refuses a conversation: {error}") from error

    def _text(self, messages: Sequence[Message], add_generation_prompt: bool) -> str:
        return self._fill(self._segments(messages, add_generation_prompt), messages)

    def _fill(self, segments: Sequence[str], messages: Sequence[Message]) -> str:
        """Segments from the start of a conversation, as text for the encoder."""
        filled = [
            self._encoder.content_text(messages[int(segment)].content.strip())
            if index % 2
            else self._encoder.template_text(segment)
            for index, segment in enumerate(segments)
        ]
        return self._encoder.template_text(self._bos) + "".join(filled)

    def _around(self, answer: str) -> tuple[str, str, str]:
        """What follows the prompt: the template's text before an answer, the answer, and all up to the control token.

        Where the template has none there, the tokenizer's eos stands in.
        """
        messages = [QUESTION, Message("assistant", answer)]
        *before, _, tail = self._segments(messages, add_generation_prompt=False)
        start = self._fill(before, messages)
        if start.startswith(self._opening):
            answer_prefix = start[len(self._opening) :]
        else:  # the prompt goes beyond the turn, as with a thought that it opens
            answer_prefix = answer[: len(answer) - len(answer.lstrip())]
        ends = self._encoder.control.search(tail)
        if ends is None and self.tokenizer.eos_token is None:
            raise ModelError("nothing ends an answer: neither the chat template nor an end-of-sequence token")
        tail = tail[: ends.end()] if ends else tail + self.tokenizer.eos_token
        return answer_prefix, self._encoder.content_text(answer.strip()), self._encoder.template_text(tail)


def stop_ids(chat: ChatCodec, model: Any) -> list[int]:
    """The ids that end an answer of a model: the end of turn first, then those of its generation config."""
    eos = model.generation_config.eos_token_id
    return list(dict.fromkeys([chat.end, *(eos if isinstance(eos, list) else [eos] if eos is not None else [])]))
