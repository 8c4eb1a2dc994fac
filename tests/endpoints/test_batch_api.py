"""Files and batches of a provider over real HTTP: made once, found by their mark, and failures with the reason."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from orca2.endpoints import batch_api
from orca2.endpoints.batch_api import MARK, BatchProvider, ProviderError
from orca2.endpoints.network import network
from tests.batches import provider
from tests.server import completion

ROW = b'{"custom_id": "a", "body": {"messages": []}}\n'


def against(url: str, ask: Callable[[BatchProvider], Awaitable[Any]]) -> Any:
    async def go() -> Any:
        async with ClientSession() as session:
            return await ask(BatchProvider(session, url, "sk-secret", network([url], "", Path(), "teacher.options")))

    return asyncio.run(go())


def test_a_batch_is_made_found_by_its_mark_and_downloaded() -> None:
    async def ask(api: BatchProvider) -> tuple[dict[str, Any], dict[str, Any], bytes]:
        made, into = await api.submit(ROW, "hash"), io.BytesIO()
        await api.download(made["output_file_id"], into)
        return made, await api.batches(), into.read()

    with provider(lambda body: {"response": {"body": completion("fine")}}) as (url, bodies):
        made, known, content = against(url, ask)
    assert made["metadata"] == {MARK: "hash"} and known["hash"]["id"] == made["id"]
    assert b'"custom_id": "a"' in content and b"fine" in content and bodies == [[{"messages": []}]]


def test_nobody_there_is_one_reason_after_all_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def note(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(batch_api, "sleep_in_slices", note)
    with pytest.raises(ProviderError, match=r"^http://127\.0\.0\.1:9/v1/batches: "):
        against("http://127.0.0.1:9/v1", lambda api: api.batches())
    assert waited == [2.0**attempt for attempt in range(len(waited))]
