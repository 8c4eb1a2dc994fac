"""A fake teacher in this process, over real HTTP on loopback."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp import ClientSession

from orca2.testing.fake_teacher.scenario import Scenario
from orca2.testing.fake_teacher.server import build, serving

Result = TypeVar("Result")
Against = Callable[[dict[str, Any], Callable[[ClientSession], Awaitable[Result]]], Result]


@pytest.fixture
def against(tmp_path: Path) -> Any:
    """Run a client against a scenario, which is given as data; the client's paths start at the server."""

    def go(data: dict[str, Any], client: Callable[[ClientSession], Awaitable[Any]]) -> Any:
        async def both() -> Any:
            async with (
                serving(build(Scenario.model_validate(data), tmp_path), 0) as port,
                ClientSession(f"http://127.0.0.1:{port}") as session,
            ):
                return await client(session)

        return asyncio.run(both())

    return go


def body(prompt: str = "What? [7]", **more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "system", "content": "S"}, {"role": "user", "content": prompt}]} | more
