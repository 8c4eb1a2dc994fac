"""A provider's batch API in OpenAI's format: answers within a day, at half the price.

Requests go up in files, and batches of them are waited for. A batch that an earlier, killed run has made is found again
and its answers are taken, so that no row is paid twice.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from orca2.core.types import Completion, Request
from orca2.endpoints import json_codec
from orca2.endpoints.batch_api import BatchProvider, ProviderError, sleep_in_slices
from orca2.endpoints.batch_journal import BatchJournal
from orca2.endpoints.batch_lines import MOST_BYTES, cut, read_result, request_line
from orca2.endpoints.prices import Price, price_of
from orca2.errors import ModelError
from orca2.models.openai import OpenAIModel

MOST_ROWS = 50_000  # of a file, as OpenAI documents it
Queue = asyncio.Queue[tuple[str, Completion | None]]
LONGEST_WAIT = 120.0  # seconds between two looks at a batch at most
GROWTH = 1.5  # of that wait, from look to look
ENDED = ("completed", "failed", "expired", "cancelled")


@dataclass(frozen=True, slots=True)
class Job:
    """The rows that are wanted of one batch. An `adopted` one was made by an earlier run."""

    batch: Mapping[str, Any]
    ids: Sequence[str]
    adopted: bool


class BatchModel:
    """Asks an endpoint through batches. The rows of a list are all at work at once."""

    def __init__(
        self, http_model: OpenAIModel, url: str, key: str, price: Price | None, poll: float, rows: int, size: int
    ) -> None:
        self.name, self.keep, self.window = f"{http_model.name} batch{_form_mark(http_model)}", True, MOST_ROWS
        self.price = price.half() if price else None
        self.answered_by = http_model.answered_by
        self._http_model, self._url, self._key = http_model, url.rstrip("/"), key
        self._poll, self._rows, self._size = poll, rows, size

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        """What a model refuses in the form in which it is asked goes into further batches in another."""
        owed: Mapping[int, Request] = dict(enumerate(requests))
        while owed:
            again: dict[int, Request] = {}
            async with aclosing(self._round(owed)) as found:
                async for index, completion in found:
                    if completion is None:
                        again[index] = owed[index]
                    else:
                        yield index, completion
            owed = again

    async def _round(self, owed: Mapping[int, Request]) -> AsyncGenerator[tuple[int, Completion | None]]:
        """The completion of each request; None for one that is to be written in another form."""
        import aiohttp

        bodies, places = dict[str, bytes](), dict[str, list[int]]()
        for index, request in owed.items():
            body = self._http_model.serialize(request)
            row = hashlib.sha256(body).hexdigest()[:40]
            bodies[row] = body
            places.setdefault(row, []).append(index)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=60, sock_read=self._http_model.timeout)
        found: Queue = asyncio.Queue()
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        network = self._http_model.network
        async with (
            aiohttp.ClientSession(
                headers=headers, timeout=timeout, connector=network.connector(keep_alive=15.0)
            ) as session,
            asyncio.TaskGroup() as group,
        ):
            provider = BatchProvider(session, self._url, self._key, network)
            work = _BatchRun(self, provider, bodies, found)
            group.create_task(work.all(group))
            for _ in bodies:
                row, completion = await found.get()
                for index in places[row]:
                    yield index, completion

    def files(self, bodies: Mapping[str, bytes]) -> Iterator[tuple[bytes, list[str]]]:
        """The rows in files within the limits, each with its row ids; a file depends on its rows alone."""
        names, done = sorted(bodies), 0
        for lines in cut((request_line(row, bodies[row]) for row in names), self._rows, self._size):
            yield b"".join(lines), names[done : done + len(lines)]
            done += len(lines)


class _BatchRun:
    """One list of requests on its way through batches; each row id is put into `found` exactly once."""

    def __init__(
        self,
        model: BatchModel,
        provider: BatchProvider,
        bodies: Mapping[str, bytes],
        found: Queue,
    ) -> None:
        self._model, self._provider, self._bodies, self._found = model, provider, bodies, found
        self._journal = BatchJournal(model.name)

    async def all(self, group: asyncio.TaskGroup) -> None:
        async with self._journal.lock:
            try:
                known = await self._provider.batches()
            except ProviderError as error:
                self._fail(dict.fromkeys(self._bodies, _failed(str(error))))
                return
            jobs, owed = self._adopt(known)
            for job in jobs:
                group.create_task(self._wait(job))
            for job in await self._submit(owed, known):
                group.create_task(self._wait(job))

    def _adopt(self, known: Mapping[str, Mapping[str, Any]]) -> tuple[list[Job], dict[str, bytes]]:
        """The batches that hold rows of ours already, and the rows that none holds."""
        owed, jobs = dict(self._bodies), list[Job]()
        for content_hash, noted in self._journal.all():
            mine = [row for row in noted if row in owed]
            if mine and content_hash in known:
                jobs.append(Job(known[content_hash], mine, adopted=True))
                for row in mine:
                    del owed[row]
        return jobs, owed

    async def _submit(self, owed: Mapping[str, bytes], known: Mapping[str, Mapping[str, Any]]) -> list[Job]:
        """Make batches of the rows, but for files of which there is one: notes can be lost, metadata is not."""
        jobs = []
        for data, ids in self._model.files(owed):
            content_hash = hashlib.sha256(data).hexdigest()
            self._journal.add(content_hash, ids)
            if content_hash in known:
                jobs.append(Job(known[content_hash], ids, adopted=True))
                continue
            try:
                jobs.append(Job(await self._provider.submit(data, content_hash), ids, adopted=False))
            except ProviderError as error:
                self._fail(dict.fromkeys(ids, _failed(str(error))))
        return jobs

    async def _wait(self, job: Job) -> None:
        """Wait for the end of a batch and give out its answers; what an earlier run's lacks is asked once more."""
        batch, wait = job.batch, self._model._poll
        try:
            while batch["status"] not in ENDED:
                await sleep_in_slices(wait)
                wait = min(wait * GROWTH, LONGEST_WAIT)
                batch = await self._provider.batch(batch["id"])
            missing = await self._collect(batch, job.ids)
        except ProviderError as error:  # the batch goes on without us, and the next run finds it
            self._fail(dict.fromkeys(job.ids, _failed(str(error))))
            return
        if not job.adopted:
            self._fail(missing)
        elif missing:
            async with self._journal.lock:
                again = await self._submit({row: self._bodies[row] for row in missing}, {})
            for fresh in again:
                await self._wait(fresh)

    async def _collect(self, batch: Mapping[str, Any], ids: Sequence[str]) -> dict[str, Completion]:
        """Give out the answers of an ended batch; the rows without a usable one, with the reason, are returned."""
        complaints = "; ".join(str(error.get("message")) for error in ((batch.get("errors") or {}).get("data") or []))
        why = f"{self._model.name}: the batch is {batch['status']} and holds no answer to this row {complaints}".strip()
        missing = dict.fromkeys(ids, _failed(why))
        usable = dict[str, Completion | None]()
        for name in ("output_file_id", "error_file_id"):
            if not batch.get(name):
                continue
            with TemporaryFile() as file:
                await self._provider.download(batch[name], file)
                for line in file:
                    row, completion = self._read(line)
                    if row not in missing:
                        continue
                    if completion is None or completion.error is None:
                        del missing[row]
                        usable[row] = completion
                    else:
                        missing[row] = completion
        for found in usable.items():  # only now: a broken download may be tried again from its start
            self._found.put_nowait(found)
        return missing

    def _read(self, line: bytes) -> tuple[str, Completion | None]:
        """The row id and the completion of a line, None for one to be written in another form; no id if the line
        cannot be read that far."""
        try:
            result = read_result(json_codec.decode(line))
            body, http_model = self._bodies[result.name], self._model._http_model
        except (ValueError, KeyError):
            return "", _failed("")
        completion = _failed(result.why) if result.reply is None else http_model.parse(result.reply, body)
        if result.complaint is not None and http_model.rewrites(result.complaint, body):
            return result.name, None
        if completion.error is None:
            return result.name, completion
        return result.name, replace(completion, error=f"{self._model.name}: {completion.error}")

    def _fail(self, failures: Mapping[str, Completion]) -> None:
        for failure in failures.items():
            self._found.put_nowait(failure)


