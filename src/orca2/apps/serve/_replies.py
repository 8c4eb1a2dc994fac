"""Answers in OpenAI's shapes: chat and completions, whole and in chunks."""

import secrets
import time
from collections.abc import Iterable, Sequence
from typing import Any

from orca2.apps.serve._served import Served, token_text
from orca2.models._rows import Piece
from orca2.models._sampling import Picked

LEAST = -9999.0  # stands for minus infinity, which JSON lacks
BROKEN = "\ufffd"


class Chats:
    """/v1/chat/completions."""

    def __init__(self, served: Served, logprobs: bool) -> None:
        self.served, self.logprobs = served, logprobs
        self._same = _same("chatcmpl-", served)

    def opening(self, index: int) -> dict[str, Any] | None:
        return self._chunk({"index": index, "delta": {"role": "assistant", "content": ""}, "finish_reason": None})

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
                "message": {"role": "assistant", "content": _text(one), "refusal": None},
                "logprobs": self._told(_picked(one)) if self.logprobs else None,
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
        text = token_text(self.served.chat, token)
        return {"token": text, "logprob": _number(logprob), "bytes": None if BROKEN in text else [*text.encode()]}


class Completions:
    """/v1/completions."""

    def __init__(self, served: Served, logprobs: bool) -> None:
        self.served, self.logprobs = served, logprobs
        self._same = _same("cmpl-", served)
        self._offsets: dict[int, int] = {}

    def opening(self, index: int) -> dict[str, Any] | None:
        return None

    def chunk(self, index: int, piece: Piece) -> dict[str, Any]:
        return {**self._same, "object": "text_completion", "choices": [self._choice(index, [piece])]}

    def usage_chunk(self, usage: dict[str, Any]) -> dict[str, Any]:
        return {**self._same, "object": "text_completion", "choices": [], "usage": usage}

    def whole(self, pieces: Sequence[Sequence[Piece]], usage: dict[str, Any]) -> dict[str, Any]:
        choices = [self._choice(index, one) for index, one in enumerate(pieces)]
        return {**self._same, "object": "text_completion", "choices": choices, "usage": usage}

    def _choice(self, index: int, pieces: Sequence[Piece]) -> dict[str, Any]:
        told = self._told(index, _picked(pieces)) if self.logprobs else None
        return {"index": index, "text": _text(pieces), "logprobs": told, "finish_reason": pieces[-1].finish}

    def _told(self, index: int, picked: Iterable[Picked]) -> dict[str, Any]:
        told: dict[str, Any] = {"tokens": [], "token_logprobs": [], "top_logprobs": [], "text_offset": []}
        for one in picked:
            text = token_text(self.served.chat, one.id)
            told["tokens"].append(text)
            told["token_logprobs"].append(_number(one.logprob))
            told["top_logprobs"].append(
                {token_text(self.served.chat, token): _number(logprob) for token, logprob in one.likeliest}
            )
            told["text_offset"].append(self._offsets.get(index, 0))
            self._offsets[index] = self._offsets.get(index, 0) + len(text)
        return told


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


def _picked(pieces: Iterable[Piece]) -> list[Picked]:
    return [picked for piece in pieces for picked in piece.picked]


def _number(logprob: float | None) -> float:
    return LEAST if logprob is None else max(logprob, LEAST)
