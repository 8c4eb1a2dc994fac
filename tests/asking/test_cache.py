"""The file of answers: on disk when it says so, shared by processes, and nobody else's."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from orca2.asking.cache import Cache

HOLD = """
import sys
from pathlib import Path
from orca2.asking.cache import Cache
cache = Cache(Path(sys.argv[1]))
print(cache.locks.acquire(b"k" * 32), flush=True)
sys.stdin.read()
"""


def put(cache: Cache, *keys: bytes) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(*(cache.put(key, "m", b"request", b"answer to " + key) for key in keys))

    asyncio.run(all_of_them())


def test_an_answer_is_on_disk_once_its_future_is_done(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "a")

    async def one() -> bytes | None:
        await cache.put(b"k", "m", b"", b"raw")
        other = Cache(tmp_path / "a")
        raw = other.get(b"k")
        other.close()
        return raw

    assert asyncio.run(one()) == b"raw"
    cache.close()


def test_a_claim_goes_with_its_process(tmp_path: Path) -> None:
    cache, key = Cache(tmp_path / "a"), b"k" * 32
    assert not cache.locks.others
    command = [sys.executable, "-c", HOLD, str(tmp_path / "a")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "True\n"
        cache.locks.refresh()
        assert cache.locks.others
        assert not cache.locks.acquire(key) and cache.locks.acquire(b"l" * 32)
        os.kill(process.pid, 9)
    assert cache.locks.acquire(key)
    cache.locks.refresh()
    assert not cache.locks.others
    cache.close()
