"""Any OpenAI-compatible endpoint, or several of one model: OpenAI, Azure, vLLM, SGLang, llama.cpp's server, Ollama.

The one call that is needed goes over `aiohttp`: the `openai` client took about twice
as long for it (docs/log.md), and retries inside where nobody sees it.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orca2.core.nouns import Completion, Request
from orca2.errors import ModelError, RecipeError
from orca2.models import _json
from orca2.models._admission import Pace
from orca2.models._line import Attempt, Place, Switch
from orca2.models._prices import price_of
from orca2.models._protocol import Line

if TYPE_CHECKING:
    from aiohttp import ClientSession

BUSY = (503, 529)  # too much at once, if the server says when to come back; else it may be broken
PASSING = (408, 409, 425)  # like every 5xx worth another attempt
AGED = 0.05  # weight of one more answer in the mean of tokens


class Endpoint:
    """Live: requests go out one by one, each is retried by itself, and fails alone."""

    def __init__(
        self,
        model: str,
        base_url: str | list[str] = "https://api.openai.com/v1",
        key_env: str = "OPENAI_API_KEY",
        concurrency: int = 64,
        timeout: float = 600.0,
        retries: int = 5,
        requests_per_minute: int = 0,
        tokens_per_minute: int = 0,
        revision: str = "",
        api_version: str = "",
        max_tokens_key: str = "",
        omit: Sequence[str] = (),
        extra: Mapping[str, Any] | None = None,
        prices: Mapping[str, float] | str | None = None,
        base: Path = Path(),
    ) -> None:
        """`key_env` names the environment variable that holds the key; a local server may need none.

        `base_url` may be several servers of one model. `concurrency` is the most asked of each at a time, `timeout`
        is in seconds and for one attempt. `api_version` makes it Azure's shape. `extra` goes into every request, `omit`
        names what does not. `revision` tells answers apart that one name has given over time.
        """
        urls = [base_url] if isinstance(base_url, str) else list(base_url)
        if not urls or concurrency < 1 or timeout <= 0 or retries < 0:
            raise RecipeError("teacher.options: base_url must name a server, concurrency and timeout must be above 0")
        self._key = os.environ.get(key_env, "").strip()
        for url in urls:
            _check(url, self._key, key_env)
        # kept answers go by the first address: the others are more servers of the same model
        self.name, self.keep = " ".join(filter(None, [urls[0], model, revision])), True
        self.model, self.urls = model, [url.rstrip("/") for url in urls]
        self.price = price_of(model, prices or None, base)
        self.concurrency, self.timeout, self.retries = concurrency, timeout, retries
        self.minute = requests_per_minute, tokens_per_minute
        self.window = 2 * concurrency * len(urls) + 64  # answers that go to the disk keep no place in the air
        theirs = "max_completion_tokens" if "api.openai.com" in urls[0] or api_version else "max_tokens"
        self.tokens_key, self.omit, self.extra = max_tokens_key or theirs, set(omit), dict(extra or {})
        self.answered_by: set[str] = set()
        self._mean = 0.0
        self._query = f"?api-version={api_version}" if api_version else ""
        self._headers = {"Content-Type": "application/json"}
        if self._key:
            self._headers |= {"api-key": self._key} if api_version else {"Authorization": f"Bearer {self._key}"}

    def wire(self, request: Request) -> bytes:
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages if m.content],
            self.tokens_key: request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed + request.sample,
        }
        if self.omit or self.extra:
            body = {name: value for name, value in (body | self.extra).items() if name not in self.omit}
        return _json.encode(body)

    def parse(self, raw: bytes) -> Completion:
        """What a reply says; reasoning that stands in a field of its own is no part of the answer."""
        try:
            reply = _json.decode(raw)
            if not reply.get("choices"):
                raise ValueError("it holds no choices")
            choice, usage = reply["choices"][0], reply.get("usage") or {}
            asked, answered = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
            if name := reply.get("model"):
                self.answered_by.add(name)
            reason = choice.get("finish_reason")
            if reason not in ("stop", "length"):
                return Completion("", "error", asked, answered, error=f"finish reason {reason!r}")
            self._mean += AGED * (answered - self._mean) if self._mean else answered
            return Completion((choice["message"].get("content") or "").strip(), reason, asked, answered)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        import aiohttp

        per_minute, tokens = self.minute
        places = [Place(url, Pace(self.concurrency, per_minute, tokens)) for url in self.urls]
        timeout = aiohttp.ClientTimeout(total=self.timeout, sock_connect=30.0)
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30.0)
        jar = aiohttp.DummyCookieJar()  # what one answer sets has no place in the next request
        async with aiohttp.ClientSession(
            headers=self._headers, timeout=timeout, connector=connector, cookie_jar=jar
        ) as session:

            def post(url: str, body: bytes) -> Awaitable[Attempt]:
                return self._attempt(session, url, body)

            async def probe(url: str) -> bool:
                try:
                    async with session.get(f"{url}/models{self._query}", timeout=aiohttp.ClientTimeout(10)) as reply:
                        return reply.status < 500
                except (TimeoutError, aiohttp.ClientError):
                    return False

            switch = Switch(places, post, probe, self.retries, self._tokens)
            try:
                yield switch
            finally:
                await switch.close()

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        """As any model answers; who asks many does so over a `line`."""
        done: asyncio.Queue[tuple[int, Completion]] = asyncio.Queue()
        todo = iter(enumerate(requests))
        async with self.line() as line, asyncio.TaskGroup() as group:

            async def work() -> None:
                for index, request in todo:
                    done.put_nowait((index, await self._one(line, request)))

            for _ in range(min(self.window, len(requests))):
                group.create_task(work())
            for _ in requests:
                yield await done.get()

    async def _one(self, line: Line, request: Request) -> Completion:
        reply = await line.send(request, self.wire(request))
        if reply.raw is None:
            return Completion("", "error", error=reply.error)
        try:
            return self.parse(reply.raw)
        except ValueError as error:
            return Completion("", "error", error=f"the reply is no chat completion ({error})")

    async def _attempt(self, session: "ClientSession", url: str, body: bytes) -> Attempt:
        import aiohttp

        try:
            async with session.post(f"{url}/chat/completions{self._query}", data=body) as response:
                raw = await response.read()
        except TimeoutError:
            return Attempt("silent", error=f"{url}: no answer within {self.timeout:.0f} s")
        except aiohttp.ClientConnectorError as error:
            return Attempt("gone", error=self._clean(f"{url}: {type(error).__name__}: {error}"))
        except aiohttp.ClientError as error:
            return Attempt("passing", error=self._clean(f"{url}: {type(error).__name__}: {error}"))
        if response.status == 200:
            return Attempt("answered", raw.replace(self._key.encode(), b"[key]") if self._key else raw)
        said = " ".join(raw.decode(errors="replace").split())
        why = self._clean(f"{url}: HTTP {response.status}: {said[:300]}")
        wait = _seconds(response.headers.get("Retry-After"))
        if response.status == 400 and "max_completion_tokens" in said and b'"max_tokens":' in body:
            other = body.replace(b'"max_tokens":', b'"max_completion_tokens":', 1)
            return await self._attempt(session, url, other)  # the key of the answer stays that of the first form
        if response.status == 429 or (response.status in BUSY and wait):
            return Attempt("refused", error=why, wait=wait)
        if response.status in PASSING or response.status >= 500:
            return Attempt("passing", error=why, wait=wait)
        return Attempt("final", error=why)

    def _tokens(self, chars: int) -> int:
        """What a request will count for: its characters by four, and the answers so far."""
        return chars // 4 + int(self._mean)

    def _clean(self, text: str) -> str:
        """Without the key, which a server may repeat."""
        return text.replace(self._key, "[key]") if self._key else text


load = Endpoint


def _check(url: str, key: str, key_env: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise RecipeError(f"teacher.options.base_url: {url!r} is no address such as http://localhost:8000/v1")
    if parts.username or parts.query:
        raise RecipeError(
            f"teacher.options.base_url: {parts.hostname} comes with a password or a query, which would be written"
            " down; give the key in the environment (key_env), Azure's version as api_version"
        )
    if not key and parts.scheme == "https":
        raise ModelError(f"teacher: {url} needs a key; set the environment variable {key_env}")


def _seconds(header: str | None) -> float:
    """The seconds that a Retry-After asks for, given as a number or as a date."""
    if not header:
        return 0.0
    try:
        return max(float(header), 0.0)
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(header).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return 0.0
