"""Being told to stop: in a loop that takes signal handlers and in one that takes none, as on Windows; and held back."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from orca2.stopping import Stopping, Terminated, on_stop

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


@pytest.mark.slow
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


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_held_back_and_ends_all_when_it_is_time(number: signal.Signals) -> None:
    told, done = list[str](), list[str]()

    def work() -> None:
        with Stopping(lambda: told.append("said"), several=False) as stopping:
            os.kill(os.getpid(), number)
            done.append("what was under way")
            stopping.end(stopping.asked)

    with pytest.raises((KeyboardInterrupt, Terminated)) as ended:
        work()
    assert told == ["said"] and done == ["what was under way"]
    assert ended.type is (KeyboardInterrupt if number == signal.SIGINT else Terminated)
    assert getattr(ended.value, "code", 143) == 143


@POSIX
def test_what_need_not_be_ended_well_is_broken_off_and_not_begun_again() -> None:
    done, before = [], signal.getsignal(signal.SIGTERM)  # another test's Ray may have left one

    def work() -> None:
        done.append("begun")
        os.kill(os.getpid(), signal.SIGTERM)
        done.append("ended")

    with Stopping(lambda: None, several=False) as stopping:
        assert stopping.unless_stopped(lambda: done.append("whole"))
        assert not stopping.unless_stopped(work) and not stopping.unless_stopped(work)
    assert done == ["whole", "begun"] and stopping.asked == signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) == before


@POSIX
def test_a_second_signal_ends_one_process_at_once_and_is_nothing_new_to_several() -> None:
    def press_twice(several: bool) -> int:
        with Stopping(lambda: None, several) as stopping:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
        return stopping.asked

    with pytest.raises(KeyboardInterrupt):
        press_twice(False)
    assert press_twice(True) == signal.SIGINT


@POSIX
def test_a_signal_that_is_ignored_or_a_thread_of_its_own_hears_nothing() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Stopping(lambda: None, several=False) as stopping:
        os.kill(os.getpid(), signal.SIGINT)
    assert not stopping.asked
    entered, before = list[object](), signal.getsignal(signal.SIGTERM)

    def within() -> None:
        with Stopping(lambda: None, several=False):
            entered.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=within)
    thread.start()
    thread.join()
    assert entered == [before]
