"""Any OpenAI-compatible endpoint: OpenAI itself, vLLM, SGLang, llama.cpp's server, Ollama.

The one call that is needed goes over `aiohttp`: the `openai` client took about twice
as long for it (docs/log.md), and retries inside where nobody sees it.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from orca2.core.nouns import Completion, Request
from orca2.errors import ModelError

if TYPE_CHECKING:
    from aiohttp import ClientSession

PASSING = (408, 409, 429)  # like every 5xx worth another attempt
JSON = {"Content-Type": "application/json"}
LONGEST_WAIT = 60.0  # seconds between two attempts at most


class Endpoint:
    """At most `concurrency` requests in flight; each is retried by itself, and fails alone."""

    def __init__(self, model: str, base_url: str, key: str, concurrency: int, timeout: float, retries: int) -> None:
        self.name, self.keep = f"{base_url} {model}", True
        self.model, self.base_url, self.concurrency = model, base_url.rstrip("/"), concurrency
        self.timeout, self.retries = timeout, retries
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        import aiohttp

        todo = iter(enumerate(requests))
        done: asyncio.Queue[tuple[int, Completion]] = asyncio.Queue()

        async def worker() -> None:
            for index, request in todo:  # the shared iterator keeps the window full, without a barrier
                done.put_nowait((index, await self._answer(session, request)))

        timeout = aiohttp.ClientTimeout(total=self.timeout)
        connector = aiohttp.TCPConnector(limit=self.concurrency)
        async with (
            aiohttp.ClientSession(headers=self._headers, timeout=timeout, connector=connector) as session,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(min(self.concurrency, len(requests))):
                group.create_task(worker())
            for _ in requests:
                yield await done.get()

    def wire(self, request: Request) -> bytes:
        """The final body of a request, with everything that is sent."""
        body = {
            "model": self.model,
            "messages": [asdict(message) for message in request.messages if message.content],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
        }
        return json.dumps(body).encode()

    def parse(self, raw: bytes) -> Completion:
        """What a reply says; ValueError if it is no chat completion."""
        try:
            return _completion(json.loads(raw), self.base_url)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None

    async def _answer(self, session: "ClientSession", request: Request) -> Completion:
        body = self.wire(request)
        for attempt in range(self.retries + 1):
            wait, completion = await self._attempt(session, body)
            if wait is None or attempt == self.retries:
                break
            await asyncio.sleep(min(wait or 0.5 * 2**attempt, LONGEST_WAIT))
        return completion

    async def _attempt(self, session: "ClientSession", body: bytes) -> tuple[float | None, Completion]:
        """A completion, and for a passing failure the seconds that the server asks to wait (0: it does not say)."""
        import aiohttp

        try:
            async with session.post(f"{self.base_url}/chat/completions", data=body, headers=JSON) as response:
                raw = await response.read()
        except TimeoutError:
            return 0.0, _failed(f"{self.base_url}: no answer within {self.timeout:.0f} s")
        except aiohttp.ClientError as error:
            return 0.0, _failed(f"{self.base_url}: {type(error).__name__}: {error}")
        if response.status != 200:
            text = raw.decode(errors="replace")
            failed = _failed(f"{self.base_url}: HTTP {response.status}: {' '.join(text.split())[:300]}")
            passing = response.status in PASSING or response.status >= 500
            return (_seconds(response.headers.get("Retry-After")) if passing else None), failed
        try:
            return None, self.parse(raw)
        except ValueError as error:
            return None, _failed(f"{self.base_url}: the reply is no chat completion ({error})")


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
    return Endpoint(model, base_url, key, concurrency, timeout, retries)


def _completion(reply: dict[str, Any], where: str) -> Completion:
    if not reply.get("choices"):
        return _failed(f"{where}: the reply holds no choices")
    choice, usage = reply["choices"][0], reply.get("usage") or {}
    asked, answered = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    reason = choice.get("finish_reason")
    if reason not in ("stop", "length"):
        return Completion("", "error", asked, answered, error=f"finish reason {reason!r}")
    return Completion((choice["message"].get("content") or "").strip(), reason, asked, answered)


def _seconds(header: str | None) -> float:
    try:
        return max(float(header or 0), 0.0)
    except ValueError:  # a date
        return 0.0


def _failed(why: str) -> Completion:
    return Completion("", "error", error=why)
