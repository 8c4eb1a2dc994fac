"""The HTTP server: OpenAI's endpoints over schedulers, with limits that hold whatever a client does."""

import asyncio
import hmac
import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

from aiohttp import web

from orca2.apps.serve._bodies import ChatBody, CompletionBody, Settings, parse
from orca2.apps.serve._cors import Cors
from orca2.apps.serve._errors import Refused
from orca2.apps.serve._metrics import Metrics
from orca2.apps.serve._replies import Chats, Completions, usage
from orca2.apps.serve._served import Served
from orca2.apps.serve.settings import Limits
from orca2.inference.requests import GenerationRequest, StreamChunk
from orca2.reporting import rendering

log = logging.getLogger("orca2.serve")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """`key` is what clients must send as a bearer; empty lets everybody in. Pages of the `origins` may ask too."""

    def __init__(self, models: Sequence[Served], key: str, limits: Limits, origins: Collection[str] = ()) -> None:
        self.models = {served.name: served for served in models}
        self.key, self.limits, self.cors = key.encode(), limits, Cors(origins)
        self.metrics = Metrics()
        self.stopping = False
        self._open = 0  # answers that were let in and have not ended
        self._most = limits.waiting + sum(served.scheduler.limits.rows for served in models)
        self._encoding = asyncio.Semaphore(2)
        self._busy: set[Any] = set()  # connections whose request is being answered
        self.started = int(time.time())

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._guard], client_max_size=self.limits.body)
        app.on_response_prepare.append(self.cors.sign)
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/health", self._health),
                web.get("/metrics", self._metrics),
                web.get("/v1/models", self._models),
                web.get("/v1/models/{name:.+}", self._model),
                web.post("/v1/chat/completions", self._chat),
                web.post("/v1/completions", self._completion),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Bearer keys, OpenAI's shape for every error, and the count of requests."""
        route = request.match_info.route.resource
        path = route.canonical if route else "other"
        status, connection = 499, request.protocol  # 499: the client left
        self._busy.add(connection)
        try:
            response = await self._safely(request, handler)
            status = response.status
        finally:
            self._busy.discard(connection)
            self.metrics.add("orca2_requests_total", 1, path=path, status=str(status))
        return response

    async def leave_idle(self, server: web.Server) -> None:
        """Close connections on which no whole head has come for `idle_timeout` seconds: aiohttp would wait for ever."""
        since: dict[Any, float] = {}
        while True:
            await asyncio.sleep(min(self.limits.idle_timeout / 4, 5))
            now = time.monotonic()
            since = {one: since.get(one, now) for one in server.connections if one not in self._busy}
            for connection, start in since.items():
                if now - start > self.limits.idle_timeout:
                    connection.force_close()

    async def _safely(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if self.cors.asks_first(request):  # without the key: the browser asks, not the page
                return web.Response(status=204)
            if request.path.startswith("/v1/"):
                self._let_in(request)
            return await handler(request)
        except Refused as refused:
            return refused.response()
        except web.HTTPException as error:
            response = Refused(error.status, f"{request.method} {request.path[:80]}: {error.reason}").response()
            response.headers.update({name: value for name, value in error.headers.items() if name == "Allow"})
            return response
        except (ConnectionError, TimeoutError):  # the client left, or stopped reading
            if request.transport:
                request.transport.abort()
            return web.Response(status=499)
        except Exception:
            log.exception("%s %s", request.method, request.path)
            return Refused(500, "an error of the server's own; its log says which").response()

    def _let_in(self, request: web.Request) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        given_bytes = given.strip().encode("utf-8", "surrogateescape")
        if self.key and not (scheme.lower() == "bearer" and hmac.compare_digest(given_bytes, self.key)):
            raise Refused(401, "send the server's key as Authorization: Bearer KEY", code="invalid_api_key")
        if self.stopping:
            raise Refused(503, "the server is stopping", after=5)

    async def _page(self, request: web.Request) -> web.Response:
        nonce = secrets.token_urlsafe(16)
        policy = f"{POLICY}; script-src 'nonce-{nonce}'"
        page = rendering.html(
            "chat.html.jinja",
            {
                "title": "Orca 2 chat",
                "models": list(self.models),
                "locked": bool(self.key),
                "nonce": nonce,
                "policy": policy,
            },
        )
        headers = {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'", "Cache-Control": "no-store"}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _health(self, request: web.Request) -> web.Response:
        status = "stopping" if self.stopping else "ok"
        return web.json_response({"status": status, "models": list(self.models)}, status=503 if self.stopping else 200)

    async def _metrics(self, request: web.Request) -> web.Response:
        loads = {name: served.scheduler.load for name, served in self.models.items()}
        gauges = {
            name: (about, [((("model", model),), load[place]) for model, load in loads.items()])
            for place, (name, about) in enumerate(
                {
                    "orca2_running": "Answers under way.",
                    "orca2_waiting": "Answers that wait for a row.",
                    "orca2_kept_tokens": "Tokens whose cache is kept for a next turn.",
                }.items()
            )
        }
        return web.Response(text=self.metrics.text(gauges), content_type="text/plain")

    async def _models(self, request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [self._about(name) for name in self.models]})

    async def _model(self, request: web.Request) -> web.Response:
        return web.json_response(self._about(self._served(request.match_info["name"]).name))

    def _about(self, name: str) -> dict[str, Any]:
        return {
            "id": name, "object": "model", "created": self.started, "owned_by": "orca2",
            "max_model_len": self.models[name].scheduler.context,
        }  # fmt: skip

    def _served(self, name: str) -> Served:
        if name not in self.models:
            known = ", ".join(self.models)
            raise Refused(404, f"no model {name[:80]!r} here; there is {known}", code="model_not_found", param="model")
        return self.models[name]

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = parse(ChatBody, await self._read(request))
        served = self._served(body.model)
        return await self._answer(request, body, served, lambda: (served.chat_requests(body), Chats(served, body)))

    async def _completion(self, request: web.Request) -> web.StreamResponse:
        body = parse(CompletionBody, await self._read(request))
        served = self._served(body.model)

        def make() -> tuple[list[GenerationRequest], Completions]:
            requests = served.completion_requests(body)
            return requests, Completions(served, body, requests)

        return await self._answer(request, body, served, make)

    async def _read(self, request: web.Request) -> bytes:
        if request.content_type != "application/json":  # so that no other site's page can post here unasked
            raise Refused(415, "send the body as Content-Type: application/json")
        if (request.content_length or 0) > self.limits.body:
            raise Refused(413, f"the body exceeds {self.limits.body} bytes")
        try:
            async with asyncio.timeout(self.limits.idle_timeout):
                return await request.read()
        except TimeoutError:
            raise Refused(408, "the body did not come in time") from None

    async def _answer(
        self, request: web.Request, body: Settings, served: Served,
        make: Callable[[], tuple[list[GenerationRequest], Chats | Completions]],
    ) -> web.StreamResponse:  # fmt: skip
        """Let a request in, have its prompts encoded off the event loop, and send what comes."""
        started = time.perf_counter()
        if self._open >= self._most:
            raise Refused(429, f"{self._open} answers are under way or wait", code="too_many_requests", after=1)
        self._open += 1
        extra = 0
        try:
            async with self._encoding:
                requests, shape = await asyncio.to_thread(make)
            extra = len(requests) - 1
            if len(requests) > self._most:
                raise Refused(400, f"{len(requests)} answers at once; at most {self._most}")
            if self._open + extra > self._most:
                extra = 0
                raise Refused(429, f"{self._open} answers are under way or wait", code="too_many_requests", after=1)
            self._open += extra
            prompt = sum(len(generation.ids) for generation in requests[:: body.n])
            chunks: list[list[StreamChunk]] = [[] for _ in requests]
            try:
                if body.stream:
                    return await self._stream(request, body, served, requests, shape, chunks, prompt, started)
                return await self._whole(served, requests, shape, chunks, prompt, started)
            finally:
                self._count(served, prompt, [one[-1] for one in chunks if one], started)
        finally:
            self._open -= 1 + extra

    async def _whole(
        self, served: Served, requests: Sequence[GenerationRequest], shape: Chats | Completions,
        chunks: list[list[StreamChunk]], prompt: int, started: float,
    ) -> web.Response:  # fmt: skip
        async for index, chunk in served.scheduler.stream(requests):
            self._first(chunks, started)
            chunks[index].append(chunk)
            if chunk.finish == "error":
                raise Refused(503 if self.stopping else 500, chunk.text)
        told = usage(prompt, [one[-1] for one in chunks])
        # the log-probabilities of a long prompt take a while to write down
        text = await asyncio.to_thread(lambda: json.dumps(shape.whole(chunks, told)))
        return web.json_response(text=text)

    async def _stream(
        self, request: web.Request, body: Settings, served: Served, requests: Sequence[GenerationRequest],
        shape: Chats | Completions, chunks: list[list[StreamChunk]], prompt: int, started: float,
    ) -> web.StreamResponse:  # fmt: skip
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        await response.prepare(request)
        wants_usage = body.stream_options.include_usage
        for index in range(len(requests)):
            for event in shape.openings(index):
                await self._send(response, event, wants_usage)
        async for index, chunk in served.scheduler.stream(requests):
            self._first(chunks, started)
            chunks[index] = [chunk]  # only the last one is of use
            if chunk.finish == "error":
                await self._send(response, Refused(500, chunk.text).body(), False)
                break
            await self._send(response, shape.chunk(index, chunk), wants_usage)
        else:
            if wants_usage:
                await self._send(response, shape.usage_chunk(usage(prompt, [one[-1] for one in chunks])), False)
        await self._write(response, b"data: [DONE]\n\n")
        await response.write_eof()
        return response

    async def _send(self, response: web.StreamResponse, event: dict[str, Any], wants_usage: bool) -> None:
        if wants_usage:
            event = {**event, "usage": None}
        await self._write(response, b"data: " + json.dumps(event).encode() + b"\n\n")

    async def _write(self, response: web.StreamResponse, data: bytes) -> None:
        async with asyncio.timeout(self.limits.idle_timeout):
            await response.write(data)

    def _first(self, chunks: Sequence[Sequence[StreamChunk]], started: float) -> None:
        if not any(chunks):
            self.metrics.took("orca2_first_token_seconds", time.perf_counter() - started)

    def _count(self, served: Served, prompt: int, last: Sequence[StreamChunk], started: float) -> None:
        told = usage(prompt, last)
        cached = told["prompt_tokens_details"]["cached_tokens"]
        self.metrics.add("orca2_prompt_tokens_total", prompt, model=served.name)
        self.metrics.add("orca2_cached_prompt_tokens_total", cached, model=served.name)
        self.metrics.add("orca2_generated_tokens_total", told["completion_tokens"], model=served.name)
        self.metrics.took("orca2_request_seconds", time.perf_counter() - started)
