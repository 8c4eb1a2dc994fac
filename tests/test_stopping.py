"""Being told to stop, in a loop that takes signal handlers and in one that takes none, as on Windows."""

import asyncio
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from orca2.stopping import on_stop

WINDOWS = """
import asyncio.unix_events as unix, sys
def none(self, *args): raise NotImplementedError
unix._UnixSelectorEventLoop.add_signal_handler = none
from orca2.cli import main
sys.exit(main())
"""
POSIX = pytest.mark.skipif(os.name == "nt", reason="a process of Windows cannot be sent Ctrl-C alone")


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("windows", [False, True])
def test_either_loop_is_woken(number: signal.Signals, windows: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait() -> bool:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        if windows:

            def none(*args: object) -> None:
                raise NotImplementedError

            monkeypatch.setattr(loop, "add_signal_handler", none)
        on_stop(stopped.set)
        os.kill(os.getpid(), number)
        return await asyncio.wait_for(stopped.wait(), 60)

    assert asyncio.run(wait())


@POSIX
def test_a_server_starts_without_signal_handlers_and_ends_at_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "windows.py").write_text(WINDOWS)
    command = [sys.executable, tmp_path / "windows.py", "fake-teacher", "--scenario", "calm", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stderr
        address = next(word for word in process.stdout.readline().split() if word.startswith("http:")).rstrip(",")
        assert urllib.request.urlopen(address.removesuffix("/v1") + "/health", timeout=60).status == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0 and "Traceback" not in process.stderr.read()
