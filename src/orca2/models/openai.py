"""Any OpenAI-compatible endpoint, or several of one model: OpenAI, Azure, vLLM, SGLang, llama.cpp's server, Ollama.

The one call that is needed goes over `aiohttp`: the `openai` client took about twice
as long for it (docs/log.md), and retries inside where nobody sees it.
"""

import asyncio
import functools
import math
import os
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orca2.core.model import Connection
from orca2.core.types import Completion, Request
from orca2.endpoints.adaptive_limiter import AdaptiveLimiter
from orca2.endpoints.complaint import Complaint, of_status
from orca2.endpoints.load_balancer import AttemptResult, Endpoint, LoadBalancer, Outcome, failed_attempt
from orca2.endpoints.network import network
from orca2.endpoints.prices import price_of
from orca2.endpoints.reply import ChatReply, read_reply
from orca2.endpoints.request_body import RequestBodyWriter
from orca2.endpoints.thinking import ThinkingKeys
from orca2.endpoints.thinking_watch import ThinkingWatch
from orca2.errors import ModelError, RecipeError

if TYPE_CHECKING:
    from aiohttp import ClientSession

BUSY = (503, 529)  # too much at once, if the server says when to come back; else it may be broken
PASSING = (408, 409, 425)  # like every 5xx worth another attempt
OLD_LIMIT, NEW_LIMIT = b'"max_tokens":', b'"max_completion_tokens":'
AGED = 0.05  # weight of one more answer in the mean of tokens


