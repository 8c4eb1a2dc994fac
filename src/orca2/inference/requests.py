"""One answer while it is made: its ids, its own sampler and text, and where it stands in the cache."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.detokenizer import CONTEXT, AnswerReader
from orca2.checkpoints.thought_splitter import Piece
from orca2.inference.sampling import SampledToken, Sampler, Sampling, score

Finish = Literal["stop", "length", "error"]
SECONDS_PER_TOKEN = 0.05  # seconds that a new token may take, for the order in which answers begin


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """A prompt to continue. `max_tokens` counts the id that ends an answer too; with 0 the prompt is only read.

    With `prompt_logprobs` the prompt's ids get log-probabilities as the new ones do. `begins_turn` says that an answer
    begins after the prompt, so that what the template writes before one is no part of it. A thought of
    `thinking_budget` ids is closed by force (None: never), and the answer comes next.
    """

    ids: Sequence[int]
    max_tokens: int
    sampling: Sampling = field(default_factory=Sampling)
    prompt_logprobs: bool = False
    begins_turn: bool = True
    thinking_budget: int | None = None


@dataclass(frozen=True, slots=True)
class StreamChunk:
    """What came since the last one: text that is certain, and the ids it was read from.

    `tokens` counts the new ids so far, `reused` the prompt's ids that were in a cache. The last chunk has a `finish`;
    with "error" the text is the reason. `ended` is the id that ended the answer, if one did. The first chunk has the
    `prompt` if its log-probabilities were asked for; the first id of all has none. `reasoning` is text of the thought,
    `reasoning_tokens` its ids so far.
    """

    text: str
    sampled: tuple[SampledToken, ...] = ()
    tokens: int = 0
    reused: int = 0
    finish: Finish | None = None
    ended: SampledToken | None = None
    prompt: tuple[SampledToken, ...] = ()
    reasoning: str = ""
    reasoning_tokens: int = 0


class RunningRequest:
    """`ids` are prompt and answer, the first `num_computed` of them in the cache.

    Without a `chat` there is no text, and one chunk at the end, as there is of a `whole` answer. Of those that wait,
    the one of the lowest `priority` begins. If none is given it is when the answer could be there: a short one does not
    wait behind long ones, and a long one waits for those only that came while it could have been made.
    """

    def __init__(
        self,
        request: GenerationRequest,
        on_chunk: Callable[[StreamChunk], None],
        chat: ChatCodec | None = None,
        priority: float | None = None,
        whole: bool = False,
    ) -> None:
        self.request, self.on_chunk = request, on_chunk
        self.ids = list(request.ids)
        self.num_computed = self.tokens = 0
        self.reused: int | None = None
        self.cancelled = self.finished = False
        self.priority = time.monotonic() + SECONDS_PER_TOKEN * request.max_tokens if priority is None else priority
        self.sampler = Sampler(request.sampling, self.ids)
        self._reader = AnswerReader(chat, request.ids, request.sampling.stop, request.begins_turn) if chat else None
        self._chat, self._whole = chat, whole or chat is None
        self._thought = 0  # ids of the thought so far
        self._forced: list[int] = []  # ids that come next, whatever is drawn
        self._pending: list[SampledToken] = []
        self._ended: SampledToken | None = None
        self._pending_prompt = [SampledToken(request.ids[0])] if request.prompt_logprobs else []
        self._scored = len(self._pending_prompt)  # of the prompt's ids

    @property
    def num_uncomputed(self) -> int:
        return len(self.ids) - self.num_computed

    @property
    def needs_prompt_logprobs(self) -> bool:
        """Whether logits are needed after each of the prompt's ids."""
        return self.request.prompt_logprobs and self._scored < len(self.request.ids)

    def score(self, start: int, logits: torch.Tensor) -> None:
        """Take the logits (ids, vocabulary) after the prompt's ids from `start` on; some may have come before."""
        ids = self.request.ids[self._scored : start + 1 + len(logits)]
        first = self._scored - 1 - start
        self._pending_prompt += score(logits[first : first + len(ids)], ids, self.request.sampling.logprobs or 0)
        self._scored += len(ids)

    def add(self, sampled: SampledToken, ends: Collection[int]) -> None:
        """Take the next id and tell what is certain. Of an answer that has finished it is nothing."""
        if self.finished:
            return
        if not self.request.max_tokens:
            self.finished = True
            self.emit("", "length")
            return
        self.tokens += 1
        if self._forced:
            sampled = SampledToken(self._forced.pop(0))
        stopped = sampled.id in ends
        piece = Piece()
        if stopped:
            self._ended = sampled
        else:
            self.ids.append(sampled.id)
            if self._reader or sampled.logprob is not None:
                self._pending.append(sampled)
            piece = self._read(sampled.id)
        cut = self._reader is not None and self._reader.stopped is not None
        self.finished = stopped or cut or self.tokens >= self.request.max_tokens
        if self.finished:
            if self._reader and self._chat:
                rest = self._reader.rest()
                piece = Piece(piece.text + rest.text, piece.reasoning + rest.reasoning)
                if self._reader.stopped is not None:
                    stopped = True
                    self._forget_after(piece.text, self._chat)
            self.emit(piece.text, "stop" if stopped else "length", piece.reasoning)
        elif any(piece) and not self._whole:
            self.emit(piece.text, reasoning=piece.reasoning)

    def _read(self, token: int) -> Piece:
        """The text of the next id; a thought that has used up its budget is closed from here on."""
        if self._reader is None:
            return Piece()
        before = self._reader.thinking
        piece = self._reader.add(token)
        self._thought += before or self._reader.thinking
        budget = self.request.thinking_budget
        if self._reader.thinking and self._chat and budget is not None and self._thought >= budget and not self._forced:
            self._forced = self._chat.encode_closing()
        return piece

    def emit(self, text: str, finish: Finish | None = None, reasoning: str = "") -> None:
        if self._whole and self.request.sampling.logprobs is None:  # thousands of them would be held till now
            self._pending = [SampledToken(token) for token in self.ids[len(self.request.ids) :]]
        told, prompt = tuple(self._pending), tuple(self._pending_prompt)
        chunk = StreamChunk(
            text, told, self.tokens, self.reused or 0, finish, self._ended, prompt, reasoning, self._thought
        )
        self._pending, self._pending_prompt = [], []
        try:
            self.on_chunk(chunk)
        except RuntimeError:  # the event loop that it was for is closed
            self.cancelled = True

    def _forget_after(self, text: str, chat: ChatCodec) -> None:
        """Ids that only the stop string was read from are no part of the answer."""
        if chat.thoughts is not None and self.request.begins_turn:
            return  # of a student that thinks they stay: its text does not say which ids it was read from
        ids = [sampled.id for sampled in self._pending]
        before = self.ids[len(self.request.ids) if self.request.begins_turn else 0 : -len(ids) or None][-CONTEXT:]
        known = len(chat.decode(before)) + len(text)
        count = next((n for n in range(len(ids)) if len(chat.decode([*before, *ids[:n]])) >= known), len(ids))
        self._pending = self._pending[:count]
