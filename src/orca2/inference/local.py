"""A checkpoint in memory that answers requests."""

from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import partial
from typing import Any

import torch

from orca2.checkpoints.chat_codec import ChatCodec, stop_ids
from orca2.checkpoints.quiet import quietly
from orca2.core.types import Completion, Request
from orca2.inference.limits import engine_limits
from orca2.inference.requests import Finish, GenerationRequest, RunningRequest, StreamChunk
from orca2.inference.sampling import Sampling
from orca2.inference.scheduler import Scheduler
from orca2.inference.session import LocalSession
from orca2.inference.thinking import encode_request
from orca2.reading.completion import parted


class LocalModel:
    """A checkpoint in memory. Prompts come from its chat template, by the function that training uses too.

    `compute` is the type to compute in where it is not that of the weights, `batch_tokens` how many tokens of prompts
    and answers are decoded at once (0: what suits the device).
    """

    window = 1 << 16  # rows at work at once: what is given together is answered in the order of its length

    def __init__(
        self, name: str, model: Any, tokenizer: Any, compute: torch.dtype | None = None, batch_tokens: int = 0
    ) -> None:
        self.name, self.keep, self.compute, self.batch_tokens = name, True, compute, batch_tokens
        self.model, self.tokenizer = model.eval(), tokenizer
        self.chat = ChatCodec(tokenizer)
        self.stop = set(stop_ids(self.chat, model))
        self.context: int = getattr(model.config, "max_position_embeddings", 1 << 30)
        self.keeps_cache = (
            False  # from one call of `generate` to the next, with its graphs: for who is asked again soon
        )
        self._scheduler: Scheduler | None = None

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        asked: dict[int, GenerationRequest] = {}
        for index, request in enumerate(requests):
            ids, budget = encode_request(self.chat, request)
            room = self.context - len(ids)
            if room < 1:
                error = f"{len(ids)} prompt tokens and an answer exceed {self.context}"
                yield index, Completion("", "error", len(ids), error=error)
            else:
                sampling = Sampling(request.temperature, seed=request.seed + request.sample)
                asked[index] = GenerationRequest(ids, min(request.max_tokens, room), sampling, thinking_budget=budget)
        # autocast is of one thread: entered around this, it would not reach the one that generates
        cast = self.compute not in (None, torch.float32)
        with torch.autocast(self.model.device.type, self.compute, enabled=cast):
            for index, chunk in quietly(self._answers(asked)):
                assert chunk.finish is not None  # there is one chunk
                new = [sampled.id for sampled in chunk.sampled]
                yield index, as_completion(self.chat, asked[index].ids, new, chunk.finish, chunk.tokens)

    def session(self) -> LocalSession:
        return LocalSession(self.model, self.stop)

    def _answers(self, asked: dict[int, GenerationRequest]) -> Iterator[tuple[int, StreamChunk]]:
        """Each answer as it ends, in one chunk. One that is trained, and lent out on the way, has no graphs."""
        if self._scheduler is not None and not self._scheduler.idle:  # left in the midst of its work
            self._scheduler = None  # before the memory that is free is looked at
        scheduler = self._scheduler or self._new_scheduler()
        self._scheduler = scheduler if self.keeps_cache else None
        ended = deque[tuple[int, StreamChunk]]()
        for index, request in asked.items():
            told = partial(_tell, ended, index)
            # text is read as it comes only where it may have to be told to end its thought
            chat = None if request.thinking_budget is None else self.chat
            scheduler.add(RunningRequest(request, told, chat, len(request.ids) + request.max_tokens, whole=True))
        while not scheduler.idle:
            scheduler.step()
            while ended:
                yield ended.popleft()

    def _new_scheduler(self) -> Scheduler:
        limits = engine_limits(self.model, tokens=self.batch_tokens, batch=True)
        return Scheduler(self.model, self.stop, limits, graphed=self.compute is None)


def as_completion(
    chat: ChatCodec, prompt: Sequence[int], new: Sequence[int], finish: Finish, tokens: int
) -> Completion:
    """What the ids of an answer come to: the thought apart from the text, `tokens` counting both and what ended them.
    One that was cut in its thought has no text. Where the template knows of no thoughts they are read in the text."""
    text, thought = chat.decode_answer(new, prompt)
    if chat.thoughts is None:
        return parted(Completion(text.strip(), finish, len(prompt), tokens))
    count = chat.count_thought(new, prompt) if thought else 0
    return Completion(text.strip(), finish, len(prompt), tokens, reasoning=thought, reasoning_tokens=count)


def _tell(ended: deque[tuple[int, StreamChunk]], index: int, chunk: StreamChunk) -> None:
    ended.append((index, chunk))
