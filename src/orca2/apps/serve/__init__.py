"""An OpenAI-compatible server for local models, many requests in one batch, with a chat page at /."""

import asyncio
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orca2.apps.serve.settings import Address, Limits, Models
from orca2.checkpoints.names import find
from orca2.errors import ModelError, RunError
from orca2.files import located
from orca2.stopping import on_stop

if TYPE_CHECKING:
    from orca2.apps.serve._served import Served

LOCAL = ("127.0.0.1", "::1", "localhost")
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")  # a name as browsers write it, or an IPv6 address
PORTS = {"http": 80, "https": 443}  # which a browser leaves out


def key_from(variable: str | None) -> str:
    """The key in an environment variable; ORCA2_API_KEY is looked at unasked."""
    key = os.environ.get(variable or "ORCA2_API_KEY", "").strip()
    if variable and not key:
        raise RunError(f"--api-key-env: the environment variable {variable} is not set; put the key there")
    return key


def origins_from(given: Sequence[str]) -> tuple[str, ...]:
    """Origins as a browser writes them; `*` is any, `null` that of pages without one, such as those of a file."""
    return tuple(text if text in ("*", "null") else _origin(text) for text in given)


def _origin(text: str) -> str:
    wrong = RunError(f"--cors: {text!r} is no origin; give SCHEME://HOST or SCHEME://HOST:PORT, or * for any")
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError as error:
        raise wrong from error
    bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    if not (parts.scheme and HOST.fullmatch(host) and bare):
        raise wrong
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + ("" if port in (None, PORTS.get(parts.scheme)) else f":{port}")


def served_name(model: str) -> str:
    """What clients call a model: a hub id as it is, the last part of a path."""
    if located(model).exists() or model.startswith("package:"):
        path = Path(model.removeprefix("package:")) if model.startswith("package:") else located(model).resolve()
        return path.stem if path.suffix == ".gguf" else path.name
    return model


def serve(models: Models, address: Address, limits: Limits) -> None:
    """Load, then answer until SIGTERM or SIGINT; what is under way then may end."""
    wanted = {models.name or served_name(models.model): models.model}
    if models.compare_model is not None:
        other = served_name(models.compare_model)
        wanted[f"{other} (beside)" if other in wanted else other] = models.compare_model
    places = {called: find(model) for called, model in wanted.items()}
    if models.engine == "vllm":
        if models.compare_model is not None or models.system:
            raise RunError("--engine vllm serves one checkpoint as it is; leave out --compare-model and --system")
        if models.thinking != "auto" or models.thinking_budget is not None:
            raise RunError("--engine vllm thinks as each request says; leave out --thinking and --thinking-budget")
        _vllm(models, next(iter(wanted)), address)

    from orca2.apps.serve._served import Served
    from orca2.apps.serve._thinking import ThinkingPlan
    from orca2.models.transformers import load

    if not address.key and address.host not in LOCAL:
        print(f"anybody who reaches {address.host} may ask: no key is set (--api-key-env)", file=sys.stderr)
    loaded = []
    for called, one in wanted.items():
        local = load(*places[called], models.device, models.system if one == models.model else "", models.dtype)
        if models.thinking == "on" and local.chat.thoughts is None:
            raise ModelError(
                f"--thinking on: {called} knows no thoughts, its template has no form for one; leave it out"
            )
        budget = 0 if models.thinking == "off" else models.thinking_budget
        loaded.append(Served(called, local, limits.rows, ThinkingPlan(models.thinking, budget)))
    try:
        asyncio.run(_run(loaded, address, limits))
    finally:
        for served in loaded:
            served.scheduler.close()


def _vllm(models: Models, name: str, address: Address) -> None:
    from orca2.apps.serve._vllm import hand_over
    from orca2.checkpoints.loading import locate

    known, base = find(models.model)
    hand_over(locate(known, base), name, address, models.dtype)


async def _run(models: "list[Served]", address: Address, limits: Limits) -> None:
    from aiohttp import web

    from orca2.apps.serve._server import Server

    server = Server(models, address.key, limits, address.origins)
    seconds = limits.shutdown_timeout
    runner = web.AppRunner(server.app(), handler_cancellation=True, shutdown_timeout=seconds, access_log=None)
    await runner.setup()
    stop = asyncio.Event()

    def stopping() -> None:
        server.stopping = True
        stop.set()

    on_stop(stopping)
    try:
        await web.TCPSite(runner, address.host, address.port).start()
    except OSError as error:
        await runner.cleanup()
        raise ModelError(
            f"{address.host}:{address.port} cannot be listened on ({error.strerror}); give another --port"
        ) from error
    port = runner.addresses[0][1]
    shown = f"[{address.host}]" if ":" in address.host else address.host
    print(
        f"chat at http://{shown}:{port}/, OpenAI's API at http://{shown}:{port}/v1, models: {', '.join(server.models)}",
        flush=True,
    )
    assert runner.server is not None
    leaving = asyncio.create_task(server.leave_idle(runner.server))
    await stop.wait()
    leaving.cancel()
    print("stopping; answers under way are finished", file=sys.stderr)
    await runner.cleanup()
