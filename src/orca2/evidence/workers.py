"""Work shared out to processes, one a GPU or as many as asked; what fails is named, and the rest goes on.

This is for one machine. On a cluster Ray does it (`scale.work_pool`), but not here: it is an extra of 80 MB whose start
takes seconds, and arms and seeds are also tried on a laptop that has none of it.
"""

import os
import queue
import signal
import threading
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context, parent_process
from typing import TypeVar

from orca2.checkpoints.quiet import quiet_process
from orca2.errors import Orca2Error
from orca2.progress import console

Item = TypeVar("Item")


def gpus() -> list[str]:
    """The GPUs that this process may use, by what CUDA_VISIBLE_DEVICES calls them."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return [name for name in named.split(",") if name.strip()]
    import torch

    return [str(index) for index in range(torch.cuda.device_count())]


def share(work: Callable[[Item], None], items: Sequence[Item], jobs: int) -> dict[Item, str]:
    """Do each item, `jobs` at once; returns what failed, and why. One job is this process's own."""
    if jobs == 1 or len(items) < 2:
        return {item: why for item in items if (why := _attempt(work, item))}
    waiting: queue.SimpleQueue[Item] = queue.SimpleQueue()
    for item in items:
        waiting.put(item)
    failed: dict[Item, str] = {}
    found, stopped = gpus(), threading.Event()
    threads = [
        threading.Thread(
            target=_serve,
            args=(work, waiting, failed, found[place % len(found)] if found else None, stopped),
            daemon=True,
        )
        for place in range(min(jobs, len(items)))
    ]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():  # a plain join would not hear Ctrl-C
                thread.join(0.2)
    except BaseException:
        stopped.set()
        for child in active_children():
            child.kill()
        raise
    return failed


def _serve(
    work: Callable[[Item], None],
    waiting: "queue.SimpleQueue[Item]",
    failed: dict[Item, str],
    gpu: str | None,
    stopped: threading.Event,
) -> None:
    """One place at work: a process of its own, and a new one where that dies."""
    while not stopped.is_set():
        with ProcessPoolExecutor(1, get_context("spawn"), _start, (gpu,)) as pool:
            while True:
                try:
                    item = waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    why = pool.submit(_attempt, work, item).result()
                except BrokenProcessPool:
                    if stopped.is_set():
                        return
                    why = "its process was killed; out of memory is the usual reason, so try fewer --jobs"
                    console.print(f"  {item} failed: {why}", soft_wrap=True)
                    failed[item] = why
                    break
                if why:
                    failed[item] = why


def _attempt(work: Callable[[Item], None], item: Item) -> str:
    """Empty, or why it failed, in one line."""
    try:
        work(item)
    except Orca2Error as error:
        why = str(error)
    except Exception as error:  # an arm must not take the others with it, whatever it is
        traceback.print_exc()
        why = f"{type(error).__name__}: {error}"
    else:
        return ""
    why = " ".join(why.split())
    console.print(f"  {item} failed: {why}", soft_wrap=True)
    return why


def _start(gpu: str | None) -> None:
    """In a new process: its GPU, and an end when the process that started it has ended, however that was.

    Ctrl-C is for that one to hear.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    quiet_process()
    if gpu is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = gpu

    def watch() -> None:
        if (parent := parent_process()) is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