class OpenAIModel:
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
        omit: str | Sequence[str] = (),
        extra: Mapping[str, Any] | None = None,
        system_role: bool = True,
        thinking_as: str | Mapping[str, Mapping[str, Any]] = "",
        ca_file: str = "",
        prices: Mapping[str, float] | str | None = None,
        base: Path = Path(),
        section: str = "teacher.options",
    ) -> None:
        """`key_env` names the environment variable that holds the key; a local server may need none.

        `base_url` may be several servers of one model. `concurrency` is the most asked of each at a time, `timeout`
        is in seconds and for one attempt. `api_version` makes it Azure's shape. `extra` goes into every request, `omit`
        names what does not. `revision` tells answers apart that one name has given over time. Without `system_role` the
        first user turn begins with what a system message says. `thinking_as` is the form in which thinking is asked
        for, where address and name do not tell. `ca_file` holds the authorities of a private certificate. `section` is
        what errors call these options.
        """
        urls = [base_url] if isinstance(base_url, str) else list(base_url)
        if not urls:
            raise RecipeError(f"{section}.base_url: names no server; give an address such as http://localhost:8000/v1")
        _check_numbers(
            section, {"concurrency": concurrency, "timeout": timeout},
            {"retries": retries, "requests_per_minute": requests_per_minute, "tokens_per_minute": tokens_per_minute},
        )  # fmt: skip
        self._key = os.environ.get(key_env, "").strip()
        for url in urls:
            _check(url, self._key, key_env, section)
        # kept answers go by the first address: the others are more servers of the same model
        self.name, self.keep = " ".join(filter(None, [urls[0], model, revision])), True
        self.model, self.urls = model, [url.rstrip("/") for url in urls]
        self.network = network(self.urls, ca_file, base, section)
        self.price = price_of(model, prices or None, base)
        self.concurrency, self.timeout, self.retries = concurrency, timeout, retries
        self.minute = requests_per_minute, tokens_per_minute
        self.window = 2 * concurrency * len(urls) + 64  # answers that go to the disk keep no place in the air
        theirs = "max_completion_tokens" if "api.openai.com" in urls[0] or api_version else "max_tokens"
        thinking = ThinkingKeys(urls[0], model, thinking_as, bool(api_version), section)
        thinking.new_limit &= not max_tokens_key
        self.thinking, self._watch, self._section = thinking, ThinkingWatch(), section
        self.writer = RequestBodyWriter(model, max_tokens_key or theirs, omit, extra, system_role, section, thinking)
        self.answered_by: set[str] = set()
        self._new_limit, self._mean = False, 0.0
        self._query = f"?api-version={api_version}" if api_version else ""
        self._headers = {"Content-Type": "application/json"}
        if self._key:
            self._headers |= {"api-key": self._key} if api_version else {"Authorization": f"Bearer {self._key}"}

    def serialize(self, request: Request) -> bytes:
        if request.thinking is not None and (other := self.thinking.inexact(request.thinking)):
            _say(f"{self.urls[0]}: {self.model} {other} ({self._section}.thinking_as)")
        return self.writer.body(request)

    def parse(self, raw: bytes, body: bytes) -> Completion:
        return self._noted(read_reply(raw, body), body).completion

    def _noted(self, reply: ChatReply, body: bytes) -> ChatReply:
        """The reply, once it is noted who gave it, how long it was, and whether it thinks as it was asked to."""
        if reply.model:
            self.answered_by.add(reply.model)
        thinking = self.writer.thinking_of(body)
        if thinking is not None and (amiss := self._watch.note(thinking, reply.completion)):
            _say(f"{self.urls[0]}: {self.model} {amiss}; say how it is asked for with {self._section}.thinking_as")
        if reply.completion.error is None:
            answered = reply.completion.tokens_out
            self._mean += AGED * (answered - self._mean) if self._mean else answered
        return reply

    def rewrites(self, refused: Complaint, body: bytes) -> bool:
        """Whether requests are written in another form after this refusal of `body`, which is said once."""
        if not (change := self.writer.adapt(refused, body)):
            return False
        _say(f"{self.urls[0]}: {self.model} takes {change}")
        return True

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Connection]:
        import aiohttp

        per_minute, tokens = self.minute
        endpoints = [Endpoint(url, AdaptiveLimiter(self.concurrency, per_minute, tokens)) for url in self.urls]
        timeout = aiohttp.ClientTimeout(total=self.timeout, sock_connect=30.0)
        connector, proxies = self.network.connector(keep_alive=30.0), self.network.proxies
        jar = aiohttp.DummyCookieJar()  # what one answer sets has no place in the next request
        async with aiohttp.ClientSession(
            headers=self._headers, timeout=timeout, connector=connector, cookie_jar=jar
        ) as session:

            def post(url: str, body: bytes) -> Awaitable[AttemptResult]:
                return self._attempt(session, url, body)

            async def probe(url: str) -> bool:
                timeout = aiohttp.ClientTimeout(10)
                try:
                    async with session.get(f"{url}/models{self._query}", timeout=timeout, proxy=proxies[url]) as reply:
                        return reply.status < 500
                except (TimeoutError, aiohttp.ClientError):
                    return False

            balancer = LoadBalancer(endpoints, post, probe, self.retries, self._tokens)
            try:
                yield balancer
            finally:
                await balancer.close()

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        """As any model answers; who asks many does so over a connection."""
        done: asyncio.Queue[tuple[int, Completion]] = asyncio.Queue()
        todo = iter(enumerate(requests))
        async with self.connect() as connection, asyncio.TaskGroup() as group:

            async def work() -> None:
                for index, request in todo:
                    done.put_nowait((index, await self._one(connection, request)))

            for _ in range(min(self.window, len(requests))):
                group.create_task(work())
            for _ in requests:
                yield await done.get()

    async def _one(self, connection: Connection, request: Request) -> Completion:
        while (reply := await connection.send(request, self.serialize(request))).rewritten:
            pass
        return reply.completion

    async def _attempt(self, session: "ClientSession", url: str, body: bytes) -> AttemptResult:
        import aiohttp

        if self.writer.outdated(body):
            return failed_attempt("rewritten", f"{url}: not sent")
        # the key of the answer stays that of the first form
        sent = body.replace(OLD_LIMIT, NEW_LIMIT, 1) if self._new_limit else body
        address, proxy = f"{url}/chat/completions{self._query}", self.network.proxies[url]
        try:
            async with session.post(address, data=sent, proxy=proxy) as response:
                raw = await response.read()
        except TimeoutError:
            return failed_attempt("silent", f"{url}: no answer within {self.timeout:.0f} s")
        except aiohttp.ClientError as error:
            gone = isinstance(error, aiohttp.ClientConnectorError)
            outcome: Outcome = "final" if self.network.is_final(error) else "gone" if gone else "passing"
            return failed_attempt(outcome, self._clean(f"{url}: {self.network.reason(error)}"))
        raw = raw.replace(self._key.encode(), b"[key]") if self._key else raw  # a server may repeat it
        wait = _seconds(response.headers.get("Retry-After"))
        if response.status != 200:
            said, shown = of_status(response.status, raw), " ".join(raw.decode(errors="replace").split())[:300]
            attempt = self._refused(said, sent, f"{url}: HTTP {response.status}: {shown}", wait)
        else:
            attempt = self._read(url, raw, sent, wait)
        return attempt or await self._attempt(session, url, body)

    def _read(self, url: str, raw: bytes, sent: bytes, wait: float) -> AttemptResult | None:
        """What a reply with status 200 comes to, which may hold an error all the same."""
        reply = self._noted(read_reply(raw, sent), sent)
        if reply.completion.error is None:
            return AttemptResult("answered", reply.completion, raw)
        if reply.complaint is not None:
            return self._refused(reply.complaint, sent, f"{url}: {reply.completion.error}", wait)
        return AttemptResult("spoiled" if reply.spoiled else "answered", reply.completion)

    def _refused(self, refused: Complaint, sent: bytes, why: str, wait: float) -> AttemptResult | None:
        """What an error comes to; None: the same is to be sent at once, with the new name of its limit."""
        status = refused.status
        if status == 400 and "max_completion_tokens" in refused.words and OLD_LIMIT in sent:
            self._new_limit = True
            return None
        if self.rewrites(refused, sent):
            return failed_attempt("rewritten", why)
        if status == 429 or (status in BUSY and wait):
            return failed_attempt("refused", why, wait)
        if status in PASSING or status >= 500:
            return failed_attempt("passing", why, wait)
        return failed_attempt("final", why)

    def _tokens(self, chars: int) -> int:
        """What a request will count for: its characters by four, and the answers so far."""
        return chars // 4 + int(self._mean)

    def _clean(self, text: str) -> str:
        """Without the key, which a server may repeat."""
        return text.replace(self._key, "[key]") if self._key else text


