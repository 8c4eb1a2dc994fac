"""The fake teacher's own pages, its mark on every reply, and a port that is taken."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from orca2.errors import ModelError
from orca2.testing.fake_teacher.scenario import Scenario
from orca2.testing.fake_teacher.server import build, serving
from tests.testing.fake_teacher.conftest import Against, body


def test_every_reply_says_that_it_is_fake(against: Against[Any]) -> None:
    async def client(session: ClientSession) -> dict[str, tuple[str | None, Any]]:
        pages = {}
        await session.post("/v1/chat/completions", json=body())
        for path in ("/health", "/v1/models", "/counts", "/counts?keys"):
            async with session.get(path) as response:
                pages[path] = response.headers.get("x-orca2-fake"), await response.json()
        return pages

    pages = against({}, client)
    assert {mark for mark, _ in pages.values()} == {"1"}
    assert pages["/health"][1]["status"] == "ok" and pages["/v1/models"][1]["data"][0]["id"] == "fake-teacher"
    assert pages["/counts"][1]["paid"] == 1 and "keys" not in pages["/counts"][1]
    assert len(pages["/counts?keys"][1]["keys"]) == 1


def test_a_port_that_is_taken_is_one_line() -> None:
    async def both() -> None:
        app = build(Scenario.model_validate({}), Path())
        async with serving(app, 0) as port:
            with pytest.raises(ModelError, match=f"port {port} cannot be used"):
                async with serving(build(Scenario.model_validate({}), Path()), port):
                    pass

    asyncio.run(both())
