"""Any OpenAI-compatible endpoint: OpenAI itself, vLLM, SGLang, llama.cpp's server, Ollama."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import Any

from orca2.core.nouns import Completion, Request
from orca2.errors import ModelError


class Endpoint:
    """At most `concurrency` requests in flight; each is retried by the client, and fails alone."""

    def __init__(self, model: str, base_url: str, key: str, concurrency: int, timeout: float, retries: int) -> None:
        self.name, self.keep = f"{base_url} {model}", True
        self.model, self.base_url, self.concurrency = model, base_url, concurrency
        self._settings: dict[str, Any] = {
            "base_url": base_url, "api_key": key, "timeout": timeout, "max_retries": retries,
        }  # fmt: skip

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        from openai import AsyncOpenAI

        todo = iter(enumerate(requests))
        done: asyncio.Queue[tuple[int, Completion]] = asyncio.Queue()

        async def worker(client: AsyncOpenAI) -> None:
            for index, request in todo:  # the shared iterator keeps the window full, without a barrier
                await done.put((index, await self._answer(client, request)))

        async with AsyncOpenAI(**self._settings) as client, asyncio.TaskGroup() as group:
            for _ in range(min(self.concurrency, len(requests))):
                group.create_task(worker(client))
            for _ in requests:
                yield await done.get()

    async def _answer(self, client: Any, request: Request) -> Completion:
        import openai

        try:
            reply = await client.chat.completions.create(
                model=self.model,
                messages=[asdict(message) for message in request.messages if message.content],
                max_tokens=request.max_tokens,
                temperature=request.temperature,
                seed=request.seed,
            )
        except openai.OpenAIError as error:
            return Completion("", "error", error=f"{type(error).__name__}: {error}")
        if not getattr(reply, "choices", None):
            return Completion("", "error", error=f"{self.base_url}: the reply holds no choices")
        choice, usage = reply.choices[0], reply.usage
        asked, answered = (usage.prompt_tokens, usage.completion_tokens) if usage else (0, 0)
        if choice.finish_reason not in ("stop", "length"):
            return Completion("", "error", asked, answered, error=f"finish reason {choice.finish_reason!r}")
        return Completion((choice.message.content or "").strip(), choice.finish_reason, asked, answered)


def load(
    model: str,
    base_url: str = "https://api.openai.com/v1",
    key_env: str = "OPENAI_API_KEY",
    concurrency: int = 16,
    timeout: float = 600.0,
    retries: int = 5,
) -> Endpoint:
    """`key_env` names the environment variable that holds the key; a local server may need none.

    `timeout` is in seconds and for one attempt.
    """
    key = os.environ.get(key_env, "")
    if not key and base_url.startswith("https://"):
        raise ModelError(f"teacher: {base_url} needs a key; set the environment variable {key_env}")
    return Endpoint(model, base_url, key or "none", concurrency, timeout, retries)
