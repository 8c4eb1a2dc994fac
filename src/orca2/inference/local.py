"""A checkpoint in memory that answers requests."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import torch

from orca2.checkpoints.chat_codec import ChatCodec, stop_ids
from orca2.checkpoints.quiet import quietly
from orca2.core.types import Completion, Request
from orca2.inference.decoding import Job, batch_limits, batches, decode, decode_rows, make_rows
from orca2.inference.session import LocalSession


class LocalModel:
    """A checkpoint in memory. Prompts come from its chat template, by the function that training uses too.

    `compute` is the type to compute in where it is not that of the weights, `batch_tokens` how many tokens of prompts
    and answers are decoded at once (0: what suits the device).
    """

    window = 1 << 16  # rows at work at once: what is given together is grouped by length

    def __init__(
        self, name: str, model: Any, tokenizer: Any, compute: torch.dtype | None = None, batch_tokens: int = 0
    ) -> None:
        self.name, self.keep, self.compute, self.batch_tokens = name, True, compute, batch_tokens
        self.model, self.tokenizer = model.eval(), tokenizer
        self.chat = ChatCodec(tokenizer)
        self.stop = set(stop_ids(self.chat, model))
        self.context: int = getattr(model.config, "max_position_embeddings", 1 << 30)

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        jobs = []
        for index, request in enumerate(requests):
            ids = self.chat.encode_prompt(request.messages)
            room = self.context - len(ids)
            if room < 1:
                error = f"{len(ids)} prompt tokens and an answer exceed {self.context}"
                yield index, Completion("", "error", len(ids), error=error)
            else:
                allowed = min(request.max_tokens, room)  # an answer may fill the context
                jobs.append(Job(index, ids, allowed, request.temperature, request.seed + request.sample))
        # autocast is of one thread: entered around this, it would not reach the one that generates
        cast = self.compute not in (None, torch.float32)
        trained = self.compute is not None and self.model.device.type == "cuda"  # and lent out on the way
        if not cast and not trained and (fast := make_rows(self.model, jobs, self.batch_tokens)):
            rows, limits = fast
            for job, new in quietly(decode_rows(rows, jobs, self.stop, limits)):
                yield job.index, self._completion(job, new)
            return
        with torch.autocast(self.model.device.type, self.compute, enabled=cast):
            limits = batch_limits(self.model, self.batch_tokens)
            share = limits.min_finished_share
            for batch in batches(jobs, limits):
                for job, new in quietly(decode(self.model, batch, self.stop, self.chat.end, share)):
                    yield job.index, self._completion(job, new)

    def session(self) -> LocalSession:
        return LocalSession(self.model, self.stop)

    def _completion(self, job: Job, new: list[int]) -> Completion:
        stopped = new[-1] in self.stop
        text = self.chat.decode_answer(new[:-1] if stopped else new)
        return Completion(text.strip(), "stop" if stopped else "length", len(job.ids), len(new))
