"""An OpenAI-compatible server for local models, many requests in one batch, with a chat page at /."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orca2.apps.chat import find
from orca2.errors import ModelError, RunError

if TYPE_CHECKING:
    from orca2.apps.serve._served import Served
    from orca2.apps.serve._server import Limits

LOCAL = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and the key that clients must send, if any."""

    host: str
    port: int
    key: str


def key_from(variable: str | None) -> str:
    """The key in an environment variable; ORCA2_API_KEY is looked at unasked."""
    key = os.environ.get(variable or "ORCA2_API_KEY", "").strip()
    if variable and not key:
        raise RunError(f"--api-key-env: the environment variable {variable} is not set; put the key there")
    return key


def served_name(model: str) -> str:
    """What clients call a model: a hub id as it is, the last part of a path."""
    if Path(model).exists() or model.startswith("package:"):
        path = Path(model.removeprefix("package:")) if model.startswith("package:") else Path(model).resolve()
        return path.stem if path.suffix == ".gguf" else path.name
    return model


def serve(
    model: str, beside: str | None, name: str | None, system: str, device: str, engine: str, address: Address,
    rows: int, waiting: int, body: int, patience: float, grace: float,
) -> None:  # fmt: skip
    """Load, then answer until SIGTERM or SIGINT; what is under way has `grace` seconds to end."""
    wanted = {name or served_name(model): model}
    if beside is not None:
        other = served_name(beside)
        wanted[f"{other} (beside)" if other in wanted else other] = beside
    if engine == "vllm":
        if beside is not None or system:
            raise RunError("--engine vllm serves one checkpoint as it is; leave out --beside and --system")
        _vllm(model, next(iter(wanted)), address)
    elif engine != "orca2":
        raise RunError(f"--engine: no engine {engine!r}; engines: orca2, vllm")

    from orca2.apps.serve._served import Served
    from orca2.apps.serve._server import Limits
    from orca2.models.transformers import load

    if not address.key and address.host not in LOCAL:
        print(f"anybody who reaches {address.host} may ask: no key is set (--api-key-env)", file=sys.stderr)
    models = []
    for called, one in wanted.items():
        known, base = find(one)
        models.append(Served(called, load(known, base, device, system if one == model else ""), rows))
    try:
        asyncio.run(_run(models, Limits(waiting, body, patience), address, grace))
    finally:
        for served in models:
            served.scheduler.close()


def _vllm(model: str, name: str, address: Address) -> None:
    from orca2.apps.serve._vllm import hand_over
    from orca2.models._loading import locate

    known, base = find(model)
    hand_over(locate(known, base), name, address.host, address.port, address.key)


async def _run(models: "list[Served]", limits: "Limits", address: Address, grace: float) -> None:
    from aiohttp import web

    from orca2.apps.serve._server import Server

    server = Server(models, address.key, limits)
    runner = web.AppRunner(server.app(), handler_cancellation=True, shutdown_timeout=grace, access_log=None)
    await runner.setup()
    stop = asyncio.Event()

    def stopping() -> None:
        server.stopping = True
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping)
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
    await stop.wait()
    print("stopping; answers under way are finished", file=sys.stderr)
    await runner.cleanup()
