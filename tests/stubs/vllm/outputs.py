"""What an engine yields."""

from dataclasses import dataclass
from typing import Any


@dataclass
class CompletionOutput:
    token_ids: list[int]
    text: str
    logprobs: Any = None


@dataclass
class RequestOutput:
    prompt_token_ids: list[int]
    outputs: list[CompletionOutput]
    finished: bool
    prompt: str | None = None
    metrics: Any = None
    prompt_logprobs: Any = None


class PoolingRequestOutput:
    pass
