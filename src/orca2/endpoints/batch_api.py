"""A provider's files and batches over HTTP, in OpenAI's format."""

import asyncio
import json
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from orca2.endpoints.network import Network

if TYPE_CHECKING:
    from aiohttp import ClientSession

MARK = "orca2"  # the key of a batch's metadata that holds the hash of its file
PASSING = (408, 409, 429)  # like every 5xx worth another attempt
ATTEMPTS = 6
SLICE = 1.0  # seconds; a longer sleep would hold up a stop from another thread


class ProviderError(Exception):
    """The provider does not do what it was asked, for the reason in the text."""


class BatchProvider:
    def __init__(self, session: "ClientSession", base_url: str, key: str, network: Network) -> None:
        self._session, self._url, self._key, self._network = session, base_url, key, network

    async def batches(self) -> dict[str, dict[str, Any]]:
        """The newest batch of each mark, of all that this project has made there."""
        newest: dict[str, dict[str, Any]] = {}
        after = ""
        while True:
            page = await self._json("GET", f"/batches?limit=100{after}", "data")
            for batch in page["data"]:
                if content_hash := (batch.get("metadata") or {}).get(MARK):
                    newest.setdefault(content_hash, batch)
            if not page.get("has_more") or not page["data"]:
                return newest
            after = f"&after={page['data'][-1]['id']}"

    async def submit(self, rows: bytes, content_hash: str) -> dict[str, Any]:
        """Upload a file and make its batch once: where it is unclear whether that happened, look before another try."""
        uploaded = await self._json("POST", "/files", "id", upload=rows)
        asked = {
            "input_file_id": uploaded["id"],
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "metadata": {MARK: content_hash},
        }
        for attempt in range(ATTEMPTS):
            try:
                return await self._json("POST", "/batches", "status", body=asked, attempts=1)
            except ProviderError:
                batch = (await self.batches()).get(content_hash, {})
                if batch.get("input_file_id") == uploaded["id"]:
                    return batch
                if attempt + 1 == ATTEMPTS:
                    raise
                await sleep_in_slices(2.0**attempt)
        raise AssertionError

    async def batch(self, name: str) -> dict[str, Any]:
        return await self._json("GET", f"/batches/{name}", "status")

    async def download(self, file: str, into: IO[bytes]) -> None:
        await self._call("GET", f"/files/{file}/content", into=into)
        into.seek(0)

    async def _json(self, method: str, path: str, needed: str, **how: Any) -> dict[str, Any]:
        raw = await self._call(method, path, **how)
        try:
            reply = json.loads(raw)
        except ValueError:
            reply = None
        if not isinstance(reply, dict) or needed not in reply:
            raise ProviderError(f"{self._url}{path.split('?')[0]}: the reply is no JSON object with {needed!r}")
        return reply

    async def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        upload: bytes | None = None,
        into: IO[bytes] | None = None,
        attempts: int = ATTEMPTS,
    ) -> bytes:
        """The body of a reply with status 200, or nothing where it was written `into` a file."""
        import aiohttp

        why = ""
        for attempt in range(attempts):
            if attempt:
                await sleep_in_slices(2.0 ** (attempt - 1))
            form = None
            if upload is not None:  # made anew each time: it can be sent only once
                form = aiohttp.FormData({"purpose": "batch"})
                form.add_field("file", upload, filename="requests.jsonl", content_type="application/jsonl")
            try:
                async with self._session.request(
                    method, self._url + path, json=body, data=form, proxy=self._network.proxies[self._url]
                ) as response:
                    if response.status == 200:
                        if into is None:
                            return await response.read()
                        into.seek(0)
                        into.truncate()
                        async for piece in response.content.iter_chunked(2**16):
                            into.write(piece)
                        return b""
                    message = " ".join((await response.text(errors="replace")).split())[:300]
                    message = message.replace(self._key, "[key]") if self._key else message  # a server may repeat it
                    why = f"HTTP {response.status}: {message}"
                    if response.status not in PASSING and response.status < 500:
                        break
            except TimeoutError as error:
                why = f"{type(error).__name__}: {error}"
            except aiohttp.ClientError as error:
                why = self._network.reason(error)
                if self._network.is_final(error):
                    break
        raise ProviderError(f"{self._url}{path.split('?')[0]}: {why}")


async def sleep_in_slices(seconds: float) -> None:
    """Sleep so that the thread wakes now and then: a stop from outside reaches it only while it is awake."""
    while seconds > 0:
        await asyncio.sleep(min(seconds, SLICE))
        seconds -= SLICE
