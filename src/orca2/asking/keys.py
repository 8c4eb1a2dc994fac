"""Under which key an answer is kept, and how it is read again."""

import functools
import hashlib
import json

from pydantic import TypeAdapter

from orca2.core.model import Live, Model
from orca2.core.types import Completion, Request

_completion = TypeAdapter(Completion)


def request_key(name: str, request: Request, body: bytes) -> bytes:
    """SHA-256 over everything that can change the answer: which sample it is, all that is sent. It begins with eight
    bytes of the model's, endpoint and all, so that the keys of one model stand together."""
    return beginning(name) + hashlib.sha256(f"{name}\n{request.sample}\n".encode() + body).digest()[:24]


def live(model: Model) -> Live | None:
    return model if isinstance(model, Live) else None


def wire(line: Live | None, request: Request) -> bytes:
    """All that is sent; something that stands for it where a model has no wire."""
    if line is not None:
        return line.wire(request)
    said = [(message.role, message.content) for message in request.messages]
    return json.dumps([said, request.max_tokens, request.temperature, request.seed]).encode()


def read(line: Live | None, raw: bytes, body: bytes) -> Completion | None:
    """A kept answer to `body`; None for what is none, which earlier releases kept too: it is asked for again."""
    try:
        kept = line.parse(raw, body) if line is not None else _completion.validate_json(raw)
    except ValueError:
        return None
    return None if failed(kept) else kept


def failed(completion: Completion) -> bool:
    return completion.error is not None or completion.finish_reason == "error"


@functools.lru_cache
def beginning(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:8]