def load(
    model: str,
    base_url: str = "https://api.openai.com/v1",
    key_env: str = "OPENAI_API_KEY",
    timeout: float = 600.0,
    poll: float = 5.0,
    rows: int = MOST_ROWS,
    size: int = MOST_BYTES,
    max_tokens_key: str = "",
    omit: str | Sequence[str] = (),
    extra: Mapping[str, Any] | None = None,
    system_role: bool = True,
    thinking_as: str | Mapping[str, Mapping[str, Any]] = "",
    ca_file: str = "",
    prices: Mapping[str, float] | str | None = None,
    base: Path = Path(),
    section: str = "teacher.options",
) -> BatchModel:
    """`poll` is the first wait in seconds for a batch; later ones grow. `rows` and `size` (bytes) limit a file.

    `prices` are those of single requests; a batch costs half. The rest is as for a single request.
    """
    if not 0 < poll < float("inf") or not 0 < rows <= MOST_ROWS or not 0 < size <= MOST_BYTES:
        raise ModelError(
            f"{section}: poll must be above 0, rows 1 to {MOST_ROWS} and size 1 to {MOST_BYTES}; correct them"
        )
    http_model = OpenAIModel(
        model, base_url, key_env, timeout=timeout, max_tokens_key=max_tokens_key, omit=omit, extra=extra,
        system_role=system_role, thinking_as=thinking_as, ca_file=ca_file, base=base, section=section,
    )  # fmt: skip
    key = os.environ.get(key_env, "").strip()
    return BatchModel(http_model, base_url, key, price_of(model, prices or None, base), poll, rows, size)


check = load  # nothing is sent before the first request


def _form_mark(http_model: OpenAIModel) -> str:
    """What tells answers apart that were asked for in another form than the usual one, of which the key of a kept
    answer knows nothing else."""
    writer = http_model.writer
    form = {"omit": sorted(writer.omit), "extra": writer.extra, "system_role": writer.system_role}
    form |= {"thinking_as": http_model.thinking.named} if http_model.thinking.named else {}
    if form == {"omit": [], "extra": {}, "system_role": True}:
        return ""
    return f" {hashlib.sha256(json_codec.encode(form)).hexdigest()[:12]}"


def _failed(why: str) -> Completion:
    return Completion("", "error", error=why)
