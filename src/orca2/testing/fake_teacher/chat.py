"""`/v1/chat/completions`: limits, delays and faults, then the answer, whole or as a stream of events."""

import asyncio
import json
import socket
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiohttp import web

from orca2.testing.fake_teacher.counts import Counts
from orca2.testing.fake_teacher.fault_plan import FaultPlan, PlannedAttempt, key_of
from orca2.testing.fake_teacher.limiting import Limiter
from orca2.testing.fake_teacher.replies import CORRUPT, PAGE, Replies, corrupt
from orca2.testing.fake_teacher.scenario import Scenario

UNPAID = (*CORRUPT, "empty_choices", "error_500", "reset", "hang")
PIECES = 20  # of a reply that trickles in
LINGER = struct.pack("ii", 1, 0)  # closing sends a reset in the place of an orderly end


class ChatHandler:
    def __init__(self, scenario: Scenario, replies: Replies, counts: Counts) -> None:
        self._replies, self._counts, self._faults = replies, counts, scenario.faults
        self._fault_plan, self._limiter = FaultPlan(scenario), Limiter(scenario.limit)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self._counts.enter()
        try:
            return await self._answer(request)
        finally:
            self._counts.leave()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if (seconds := self._limiter.refuse()) is not None:
            self._counts.totals["refused"] += 1
            return complain(429, "too many requests", self._limiter.headers(seconds))
        content = await request.read()
        key = key_of(content)
        planned = self._fault_plan.draw(key, self._counts.attempt(key))
        try:
            asked = json.loads(content)
            completion = self._replies.completion(asked if isinstance(asked, dict) else {}, planned.fault)
        except ValueError as error:
            self._counts.totals["failed"] += 1
            return complain(400, str(error))
        delivered = False
        try:
            response = await self._deliver(request, planned, asked, completion)
            delivered = True
        finally:  # a client that left, or was killed, pays all the same
            if planned.fault not in UNPAID:
                self._counts.pay(key)
                self._counts.totals["undelivered"] += not delivered
        return response

    async def _deliver(
        self, request: web.Request, planned: PlannedAttempt, asked: Mapping[str, Any], completion: Mapping[str, Any]
    ) -> web.StreamResponse:
        totals, fault = self._counts.totals, planned.fault
        if planned.seconds:
            await asyncio.sleep(planned.seconds)
        if fault == "error_500":
            totals["failed"] += 1
            return complain(500, "the server had an error, on purpose")
        if fault == "hang":
            totals["dropped"] += 1
            await asyncio.sleep(self._faults.hang_seconds)
            return _cut(request, web.Response())
        if fault in (*CORRUPT, "empty_choices"):
            totals["spoiled"] += 1
        stream = bool(asked.get("stream"))
        pieces = _events(completion, asked) if stream else [corrupt(completion, fault)]
        if stream and fault in CORRUPT:
            pieces = [PAGE] if fault == "malformed" else pieces[: len(pieces) // 2]
        kind = "text/html" if fault == "malformed" else "text/event-stream" if stream else "application/json"
        if fault == "reset":
            totals["dropped"] += 1
            return await _reset(request, kind, b"".join(pieces))
        if fault == "slow_stream":
            pieces = pieces if stream else list(_slices(pieces[0]))
            return await _write(request, kind, pieces, self._faults.slow_seconds / len(pieces))
        if stream:
            return await _write(request, kind, pieces, 0.0)
        return web.Response(body=pieces[0], content_type=kind)


def complain(status: int, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """An error as OpenAI words it."""
    body = {"error": {"message": message, "type": "fake_teacher_error", "param": None, "code": None}}
    return web.json_response(body, status=status, headers=headers)


def _events(completion: Mapping[str, Any], asked: Mapping[str, Any]) -> list[bytes]:
    """A completion as server-sent events: its role, a piece of a text or a list each, the reason, the usage if asked,
    the end."""
    head = {name: completion[name] for name in ("id", "created", "model")} | {"object": "chat.completion.chunk"}
    chunks: list[dict[str, Any]] = []
    for choice in completion["choices"]:
        said = sorted(choice["message"].items(), key=lambda item: item[0] == "content")  # thoughts come before
        deltas = [{"role": "assistant", "content": ""}, *(d for name, value in said for d in _pieces(name, value))]
        chunks += [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
        chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]})
    if (asked.get("stream_options") or {}).get("include_usage"):
        chunks.append({"choices": [], "usage": completion["usage"]})
    return [f"data: {json.dumps(head | chunk)}\n\n".encode() for chunk in chunks] + [b"data: [DONE]\n\n"]


def _pieces(name: str, value: Any) -> Iterator[dict[str, Any]]:
    """The deltas that a field of a message comes in: a text in pieces, the parts of a list one by one."""
    if isinstance(value, list):
        yield from ({name: [part]} for part in value)
    elif name != "role":
        yield from ({name: value[at : at + 8]} for at in range(0, len(value), 8))


def _slices(data: bytes) -> Iterator[bytes]:
    size = max(1, len(data) // PIECES)
    return (data[at : at + size] for at in range(0, len(data), size))


async def _write(request: web.Request, kind: str, pieces: Sequence[bytes], pause: float) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": kind})
    await response.prepare(request)
    for piece in pieces:
        if pause:
            await asyncio.sleep(pause)
        await response.write(piece)
    await response.write_eof()
    return response


async def _reset(request: web.Request, kind: str, data: bytes) -> web.StreamResponse:
    """Promise all of the data, send half of it, and break the connection."""
    response = web.StreamResponse(headers={"Content-Type": kind, "Content-Length": str(len(data))})
    await response.prepare(request)
    await response.write(data[: len(data) // 2])
    await asyncio.sleep(0)
    return _cut(request, response)


def _cut(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        request.transport.abort()
    return response
