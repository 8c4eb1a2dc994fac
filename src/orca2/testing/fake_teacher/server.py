"""The server itself: which address answers what, and its life from the first request to Ctrl-C."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from orca2.errors import ModelError
from orca2.stopping import on_stop
from orca2.testing.fake_teacher.batches import Provider
from orca2.testing.fake_teacher.chat import ChatHandler
from orca2.testing.fake_teacher.counts import Counts
from orca2.testing.fake_teacher.replies import NAME, Replies
from orca2.testing.fake_teacher.scenario import Scenario, load

STATS = web.AppKey("stats", Counts)
LARGEST = 32 * 2**20  # bytes of a chat request; batch files are read piece by piece


def build(scenario: Scenario, folder: Path) -> web.Application:
    """The application; paths in the scenario start from `folder`."""
    counts, replies = Counts(), Replies(scenario.answer, scenario.thinking, folder)
    chat, provider = ChatHandler(scenario, replies, counts), Provider(scenario, replies, counts)

    async def models(request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": NAME, "object": "model", "owned_by": "orca2"}]})

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "model": NAME})

    async def show(request: web.Request) -> web.Response:
        return web.json_response(counts.page(keys="keys" in request.query))

    async def mark(request: web.Request, response: web.StreamResponse) -> None:
        response.headers["x-orca2-fake"] = "1"

    app = web.Application(client_max_size=LARGEST)
    app[STATS] = counts
    app.on_response_prepare.append(mark)
    app.router.add_post("/v1/chat/completions", chat.answer)
    app.router.add_get("/v1/models", models)
    app.router.add_get("/health", health)
    app.router.add_get("/counts", show)
    app.add_routes(provider.routes())
    return app


@asynccontextmanager
async def serving(app: web.Application, port: int) -> AsyncIterator[int]:
    """Serve on loopback while the context lasts; yields the port, a free one for 0."""
    # a client that leaves ends its handler, or a hang would outlive it by minutes
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
        except OSError as error:
            raise ModelError(f"port {port} cannot be used ({error.strerror}); give another one with --port") from None
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def serve(named: str, port: int) -> None:
    """Serve a scenario until Ctrl-C; print the address, and the counts at the end."""
    scenario, folder = load(named)
    asyncio.run(_until_stopped(build(scenario, folder), named, port))


async def _until_stopped(app: web.Application, named: str, port: int) -> None:
    stopped = asyncio.Event()
    on_stop(stopped.set)
    async with serving(app, port) as got:
        print(f"fake teacher ({named}) at http://127.0.0.1:{got}/v1, counts at /counts", flush=True)
        await stopped.wait()
        print(json.dumps(app[STATS].page(keys=False)), flush=True)
