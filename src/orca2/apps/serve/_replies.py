"""Answers in OpenAI's shapes: chat and completions, whole and in chunks."""

import secrets
import time
from collections.abc import Iterable, Sequence
from typing import Any

from orca2.apps.serve._bodies import ChatBody, CompletionBody
from orca2.apps.serve._logprobs import LegacyLogprobs, number
from orca2.apps.serve._served import Served
from orca2.checkpoints.detokenizer import BROKEN
from orca2.inference.requests import GenerationRequest, StreamChunk
from orca2.inference.sampling import SampledToken


class Chats:
    """/v1/chat/completions. With `echo` an answer begins with the assistant's message that the prompt ends with."""

    def __init__(self, served: Served, body: ChatBody) -> None:
        self.served, self.logprobs = served, body.logprobs
        self._thinks, self._shows = served.chat.thoughts is not None, body.include_reasoning
        self._same = _same("chatcmpl-", served)
        last = body.messages[-1]
        self._echo = last.content if body.echo and last.role == "assistant" else ""

    def openings(self, index: int) -> list[dict[str, Any]]:
        """The chunks that come before an answer's own."""
        deltas = [{"role": "assistant", "content": ""}, *([{"content": self._echo}] if self._echo else [])]
        return [self._chunk({"index": index, "delta": delta, "finish_reason": None}) for delta in deltas]

    def chunk(self, index: int, chunk: StreamChunk) -> dict[str, Any]:
        delta = self._thought(chunk.reasoning) if chunk.reasoning else {}
        delta |= {"content": chunk.text} if chunk.text else {}
        choice: dict[str, Any] = {"index": index, "delta": delta, "finish_reason": chunk.finish}
        if self.logprobs:
            choice["logprobs"] = self._told(chunk.sampled)
        return self._chunk(choice)

    def usage_chunk(self, usage: dict[str, Any]) -> dict[str, Any]:
        return {**self._same, "object": "chat.completion.chunk", "choices": [], "usage": usage}

    def whole(self, chunks: Sequence[Sequence[StreamChunk]], usage: dict[str, Any]) -> dict[str, Any]:
        choices = [
            {
                "index": index,
                "message": {
                    "role": "assistant",
                    "content": self._echo + _text(one),
                    "refusal": None,
                    **(self._thought("".join(chunk.reasoning for chunk in one)) if self._thinks else {}),
                },
                "logprobs": self._told(sampled for chunk in one for sampled in chunk.sampled)
                if self.logprobs
                else None,
                "finish_reason": one[-1].finish,
            }
            for index, one in enumerate(chunks)
        ]
        return {**self._same, "object": "chat.completion", "choices": choices, "usage": usage}

    def _thought(self, text: str) -> dict[str, str | None]:
        """Under both names that clients look for."""
        return dict.fromkeys(("reasoning_content", "reasoning"), text or None) if self._shows else {}

    def _chunk(self, choice: dict[str, Any]) -> dict[str, Any]:
        return {**self._same, "object": "chat.completion.chunk", "choices": [choice]}

    def _told(self, sampled: Iterable[SampledToken]) -> dict[str, Any]:
        content = []
        for one in sampled:
            likeliest = [self._one(token, logprob) for token, logprob in one.likeliest]
            content.append({**self._one(one.id, one.logprob), "top_logprobs": likeliest})
        return {"content": content, "refusal": None}

    def _one(self, token: int, logprob: float | None) -> dict[str, Any]:
        text = self.served.token_text(token)
        return {"token": text, "logprob": number(logprob), "bytes": None if BROKEN in text else [*text.encode()]}


class Completions:
    """/v1/completions: the answers to `requests`, `body.n` of each prompt in turn."""

    def __init__(self, served: Served, body: CompletionBody, requests: Sequence[GenerationRequest]) -> None:
        self._same = _same("cmpl-", served)
        self._echoes = [""] * len(requests)
        if body.echo:
            texts = [prompt if isinstance(prompt, str) else served.shown(prompt) for prompt in body.prompt]
            self._echoes = [text for text in texts for _ in range(body.n)]
        self._logprobs: list[LegacyLogprobs] = []
        if body.logprobs is not None:
            shows = isinstance(body.prompt[0], list)
            self._logprobs = [
                LegacyLogprobs(served, generation.ids, echo, shows)
                for generation, echo in zip(requests, self._echoes, strict=True)
            ]

    def openings(self, index: int) -> list[dict[str, Any]]:
        return []

    def chunk(self, index: int, chunk: StreamChunk) -> dict[str, Any]:
        return {**self._same, "object": "text_completion", "choices": [self._choice(index, [chunk])]}

    def usage_chunk(self, usage: dict[str, Any]) -> dict[str, Any]:
        return {**self._same, "object": "text_completion", "choices": [], "usage": usage}

    def whole(self, chunks: Sequence[Sequence[StreamChunk]], usage: dict[str, Any]) -> dict[str, Any]:
        choices = [self._choice(index, one) for index, one in enumerate(chunks)]
        return {**self._same, "object": "text_completion", "choices": choices, "usage": usage}

    def _choice(self, index: int, chunks: Sequence[StreamChunk]) -> dict[str, Any]:
        logprobs = self._logprobs[index].told(chunks) if self._logprobs else None
        text, self._echoes[index] = self._echoes[index] + _text(chunks), ""  # once, before the first piece
        return {"index": index, "text": text, "logprobs": logprobs, "finish_reason": chunks[-1].finish}


def usage(prompt: int, last: Iterable[StreamChunk]) -> dict[str, Any]:
    """`prompt` counts each prompt once; the last pieces of all choices count the rest."""
    chunks = list(last)
    made = sum(chunk.tokens for chunk in chunks)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": made,
        "total_tokens": prompt + made,
        "prompt_tokens_details": {"cached_tokens": min((chunk.reused for chunk in chunks), default=0)},
        "completion_tokens_details": {"reasoning_tokens": sum(chunk.reasoning_tokens for chunk in chunks)},
    }


def _same(prefix: str, served: Served) -> dict[str, Any]:
    return {
        "id": prefix + secrets.token_hex(12),
        "created": int(time.time()),
        "model": served.name,
        "system_fingerprint": served.fingerprint,
    }


def _text(chunks: Iterable[StreamChunk]) -> str:
    return "".join(chunk.text for chunk in chunks)
