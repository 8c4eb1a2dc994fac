"""A chat template rendered with marks in place of the contents, so that its own text is told from theirs."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orca2.checkpoints.encoder import MARK
from orca2.checkpoints.template import CLOCK, HAND, System, unwrap
from orca2.checkpoints.thought_form import ThoughtForm, find_thought_form, with_fields
from orca2.core.types import Message
from orca2.errors import ModelError

TIME = re.compile(f"{HAND}([^{HAND}]*){HAND}")
INDEX = re.compile(rf"{MARK}(\d+){MARK}")  # stands for the content of a message while the template is rendered
WORD = re.compile(r"""['"](/[a-z_]{3,20})['"]""")  # such as SmolLM3's "/no_think", looked for in what is said
QUESTION, ANSWER = Message("user", "?"), Message("assistant", "!")


class MarkedTemplate:
    """The chat template of a tokenizer: `text` without what `wrap` put around it, and the `default` that this was.

    `system` says what it does with a system message, `dated` whether it writes the date, that of `now` or else of the
    clock, `form` how it writes thoughts.
    """

    def __init__(self, tokenizer: Any, template: str, now: datetime | None) -> None:
        self._tokenizer = tokenizer
        self.text, self.default = unwrap(template)
        self._now, self.dated = now, False
        self.form: ThoughtForm | None = None
        words = sorted({re.escape(word) for word in WORD.findall(self.text)}, key=len, reverse=True)
        self._words = re.compile(rf"(\s*(?:{'|'.join(words)})\s*)") if words else None
        self.system: System = self._find_system()
        self.dated = "strftime_now" in self.text and self._find_date()
        self.form = self._find_thoughts()

    def apply_system(self, messages: Sequence[Message]) -> list[Message]:
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

    def segments(self, messages: Sequence[Message], add_generation_prompt: bool, **told: bool | str) -> list[str]:
        """The rendered conversation as template text, index in `contents`, template text, ..., template text.

        A content's outer whitespace counts as template text, so that a template that trims contents trims it; so do
        words in it that the template looks for.
        """
        marked, texts = self._mark(messages)
        fixed = self._now if self.dated else None
        template = self.text if fixed is None else CLOCK + self.text
        text = self._render(marked, template, add_generation_prompt, **told)
        if fixed is not None:
            text = TIME.sub(lambda found: fixed.strftime(found[1]), text)
        segments = INDEX.split(text)
        for index, message in enumerate(messages):
            if str(index) not in segments[1::2] and texts[index]:
                raise ModelError(f"the student's chat template leaves out a {message.role} message")
        return segments

    def contents(self, messages: Sequence[Message]) -> list[str]:
        """The contents, then the thoughts, without their outer whitespace; of a content with a word that the template
        looks for the part before it, and the others at the end."""
        return self._mark(messages)[1]

    def _mark(self, messages: Sequence[Message]) -> tuple[list[dict[str, Any]], list[str]]:
        """What the template is given, and the texts that its marks stand for."""
        marked, texts, thoughts, further = list[dict[str, Any]](), list[str](), list[str](), list[str]()
        for index, message in enumerate(messages):
            mark, thought = _marked(index), _marked(index + len(messages))
            text, reasoning = message.content.strip(), message.reasoning.strip()
            if inline := self._inline(message):
                content, text, reasoning = _replaced(inline, thought, mark), inline[2].strip(), inline[1].strip()
            elif message.role != "assistant" and self._words and (words := self._words.split(text))[1:]:
                text, more, first = words[0], words[2::2], len(further) + 2 * len(messages)
                marks = [mark, *map(_marked, range(first, first + len(more)))]
                told_apart = [mark if part else "" for mark, part in zip(marks, [text, *more], strict=True)]
                inner = "".join(part for pair in zip(told_apart, [*words[1::2], ""], strict=True) for part in pair)
                content = message.content.replace(message.content.strip(), inner, 1)
                further += more
            elif text:
                content = message.content.replace(text, mark, 1)
            else:  # an empty system message must not pass for none
                content = message.content + (mark if message.role != "user" else "")
            texts.append(text)
            thoughts.append(reasoning)
            marked.append(with_fields({"role": message.role, "content": content}, message.reasoning and thought))
        return marked, [*texts, *thoughts, *further]

    def _find_system(self) -> System:
        try:
            before, _, between, *_ = self.segments([Message("system", "."), QUESTION], add_generation_prompt=False)
        except ModelError:
            return "refused"
        alone = self.segments([QUESTION], add_generation_prompt=False)[0]
        return "mixed" if not between.strip() and before == alone else "turn"

    def _find_date(self) -> bool:
        """Whether a conversation holds what the template got from the clock."""
        asked = [QUESTION] if self.system == "refused" else [Message("system", "."), QUESTION]
        return any(
            HAND in self._render([{"role": m.role, "content": m.content} for m in messages], CLOCK + self.text)
            for messages in (asked, [QUESTION])
        )

    def _find_thoughts(self) -> ThoughtForm | None:
        question, thought, answer = (f"{MARK}{index}{MARK}" for index in range(3))

        def render(message: Mapping[str, Any] | None, **told: bool | str) -> str | None:
            turns = [{"role": "user", "content": question}, *([dict(message)] if message else [])]
            try:
                return self._render(turns, self.text, message is None, **told)
            except ModelError:
                return None

        return find_thought_form(self.text, render, question, thought, answer)

    def _inline(self, message: Message) -> re.Match[str] | None:
        """An assistant's thought in its content, which a template that knows such thoughts takes out of it."""
        if self.form is None or message.role != "assistant" or message.reasoning:
            return None
        opens, closes = self.form.opens.strip(), self.form.closes.strip()
        if closes not in self.text or closes not in message.content:
            return None
        return re.match(rf"\s*(?:{re.escape(opens)})?(.*?){re.escape(closes)}(.*)", message.content, re.DOTALL)

    def _render(
        self, messages: list[dict[str, Any]], template: str, add_generation_prompt: bool = True, **told: bool | str
    ) -> str:
        try:
            return str(
                self._tokenizer.apply_chat_template(
                    messages,
                    chat_template=template,
                    tokenize=False,
                    add_generation_prompt=add_generation_prompt,
                    **told,
                )
            )
        except Exception as error:  # a template is a program of somebody's: what it adds or looks up may fail
            raise ModelError(f"the student's chat template refuses a conversation: {error}") from error


def _marked(index: int) -> str:
    return f"{MARK}{index}{MARK}"


def _replaced(inline: re.Match[str], thought: str, content: str) -> str:
    """A content with a thought in it, marks in place of both."""
    whole, (begins, ends), text = inline.string, inline.span(1), inline[2]
    inner = inline[1].replace(inline[1].strip(), thought, 1) if inline[1].strip() else inline[1]
    outer = text.replace(text.strip(), content, 1) if text.strip() else text + content
    return whole[:begins] + inner + whole[ends : inline.start(2)] + outer
