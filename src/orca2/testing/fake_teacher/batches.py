"""The provider's batch API: files go up, batches go through their statuses, and answers come down in files."""

import json
import random
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import BodyPartReader, web

from orca2.testing.fake_teacher.chat import complain
from orca2.testing.fake_teacher.counts import Counts
from orca2.testing.fake_teacher.fault_plan import FaultPlan, key_of
from orca2.testing.fake_teacher.replies import CORRUPT, Replies, corrupt
from orca2.testing.fake_teacher.scenario import Scenario

MAX_ROWS, MAX_BYTES = 50_000, 200 * 10**6  # of one input file, as OpenAI documents them
PAGE = 100  # batches in a page of the list, at most


@dataclass(slots=True)
class Batch:
    """`ends` is how it will end, decided when it is made; `share` what part of its rows it answers until then."""

    id: str
    input_file: str
    metadata: dict[str, str]
    rows: list[dict[str, Any]]
    ends: str
    errors: list[str]
    share: float = 1.0
    made: float = field(default_factory=time.time)
    cancelled: bool = False
    status: str = "validating"
    output_file: str | None = None
    error_file: str | None = None
    answered: int = 0
    failed: int = 0


class Provider:
    def __init__(self, scenario: Scenario, replies: Replies, counts: Counts) -> None:
        self._scenario, self._script = scenario, scenario.batches
        self._replies, self._counts, self._fault_plan = replies, counts, FaultPlan(scenario)
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, Batch] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/files", self._upload),
            web.get("/v1/files/{id}/content", self._content),
            web.post("/v1/batches", self._create),
            web.get("/v1/batches", self._list),
            web.get("/v1/batches/{id}", self._retrieve),
            web.post("/v1/batches/{id}/cancel", self._cancel),
        ]

    async def _upload(self, request: web.Request) -> web.Response:
        purpose, data = "", None
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "purpose":
                purpose = await part.text()
            elif isinstance(part, BodyPartReader) and part.name == "file":
                data = bytes(await part.read())
        if purpose != "batch" or data is None:
            return complain(400, "a file and the purpose 'batch' are needed")
        if len(data) > MAX_BYTES:
            return complain(413, f"the file has {len(data)} bytes, {MAX_BYTES} at most")
        name = self._store(data)
        return web.json_response({"id": name, "object": "file", "bytes": len(data), "purpose": purpose})

    async def _content(self, request: web.Request) -> web.Response:
        data = self._files.get(request.match_info["id"])
        return complain(404, "no such file") if data is None else web.Response(body=data)

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        data = self._files.get(asked.get("input_file_id"))
        if data is None:
            return complain(400, "no such input file")
        if asked.get("endpoint") != "/v1/chat/completions" or asked.get("completion_window") != "24h":
            return complain(400, "only /v1/chat/completions within 24h is served")
        rows, errors = _rows(data)
        made, script = len(self._batches), self._script
        ends = "failed" if errors or made < script.fail_first else "completed"
        if ends == "completed" and made < script.fail_first + script.expire_first:
            ends = "expired"
        share = 1 - script.expired_rows if ends == "expired" else 1.0
        errors = errors or (["failed on purpose"] if ends == "failed" else [])
        metadata = asked.get("metadata") or {}
        batch = Batch(f"batch_{uuid4().hex}", asked["input_file_id"], metadata, rows, ends, errors, share)
        self._batches[batch.id] = batch
        return web.json_response(self._shown(batch))

    async def _retrieve(self, request: web.Request) -> web.Response:
        batch = self._batches.get(request.match_info["id"])
        return complain(404, "no such batch") if batch is None else web.json_response(self._shown(batch))

    async def _list(self, request: web.Request) -> web.Response:
        """Newest first, in pages: `after` names the last one of the page before."""
        names = list(reversed(self._batches))
        if after := request.query.get("after"):
            names = names[names.index(after) + 1 :] if after in names else []
        limit = min(int(request.query.get("limit", 20)), PAGE)
        page = [self._shown(self._batches[name]) for name in names[:limit]]
        return web.json_response({"object": "list", "data": page, "has_more": len(names) > limit})

    async def _cancel(self, request: web.Request) -> web.Response:
        """What was answered until now is given out and paid, as with the real one."""
        batch = self._batches.get(request.match_info["id"])
        if batch is None:
            return complain(404, "no such batch")
        self._advance(batch)
        if batch.status in ("validating", "in_progress"):
            batch.share, batch.cancelled = min(batch.share, self._done(batch)), True
        return web.json_response(self._shown(batch))

    def _done(self, batch: Batch) -> float:
        """How far the batch is, in [0, 1]."""
        worked = time.time() - batch.made - self._script.validating
        return min(max(worked / self._script.in_progress, 0.0), 1.0) if self._script.in_progress else float(worked >= 0)

    def _advance(self, batch: Batch) -> None:
        """Bring the status up to now; at its end the batch's files are made."""
        if batch.status not in ("validating", "in_progress"):
            return
        if batch.cancelled:
            batch.status = "cancelled"
            self._answer(batch)
        elif time.time() - batch.made < self._script.validating:
            batch.status = "validating"
        elif batch.ends == "failed":
            batch.status = "failed"
        elif (done := self._done(batch)) < 1:
            batch.status, batch.answered = "in_progress", int(len(batch.rows) * min(done, batch.share))
        else:
            batch.status = batch.ends
            self._answer(batch)

    def _answer(self, batch: Batch) -> None:
        """Answer its part of the rows; answers stand in an order of their own, as they may."""
        output: list[bytes] = []
        errors: list[bytes] = []
        upto = round(len(batch.rows) * batch.share)
        for row in batch.rows[:upto]:
            content = json.dumps(row["body"], sort_keys=True).encode()
            key = key_of(content)
            fault = self._fault_plan.draw(key, self._counts.attempt(key)).fault
            try:
                completion = self._replies.completion(row["body"], fault)
            except ValueError as error:
                errors.append(_line(row, 400, {"error": {"message": str(error)}}))
                continue
            if fault in ("error_500", "reset", "hang"):
                errors.append(_line(row, 500, {"error": {"message": "the server had an error, on purpose"}}))
            elif fault in CORRUPT:
                self._counts.totals["spoiled"] += 1
                output.append(corrupt({"custom_id": row["custom_id"]}, fault))
            else:
                if fault == "empty_choices":
                    self._counts.totals["spoiled"] += 1
                else:
                    self._counts.pay(key, "batched")
                output.append(_line(row, 200, completion))
        batch.answered, batch.failed = len(output), len(errors)
        code = f"batch_{batch.status}"
        errors += [_line(row, 0, {"code": code, "message": "not reached in time"}) for row in batch.rows[upto:]]
        random.Random(f"{self._scenario.seed} {len(batch.rows)}").shuffle(output)
        batch.output_file = self._store(b"".join(line + b"\n" for line in output)) if output else None
        batch.error_file = self._store(b"".join(line + b"\n" for line in errors)) if errors else None

    def _store(self, data: bytes) -> str:
        name = f"file-{uuid4().hex}"
        self._files[name] = data
        return name

    def _shown(self, batch: Batch) -> dict[str, Any]:
        self._advance(batch)
        return {
            "id": batch.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "errors": {"object": "list", "data": [{"message": text} for text in batch.errors]}
            if batch.status == "failed"
            else None,
            "input_file_id": batch.input_file,
            "completion_window": "24h",
            "status": batch.status,
            "output_file_id": batch.output_file,
            "error_file_id": batch.error_file,
            "created_at": int(batch.made),
            "request_counts": {"total": len(batch.rows), "completed": batch.answered, "failed": batch.failed},
            "metadata": batch.metadata,
        }


def _rows(data: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of an input file, and what a provider would refuse it for."""
    try:
        rows = [json.loads(line) for line in data.splitlines()]
        names = [row["custom_id"] for row in rows]
        wrong = [row for row in rows if (row["method"], row["url"]) != ("POST", "/v1/chat/completions")]
        plain = all(isinstance(row["body"], dict) for row in rows)
    except (ValueError, KeyError, TypeError) as error:
        return [], [f"a line is no request: {error}"]
    if not rows or len(rows) > MAX_ROWS:
        return [], [f"{len(rows)} requests; 1 to {MAX_ROWS} are allowed"]
    if len(set(names)) < len(names) or wrong or not plain:
        return [], ["a custom_id is there twice, or a row is no POST of a body to /v1/chat/completions"]
    return rows, []


def _line(row: dict[str, Any], status: int, payload: dict[str, Any]) -> bytes:
    """A line of an output or error file; status 0 is for a row that was never asked."""
    response = {"status_code": status, "request_id": "", "body": payload} if status else None
    line = {
        "id": f"batch_req_{row['custom_id']}",
        "custom_id": row["custom_id"],
        "response": response,
        "error": None if status else payload,
    }
    return json.dumps(line).encode()
