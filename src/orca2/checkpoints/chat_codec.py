"""Any chat template, id for id: the same function makes the prompt in training and in answering.

The template is rendered with marks in place of the contents. So its own text is told from theirs, and only its
own can become control tokens: `<|im_end|>` typed by anyone stays text.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from orca2.checkpoints.encoder import MARK, TWIN, Encoder
from orca2.checkpoints.marked_template import ANSWER, QUESTION, MarkedTemplate
from orca2.checkpoints.template import UNSET, template_of, wrap
from orca2.checkpoints.thought_form import PromptEnd, ThinkingMode, switches
from orca2.checkpoints.thought_splitter import Piece, ThoughtSplitter
from orca2.core.types import Message
from orca2.errors import ModelError

LAST = 24  # ids at the end of a prompt, more than open a thought


class ChatCodec:
    """Turns conversations into ids, and ids of answers into text, for one tokenizer that has a chat template.

    `ensure_chat_template` gives one to a tokenizer without. `end` is the id that ends an answer: the template's first
    control token after it, or else the tokenizer's eos. `system` says what the template does with a system message,
    `default` which one `with_default` put in. `answer_prefix` is what the template writes between the prompt and an
    answer, `bos_text` what the tokenizer puts before any text. `dated` says whether the template writes the date: that
    of `now`, or else of the clock at each call. `thought_form` is how the template writes a thought, None where it
    knows of none, and `thoughts` the same with its control tokens as `decode_marked` gives them. `chooses` says whether
    the student may think or not as it likes: the prompt has not closed its thought. ModelError where there is no
    template, or none that can be used.
    """

    def __init__(self, tokenizer: Any, now: datetime | None = None) -> None:
        if not hasattr(tokenizer, "backend_tokenizer"):
            raise ModelError(f"{type(tokenizer).__name__} is no fast tokenizer; convert it to a tokenizer.json")
        self.tokenizer = tokenizer
        template = template_of(tokenizer)
        if template is None:
            raise ModelError(f"{tokenizer.name_or_path} has no chat template; save one with the tokenizer")
        self._marked = MarkedTemplate(tokenizer, template, now)
        self.template, self.default = self._marked.text, self._marked.default
        self.system, self.dated, form = self._marked.system, self._marked.dated, self._marked.form
        turns = self._marked.segments([QUESTION, ANSWER, QUESTION], add_generation_prompt=True)
        written = [*turns[::2], *((form.opens, form.closes, form.empty) if form else ())]
        bos = tokenizer.bos_token_id
        adds = bos is not None and tokenizer("x")["input_ids"][:1] == [bos]
        self.bos_text: str = tokenizer.bos_token if adds else ""
        self._bos: str = tokenizer.bos_token if adds and not turns[0].startswith(tokenizer.bos_token) else ""
        self._encoder = Encoder(tokenizer, "\n".join(written))
        self.thought_form, self.thoughts = form, form.mapped(self._encoder.template_text) if form else None
        self._opening, self._opening_end = self._prompt_of([QUESTION], "auto", "")
        self.chooses = self.thoughts is not None and self._opening_end != "closed"
        self._opening_ids = self._encoder.ids(self._opening)
        answer_prefix, _, tail = self._around(ANSWER.content)
        self._marked_prefix, self.answer_prefix = answer_prefix, re.sub(f"{MARK}.", "", answer_prefix)
        self._tail, self._end = tail, tail[-2:]
        self.end: int = self._encoder.ids(self._end)[0]

    def encode_prompt(
        self, messages: Sequence[Message], add_generation_prompt: bool = True, thinking: ThinkingMode = "auto",
        effort: str = "",
    ) -> list[int]:  # fmt: skip
        """Ids up to where the assistant starts to answer; without `add_generation_prompt` to the last message's end.

        With `thinking` on, a thought has begun then, with off it is over, if the template has any form for that. The
        `effort` is for a template that knows efforts.
        ModelError where the conversation itself has closed the thought that is asked for.
        """
        if not add_generation_prompt:
            return self._encoder.ids(self._text(self._marked.apply_system(messages), False))
        return self._encoder.ids(self._prompt(messages, thinking, effort)[0])

    def encode_unfinished(self, messages: Sequence[Message]) -> list[int]:
        """Ids up to the end of the last message's text, which is to be gone on with in its turn."""
        turns = self._marked.apply_system(messages)
        segments = self._marked.segments(turns, add_generation_prompt=False)
        places = [index for index in range(1, len(segments), 2) if segments[index] == str(len(turns) - 1)]
        if not places:
            raise ModelError("the last message is empty, so that there is nothing to go on with")
        text, last = turns[-1].content, places[-1]
        space = text[len(text.rstrip()) :]
        kept = space if segments[last + 1].startswith(space) else ""  # a template may trim it
        return self._encoder.ids(self._fill(segments[: last + 1], turns) + kept)

    def encode_lesson(self, messages: Sequence[Message]) -> tuple[list[int], list[int]]:
        """Ids of the prompt as serving has them, and those of the answer that the messages end with."""
        *before, answer = messages
        prompt, end = self._prompt(before)
        return self._encoder.ids(prompt), self._answer_ids(prompt, end, answer)

    def encode_answer(self, text: str, reasoning: str = "") -> list[int]:
        """Ids of an answer as they follow the prompt, with the end-of-turn token that serving stops on.

        If the template writes something between the two (a newline, an empty thought), the answer starts with it.
        """
        return self._answer_ids(self._opening, self._opening_end, Message("assistant", text, reasoning))

    def encode_closing(self) -> list[int]:
        """Ids that end a thought by force, so that the answer comes next; none where there are no thoughts."""
        return self._encoder.ids(self._end + self.thoughts.closes)[1:] if self.thoughts else []

    def encode_next_turn(self, messages: Sequence[Message]) -> list[int] | None:
        """Ids that come after the end of the last answer, where only a user's turn follows it.

        None where the template now writes differently what came before, so that kept ids would not be its own.
        """
        before, answer = list(messages[:-2]), messages[-2]
        whole, (start, end) = self._text(self._marked.apply_system(messages), True), self._prompt(before)
        lead = self._marked_prefix if self.thoughts is None else self._lead(end, answer)
        core = self._encoder.content_text(answer.content.strip())
        index = whole.find(core, len(start) + len(lead.strip()))
        between = whole[len(start) : index].strip()
        if not whole.startswith(start) or index < 0 or between != lead.strip():
            return None
        rest = whole[index + len(core) :].lstrip()
        return self._encoder.ids(rest)[1:] if rest.startswith(self._end) else None

    @property
    def knows_effort(self) -> bool:
        """Whether the template is told how much effort a thought may take, as that of gpt-oss."""
        return "reasoning_effort" in self.template

    def is_control(self, token: str) -> bool:
        """Whether the template's own text may hold this token."""
        return self._encoder.control.fullmatch(token) is not None

    def encode_text(self, text: str) -> list[int]:
        """Ids of a text that is no conversation, to be continued; it holds no control token either."""
        return self._encoder.ids(self._encoder.template_text(self.bos_text) + self._encoder.content_text(text))

    def decode_answer(self, ids: Sequence[int], prompt: Sequence[int] = ()) -> Piece:
        """The text of an answer to the ids of a `prompt`, without what the template writes before it, and the thought.

        The text is empty while what the template writes is not complete, and while the thought goes on.
        """
        if self.thoughts is None:
            text = self.decode(ids)
            return Piece("" if self.answer_prefix.startswith(text) else text.removeprefix(self.answer_prefix))
        splitter = ThoughtSplitter(self.thoughts, self.opens_thought(prompt))
        (text, thought), rest = splitter.add(self.decode_marked(ids)), splitter.rest()
        return Piece(self.unmarked(text + rest.text), self.unmarked(thought + rest.reasoning))

    def count_thought(self, ids: Sequence[int], prompt: Sequence[int] = ()) -> int:
        """How many ids of an answer are its thought, with what opens and closes it; 0 where it holds nothing."""
        if self.thoughts is None or not self.decode_answer(ids, prompt).reasoning:
            return 0
        low, high = 0, len(ids)
        while low < high:  # the fewest that end outside of it, behind its beginning
            middle = (low + high) // 2
            splitter = ThoughtSplitter(self.thoughts, self.opens_thought(prompt))
            parted = splitter.add(self.decode_marked(ids[:middle]))
            low, high = (low, middle) if not splitter.inside and parted.reasoning else (middle + 1, high)
        return low

    def types_mark(self, text: str) -> bool:
        """Whether a text has the mark of a thought where that is no token of its own, so that the two look alike."""
        marks = (self.thoughts.opens, self.thoughts.closes) if self.thoughts else ()
        return any(mark.strip() in text for mark in marks if not TWIN.search(mark))

    def opens_thought(self, prompt: Sequence[int] = ()) -> bool:
        """Whether the ids of a prompt, or of none in particular, end inside a thought."""
        if self.thoughts is None or not prompt:
            return self._opening_end == "open"
        return self.decode_marked(prompt[-LAST:]).rstrip().endswith(self.thoughts.opens.strip())

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids that a model gave, without control tokens."""
        return str(self.tokenizer.decode(ids, skip_special_tokens=True))

    def decode_marked(self, ids: Sequence[int]) -> str:
        """The text of ids with marks that nobody can type in place of control tokens; `unmarked` takes them out."""
        parts, run = list[str](), list[int]()
        for token in (*ids, None):
            twin = None if token is None else self._encoder.twin(token)
            if token is None or twin is not None:
                parts += [self.decode(run) if run else "", twin or ""]
                run = []
            else:
                run.append(token)
        return "".join(parts)

    def unmarked(self, text: str) -> str:
        return self._encoder.without_twins(text)

    def with_default(self, system: str) -> str:
        """The tokenizer's template, with `system` as what it puts in where there is no system message."""
        return wrap(self.template, system, self.system, bool(self._bos))

    def for_llama_cpp(self) -> str:
        """The tokenizer's template, which does not take the date that llama.cpp would give it unless it asks itself."""
        whole = template_of(self.tokenizer) or ""
        keeps = "date_string" in self.template and not self.dated
        return whole.removesuffix(self.template) + UNSET * keeps + self.template

    def _text(self, messages: Sequence[Message], add_generation_prompt: bool) -> str:
        return self._fill(self._marked.segments(messages, add_generation_prompt), messages)

    def _fill(self, segments: Sequence[str], messages: Sequence[Message]) -> str:
        """Segments from the start of a conversation, as text for the encoder."""
        texts = self._marked.contents(messages)
        filled = [
            self._encoder.content_text(texts[int(segment)]) if index % 2 else self._encoder.template_text(segment)
            for index, segment in enumerate(segments)
        ]
        return self._encoder.template_text(self._bos) + "".join(filled)

    def _prompt(
        self, messages: Sequence[Message], thinking: ThinkingMode = "auto", effort: str = ""
    ) -> tuple[str, PromptEnd]:
        """A prompt as text for the encoder, and where it ends."""
        return self._prompt_of(self._marked.apply_system(messages), thinking, effort)

    def _prompt_of(self, turns: Sequence[Message], thinking: ThinkingMode, effort: str) -> tuple[str, PromptEnd]:
        """The same of messages that are rendered as they are, without the default system message."""
        if self._marked.form is None:
            return self._text(turns, True), "neutral"
        segments = self._marked.segments(turns, True, **switches(thinking, effort))
        end = self._marked.form.end_of(segments[-1])
        more = {("on", "neutral"): self._marked.form.opens, ("off", "neutral"): self._marked.form.empty,
                ("off", "open"): self._marked.form.empty_open}.get((thinking, end), "")  # fmt: skip
        if thinking == "on" and end == "closed":
            raise ModelError("the conversation tells the student not to think; leave that out, or do not ask for it")
        segments[-1] += more
        return self._fill(segments, turns), self._marked.form.end_of(segments[-1])

    def _lead(self, end: PromptEnd, answer: Message) -> str:
        """What comes between a prompt and the text of an answer: its thought, or the mark that there is none."""
        assert self.thoughts is not None
        form, thought = self.thoughts, self._encoder.content_text(answer.reasoning.strip())
        if thought and end == "closed":
            raise ModelError("a lesson thinks where its prompt has closed the thought; leave out what closes it")
        if thought:
            return f"{form.opens if end == 'neutral' else ''}{thought}{form.closes}"
        return {"neutral": form.empty, "open": form.empty_open, "closed": ""}[end]

    def _answer_ids(self, prompt: str, end: PromptEnd, answer: Message) -> list[int]:
        if self.thoughts is None:
            if answer.reasoning:
                raise ModelError("the student's chat template has no form for a thought; set train.think_tokens")
            opening, ids_before, around = self._opening, self._opening_ids, "".join(self._around(answer.content))
        else:
            text = self._encoder.content_text(answer.content.strip())
            opening, around = _last_turn(prompt), self._lead(end, answer) + text + self._tail
            ids_before = self._encoder.ids(opening)
        ids, count = self._encoder.ids(opening + around), len(ids_before)
        if ids[:count] == ids_before:
            return ids[count:]
        return self._encoder.ids(self._end + around)[1:]  # the two would merge: the answer after a control token

    def _around(self, answer: str) -> tuple[str, str, str]:
        """What follows the prompt: the template's text before an answer, the answer, and all up to the control token.

        Where the template has none there, the tokenizer's eos stands in.
        """
        messages = [QUESTION, Message("assistant", answer)]
        *before, _, tail = self._marked.segments(messages, add_generation_prompt=False)
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


def _last_turn(prompt: str) -> str:
    """The end of a prompt from its last control token on: what comes before cannot merge with what follows."""
    twins = [match.start() for match in TWIN.finditer(prompt)]
    return prompt[twins[-1] :] if twins else prompt


def stop_ids(chat: ChatCodec, model: Any) -> list[int]:
    """The ids that end an answer of a model: the end of turn first, then those of its generation config."""
    eos = model.generation_config.eos_token_id
    return list(dict.fromkeys([chat.end, *(eos if isinstance(eos, list) else [eos] if eos is not None else [])]))
