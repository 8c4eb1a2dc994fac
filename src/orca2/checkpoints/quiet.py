"""Other libraries' messages held back while a model is read, trained, run or written, and no longer."""

import contextlib
import logging
import threading
import warnings
from collections.abc import Iterator
from typing import TypeVar

Item = TypeVar("Item")

WARNING = "torch|transformers|bitsandbytes"  # modules that warn of what a user can do nothing about
LOGGING = ("transformers", "bitsandbytes")
_lock = threading.Lock()
_restore = contextlib.ExitStack()  # what was there before; the last one to leave puts it back
_inside = 0  # how many are within, in all threads


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Within, our own progress and messages stand in for those of PyTorch, `transformers` and bitsandbytes, of which
    errors alone come through. Afterwards log levels, progress bars and filters of warnings are those of before.

    Of several threads that are within at once, the last one to leave puts them back.
    """
    global _inside
    with _lock:
        _inside += 1
        if _inside == 1:
            _hush()
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _restore.close()


def quietly(items: Iterator[Item]) -> Iterator[Item]:
    """The items of an iterator, whose own work is quiet; what is done between two of them is not."""
    while True:
        with quiet_libraries():
            try:
                item = next(items)
            except StopIteration:
                return
        yield item


def quiet_process() -> None:
    """The same for as long as the process lasts, where it is a command of ours; it loads none of these libraries."""
    warnings.filterwarnings("ignore", module=WARNING)
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # `transformers` sets its level when it is loaded


def _hush() -> None:
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars
    from transformers.utils import logging as transformers_logging

    before = list(warnings.filters)
    warnings.filterwarnings("ignore", module=WARNING)
    if (added := warnings.filters[0]) not in before:
        _restore.callback(_drop, added)
    for logger in map(logging.getLogger, LOGGING):
        _restore.callback(logger.setLevel, logger.level)
        logger.setLevel(max(logger.level, logging.ERROR))
    if transformers_logging.is_progress_bar_enabled():
        if are_progress_bars_disabled():  # those of downloads, which go along with the others
            _restore.callback(disable_progress_bars)
        _restore.callback(transformers_logging.enable_progress_bar)
        transformers_logging.disable_progress_bar()


def _drop(added: object) -> None:
    """Our filter alone, unlike `warnings.catch_warnings`: libraries set filters of theirs when they are imported."""
    with contextlib.suppress(ValueError):  # somebody has reset them all
        warnings.filters.remove(added)  # type: ignore[attr-defined]
