"""Answers in OpenAI's shapes: chat and completions, whole and in chunks."""

import secrets
import time
from collections.abc import Iterable, Sequence
from typing import Any

from orca2.apps.serve._bodies import ChatBody, CompletionBody
from orca2.apps.serve._logprobs import LegacyLogprobs, number
from orca2.apps.serve._served import Served
from orca2.checkpoints.detokenizer import BROKEN
from orca2.inference.requests import Ask, Piece
from orca2.inference.sampling import Picked


class Chats:
    """/v1/chat/completions. With `echo` an answer begins with the assistant's message that the prompt ends with."""

    def __init__(self, served: Served, body: ChatBody) -> None:
        self.served, self.logprobs = served, body.logprobs
        self._same = _same("chatcmpl-", served)
        last = body.messages[-1]
        self._echo = last.content if body.echo and last.role == "assistant" else ""

    def openings(self, index: int) -> list[dict[str, Any]]:
        """The chunks that come before an answer's own."""
        deltas = [{"role": "assistant", "content": ""}, *([{"content": self._echo}] if self._echo else [])]
        return [self._chunk({"index": index, "delta": delta, "finish_reason": None}) for delta in deltas]

    def chunk(self, index: int, piece: Piece) -> dict[str, Any]:
        delta = {"content": piece.text} if piece.text else {}
        choice: dict[str, Any] = {"index": index, "delta": delta, "finish_reason": piece.finish}
        if self.logprobs:
            choice["logprobs"] = self._told(piece.picked)
        return self._chunk(choice)

    def usage_chunk(self, usage: dict[str, Any]) -> dict[str, Any]:
        return {**self._same, "object": "chat.completion.chunk", "choices": [], "usage": usage}

    def whole(self, pieces: Sequence[Sequence[Piece]], usage: dict[str, Any]) -> dict[str, Any]:
        choices = [
            {
                "index": index,
                "message": {"role": "assistant", "content": self._echo + _text(one), "refusal": None},
                "logprobs": self._told(picked for piece in one for picked in piece.picked) if self.logprobs else None,
                "finish_reason": one[-1].finish,
            }
            for index, one in enumerate(pieces)
        ]
        return {**self._same, "object": "chat.completion", "choices": choices, "usage": usage}

    def _chunk(self, choice: dict[str, Any]) -> dict[str, Any]:
        return {**self._same, "object": "chat.completion.chunk", "choices": [choice]}

    def _told(self, picked: Iterable[Picked]) -> dict[str, Any]:
        content = []
        for one in picked:
            likeliest = [self._one(token, logprob) for token, logprob in one.likeliest]
            content.append({**self._one(one.id, one.logprob), "top_logprobs": likeliest})
        return {"content": content, "refusal": None}

    def _one(self, token: int, logprob: float | None) -> dict[str, Any]:
        text = self.served.token_text(token)
        return {"token": text, "logprob": number(logprob), "bytes": None if BROKEN in text else [*text.encode()]}


class Completions:
    """/v1/completions: the answers to `asks`, `body.n` of each prompt in turn."""

    def __init__(self, served: Served, body: CompletionBody, asks: Sequence[Ask]) -> None:
        self._same = _same("cmpl-", served)
        self._echoes = [""] * len(asks)
        if body.echo:
            texts = [prompt if isinstance(prompt, str) else served.shown(prompt) for prompt in body.prompt]
            self._echoes = [text for text in texts for _ in range(body.n)]
        self._logprobs: list[LegacyLogprobs] = []
        if body.logprobs is not None:
            shows = isinstance(body.prompt[0], list)
            self._logprobs = [
                LegacyLogprobs(served, ask.ids, echo, shows) for ask, echo in zip(asks, self._echoes, strict=True)
            ]

    def openings(self, index: int) -> list[dict[str, Any]]:
        return []

    def chunk(self, index: int, piece: Piece) -> dict[str, Any]:
        return {**self._same, "object": "text_completion", "choices": [self._choice(index, [piece])]}

    def usage_chunk(self, usage: dict[str, Any]) -> dict[str, Any]:
        return {**self._same, "object": "text_completion", "choices": [], "usage": usage}

    def whole(self, pieces: Sequence[Sequence[Piece]], usage: dict[str, Any]) -> dict[str, Any]:
        choices = [self._choice(index, one) for index, one in enumerate(pieces)]
        return {**self._same, "object": "text_completion", "choices": choices, "usage": usage}

    def _choice(self, index: int, pieces: Sequence[Piece]) -> dict[str, Any]:
        logprobs = self._logprobs[index].told(pieces) if self._logprobs else None
        text, self._echoes[index] = self._echoes[index] + _text(pieces), ""  # once, before the first piece
        return {"index": index, "text": text, "logprobs": logprobs, "finish_reason": pieces[-1].finish}


def usage(prompt: int, last: Iterable[Piece]) -> dict[str, Any]:
    """`prompt` counts each prompt once; the last pieces of all choices count the rest."""
    pieces = list(last)
    made = sum(piece.tokens for piece in pieces)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": made,
        "total_tokens": prompt + made,
        "prompt_tokens_details": {"cached_tokens": min((piece.reused for piece in pieces), default=0)},
    }


def _same(prefix: str, served: Served) -> dict[str, Any]:
    return {
        "id": prefix + secrets.token_hex(12),
        "created": int(time.time()),
        "model": served.name,
        "system_fingerprint": served.fingerprint,
    }


def _text(pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces)
