"""Being told to stop, by Ctrl-C or SIGTERM, while an event loop runs."""

import asyncio
import signal
from collections.abc import Callable


def on_stop(stop: Callable[[], None]) -> None:
    """Have the running loop call `stop` when the process is told to stop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows: the handler is Python's own, and it has to wake the loop
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
