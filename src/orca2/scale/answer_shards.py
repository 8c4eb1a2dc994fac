"""Answers of many processes in one folder or bucket: each group is a file that is there whole or not at all.

SQLite does not work over a network file system, so a process that asks writes shards of its own, and the one that
leads takes them into its cache and removes them. What a process that died has written is taken in like any other.
"""

import asyncio
import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from orca2.asking.cache import Cache
from orca2.asking.keys import KEY_PREFIX
from orca2.errors import RunError
from orca2.files import located

GATHERED = 0.02  # seconds of answers in one shard
ENDING = ".answers.jsonl"


class KeptAnswer(NamedTuple):
    """One answer as it came, under its key, with the name of its model and the request that it answers."""

    key: bytes
    model: str
    request: bytes
    raw: bytes

    def line(self) -> str:
        fields = self.key.hex(), self.model, _text(self.request), _text(self.raw)
        return json.dumps(dict(zip(self._fields, fields, strict=True))) + "\n"

    @classmethod
    def of(cls, line: str) -> "KeptAnswer":
        row = json.loads(line)
        return cls(bytes.fromhex(row["key"]), row["model"], _bytes(row["request"]), _bytes(row["raw"]))


class ShardFolder:
    """A folder or bucket that all processes reach, by path or by fsspec URL. RunError where it cannot be used."""

    def __init__(self, url: str) -> None:
        import fsspec

        self.url = url
        try:
            self.files, self.root = fsspec.core.url_to_fs(url)
            self.is_local = "file" in (self.files.protocol if isinstance(self.files.protocol, tuple) else ())
        except (OSError, ValueError, ImportError) as error:
            raise self._broken(error) from None

    def make(self) -> None:
        """Have the folder be there."""
        try:
            self.files.makedirs(self.root, exist_ok=True)
        except OSError as error:
            raise self._broken(error) from None

    def tidy(self) -> None:
        """Remove the folder, if no shard is left in it."""
        if not self.shards():
            with suppress(OSError):
                self.files.rm(self.root, recursive=True)

    def write(self, name: str, content: bytes) -> None:
        """A file that is safe when this returns, and that nobody has seen half of: a bucket puts objects whole."""
        try:
            if self.is_local:
                _write_whole(Path(self.root, name), content)
            else:
                self.files.pipe_file(f"{self.root}/{name}", content)
        except OSError as error:
            raise self._broken(error) from None

    def read(self, name: str) -> bytes | None:
        """The content of a file, or None if there is none of this name."""
        try:
            content: bytes = self.files.cat_file(f"{self.root}/{name}")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._broken(error) from None
        return content

    def shards(self) -> list[str]:
        """The names of the shards that nobody has taken in yet."""
        try:
            self.files.invalidate_cache()
            if not self.files.exists(self.root):
                return []
            names = [path.rpartition("/")[2] for path in self.files.ls(self.root, detail=False)]
        except OSError as error:
            raise self._broken(error) from None
        return sorted(name for name in names if name.endswith(ENDING))

    def answers(self, name: str) -> list[KeptAnswer]:
        """What a shard holds."""
        content = self.read(name) or b""
        try:
            return [KeptAnswer.of(line) for line in content.decode().splitlines()]
        except (ValueError, KeyError, TypeError) as error:
            what = f"{self.url}/{name} is no shard of answers ({error}); move it away, and its rows are asked again"
            raise RunError(what) from None

    def remove(self, names: Sequence[str]) -> None:
        try:
            self.files.rm([f"{self.root}/{name}" for name in names])
        except OSError as error:
            raise self._broken(error) from None

    def _broken(self, error: Exception) -> RunError:
        return RunError(f"cluster.store: {self.url} cannot be used: {error}; name a folder that all nodes reach")


class ShardStore:
    """Where a process keeps the answers that it gets: an `AnswerStore` of its own shards.

    `known` are answers of before, which came with the rows that are at work.
    """

    shared = False  # nobody else writes what this process does

    def __init__(self, folder: ShardFolder, process: str) -> None:
        self.folder, self.process = folder, process
        self.known: dict[bytes, bytes] = {}
        self._owed: list[tuple[KeptAnswer, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "orca2 shards")
        self._number = 0

    def key_filter(self, key_prefix: bytes) -> "ShardStore":
        return self

    def get(self, key: bytes) -> bytes | None:
        return self.known.get(key)

    def add(self, key: bytes) -> None:
        """Nothing: who leads knows what there is."""

    async def acquire(self, key: bytes) -> bytes | None:
        return self.get(key)

    def release(self, key: bytes) -> None:
        """Nothing: no request is acquired where no other process writes."""

    def put(self, key: bytes, model: str, request: bytes, raw: bytes) -> "asyncio.Future[None]":
        loop = asyncio.get_running_loop()
        safe: asyncio.Future[None] = loop.create_future()
        self._owed.append((KeptAnswer(key, model, request, raw), safe))
        if self._writing is None:
            self._writing = loop.create_task(self._write())
        return safe

    def flush(self) -> None:
        """Nothing is owed that nobody waits for."""

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._owed:
            await asyncio.sleep(GATHERED)
            owed, self._owed = self._owed, []
            self._number += 1
            name = f"{self.process}-{self._number:08d}{ENDING}"
            failure = None
            try:
                content = "".join(answer.line() for answer, _ in owed).encode()
                await loop.run_in_executor(self._thread, self.folder.write, name, content)
            except RunError as error:
                failure = error
            for _, safe in owed:
                if not safe.done():
                    safe.set_exception(failure) if failure else safe.set_result(None)
        self._writing = None


class Merger:
    """Takes the shards of a folder into a cache: each is on the cache's disk before it goes."""

    def __init__(self, folder: ShardFolder, cache: Cache) -> None:
        self.folder, self.cache = folder, cache
        self._lock = asyncio.Lock()

    async def merge(self) -> int:
        """Take in all that is there now; how many answers that were."""
        async with self._lock:
            loop, count = asyncio.get_running_loop(), 0
            names = await loop.run_in_executor(None, self.folder.shards)
            for start in range(0, len(names), 64):
                some = names[start : start + 64]
                answers = await loop.run_in_executor(None, self._read, some)
                if answers:
                    await [self.cache.put(*answer) for answer in answers][-1]
                    for answer in answers:
                        self.cache.key_filter(answer.key[:KEY_PREFIX]).add(answer.key)
                await loop.run_in_executor(None, self.folder.remove, some)
                count += len(answers)
            return count

    def _read(self, names: Sequence[str]) -> list[KeptAnswer]:
        return [answer for name in names for answer in self.folder.answers(name)]


def folder_of(store: str, base: Path, run: Path) -> str:
    """The folder for the shards of a run: in the run folder, or one of its own in a store that runs share, a URL or a
    path that starts from `base`."""
    run = run.resolve()
    if not store:
        return str(run / "shards")
    root = store.rstrip("/") if "://" in store else str(located(store, base).resolve())
    return f"{root}/{run.name}-{hashlib.sha256(str(run).encode()).hexdigest()[:8]}"


def _write_whole(path: Path, content: bytes) -> None:
    partial = path.with_name(path.name + ".partial")
    try:
        with open(partial, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(partial, path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
