"""Code that is no coroutine runs some, inside an event loop too, as in the cells of a notebook."""

import asyncio
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import orca2
from orca2.asking.client import ModelClient
from orca2.asking.engine import run_all
from orca2.asking.loop import Loop
from orca2.core.types import Completion, Message, Request
from orca2.models.scripted import load as scripted


async def double(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


@pytest.mark.parametrize("inside", [False, True])
def test_results_and_errors(inside: bool) -> None:
    async def fails() -> None:
        raise ValueError("so")

    def use() -> None:
        with Loop() as loop:
            assert [loop.run(double(number)) for number in range(3)] == [0, 2, 4]
            with pytest.raises(ValueError, match="so"):
                loop.run(fails())
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("orca2 loop")]

    async def cell() -> None:
        use()

    asyncio.run(cell()) if inside else use()


def test_an_interrupt_cancels_what_runs() -> None:
    ended = []

    async def long() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def cell() -> None:
        with Loop() as loop:
            loop.run(double(1))
            main = threading.main_thread().ident
            assert main is not None
            threading.Timer(0.3, lambda: signal.pthread_kill(main, signal.SIGUSR1)).start()
            loop.run(long())

    def interrupt(*parts: object) -> None:
        raise KeyboardInterrupt

    before, started = signal.signal(signal.SIGUSR1, interrupt), time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(cell())
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert ended == [True] and time.monotonic() - started < 30


@pytest.mark.slow
def test_asking_and_generating_in_a_cell(tiny: Path) -> None:
    model = orca2.load(str(tiny), device="cpu")

    async def ask(row: str, call: Any) -> str:
        completion: Completion = await call(Request((Message("user", row),), 8))
        return completion.text

    async def cell() -> list[str]:
        answers = [text for _, text in run_all(ModelClient(scripted(default="yes")), ["q"], ask)]
        return answers + model.generate(["a", "b"], max_tokens=2)

    found = asyncio.run(cell())
    assert found[0] == "yes" and len(found) == 3