load = check = OpenAIModel  # nothing is sent before the first request


@functools.cache
def _say(text: str) -> None:
    """Once, beside whatever progress is shown."""
    from orca2.progress import console

    console.print(f"orca2: {text}", markup=False, soft_wrap=True)


def _check_numbers(section: str, above: Mapping[str, float], least: Mapping[str, float]) -> None:
    """Those of `above` are above 0 and finite, those of `least` not below it."""
    for name, value in above.items():
        if not 0 < value < float("inf"):
            raise RecipeError(f"{section}.{name}: must be above 0, got {value}; correct it")
    for name, value in least.items():
        if value < 0:
            raise RecipeError(f"{section}.{name}: must not be below 0, got {value}; correct it")


def _check(url: str, key: str, key_env: str, section: str) -> None:
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is no number
        known = False
    if not known:
        raise RecipeError(f"{section}.base_url: {url!r} is no address such as http://localhost:8000/v1")
    if parts.username or parts.query:
        raise RecipeError(
            f"{section}.base_url: {parts.hostname} comes with a password or a query, which would be written"
            " down; give the key in the environment (key_env), Azure's version as api_version"
        )
    if not key and parts.scheme == "https":
        raise ModelError(f"{section}: {url} needs a key; set the environment variable {key_env}")


def _seconds(header: str | None) -> float:
    """The seconds that a Retry-After asks for, given as a number or as a date."""
    if not header:
        return 0.0
    try:
        seconds = float(header)
        return max(seconds, 0.0) if math.isfinite(seconds) else 0.0
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(header).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return 0.0
