"""Under which key an answer is kept, and how it is read again."""

import functools
import hashlib
import json

from pydantic import TypeAdapter

from orca2.core.model import HttpModel, Model
from orca2.core.types import Completion, Request

KEY_PREFIX = 8  # bytes of a key that are its model's
_completion = TypeAdapter(Completion)


def request_key(name: str, request: Request, body: bytes) -> bytes:
    """SHA-256 over everything that can change the answer: which sample it is, all that is sent. It begins with eight
    bytes of the model's, endpoint and all, so that the keys of one model stand together."""
    return key_prefix(name) + hashlib.sha256(f"{name}\n{request.sample}\n".encode() + body).digest()[:24]


def as_http_model(model: Model) -> HttpModel | None:
    return model if isinstance(model, HttpModel) else None


def serialize(http_model: HttpModel | None, request: Request) -> bytes:
    """All that is sent; something that stands for it where a model has no wire."""
    if http_model is not None:
        return http_model.serialize(request)
    said = [(m.role, m.content, *([m.reasoning] if m.reasoning else [])) for m in request.messages]
    asked = [said, request.max_tokens, request.temperature, request.seed]
    return json.dumps(asked if request.thinking is None else [*asked, request.thinking]).encode()


def parse_cached(http_model: HttpModel | None, raw: bytes, body: bytes) -> Completion | None:
    """A kept answer to `body`; None for what is none, which earlier releases kept too: it is asked for again."""
    try:
        completion = http_model.parse(raw, body) if http_model is not None else _completion.validate_json(raw)
    except ValueError:
        return None
    return None if is_failed(completion) else completion


def is_failed(completion: Completion) -> bool:
    return completion.error is not None or completion.finish_reason == "error"


@functools.lru_cache
def key_prefix(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:KEY_PREFIX]
