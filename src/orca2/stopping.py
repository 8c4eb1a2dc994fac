"""Being told to stop, by Ctrl-C or SIGTERM: while an event loop runs, and while something has to be ended well."""

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def on_stop(stop: Callable[[], None]) -> None:
    """Have the running loop call `stop` when the process is told to stop."""
    import asyncio  # which most commands can do without

    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows: the handler is Python's own, and it has to wake the loop
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))


class Terminated(SystemExit):
    """The end of the process by SIGTERM, once what was under way has been ended well."""


class _BrokenOff(KeyboardInterrupt):
    """Of what goes on within `unless_stopped`; an event loop lets a `KeyboardInterrupt` through."""


class Stopping:
    """Within, a signal is only noted, in `asked`, for what is under way to be ended well; 0 while there was none.

    `say` is called at the first one. A second one ends all at once, unless `several` processes have to stop together:
    torchrun sends on to each what a terminal has sent it already. Without effect in any thread but the main one, and
    on a signal that the process ignores.
    """

    def __init__(self, say: Callable[[], None], several: bool) -> None:
        self.say, self.several = say, several
        self.asked, self._interruptible = 0, False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "Stopping":
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._hear)
        return self

    def __exit__(self, *error: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before.clear()

    def unless_stopped(self, work: Callable[[], None]) -> bool:
        """Whether something was done that need not be ended well: it is not begun after a signal, and broken off by
        one."""
        done = False
        with suppress(_BrokenOff):
            self._interruptible = True
            try:
                if not self.asked:
                    work()
                    done = True
            finally:
                self._interruptible = False
        return done

    def end(self, number: int) -> NoReturn:
        """End as the signal would have, had nobody held it back: Ctrl-C as before, SIGTERM with its exit code."""
        self.__exit__()
        if number == signal.SIGINT:
            signal.raise_signal(signal.SIGINT)
        raise Terminated(128 + number)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        again, self.asked = bool(self.asked), number
        if not again:
            self.say()
        elif not self.several:
            self.end(number)
        if self._interruptible:
            self._interruptible = False
            raise _BrokenOff
