"""Limits of the server, what curl sees of it, and the cache that a conversation's next turns start from."""

import asyncio
import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orca2.apps.serve._server import Server
from orca2.apps.serve.settings import Limits
from tests.serving import HELLO, KEY, Running, ask, start


@pytest.fixture(scope="module")
def narrow(tiny: Path) -> Iterator[Running]:
    running = start(tiny, "--device", "cpu", "--max-rows", 1, "--max-waiting", 1, "--idle-timeout", 1)
    yield running
    running.process.terminate()
    assert running.process.wait(60) == 0


def opened(server: Running) -> http.client.HTTPConnection:
    """A connection on which a long answer has been asked for."""
    connection = http.client.HTTPConnection(server.base.removeprefix("http://"), timeout=60)
    body = {"model": "tiny-llama", "messages": HELLO, "stream": True, "temperature": 1, "max_tokens": 1900}
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    return connection


def test_one_more_than_may_wait_is_told_to_come_later(narrow: Running) -> None:
    held = [opened(narrow), opened(narrow)]
    deadline = time.monotonic() + 30
    while narrow.metric("orca2_waiting") < 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    third = opened(narrow)
    reply = third.getresponse()
    assert (reply.status, reply.headers["Retry-After"]) == (429, "1")
    assert json.loads(reply.read())["error"]["type"] == "rate_limit_error"
    for connection in [*held, third]:
        connection.close()
    while narrow.metric("orca2_running") + narrow.metric("orca2_waiting") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert ask(narrow).choices  # room again


def test_a_body_that_does_not_come(narrow: Running) -> None:
    host, port = narrow.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as client:
        head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
        )
        client.sendall(head.encode() + b'{"model": ')
        assert client.recv(100).startswith(b"HTTP/1.1 408 ")
    assert ask(narrow).choices


def test_half_a_head_and_then_nothing(narrow: Running) -> None:
    host, port = narrow.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as client:
        client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n")
        assert client.recv(100) == b""
    assert ask(narrow).choices


def test_a_server_that_stops_says_so() -> None:
    from aiohttp.test_utils import TestClient, TestServer

    async def go() -> list[tuple[int, str | None]]:
        server = Server([], "", Limits())
        server.stopping = True
        async with TestClient(TestServer(server.app())) as client:
            replies = [await client.get("/health"), await client.get("/v1/models")]
            return [(reply.status, reply.headers.get("Retry-After")) for reply in replies]

    assert asyncio.run(go()) == [(503, None), (503, "5")]


def test_the_third_turn_starts_from_the_second(tiny: Path, narrow: Running) -> None:
    turns: list[dict[str, str]] = [{"role": "system", "content": "Be brief."}]
    used: list[Any] = []
    for question in ("Name a colour.", "And another one?", "And the last one?"):
        turns.append({"role": "user", "content": question})
        used.append(ask(narrow, messages=turns, temperature=0, max_completion_tokens=2).usage)
        turns.append({"role": "assistant", "content": "A warm and dark red."})
    second, third = used[1:]
    assert third.prompt_tokens_details.cached_tokens >= second.prompt_tokens - 1
    assert third.prompt_tokens_details.cached_tokens < third.prompt_tokens


def curl(server: Running, path: str, body: Any = None, key: str = KEY) -> str:
    command = ["curl", "-sS", "-N", "--max-time", "60", f"{server.base}{path}", "-H", f"Authorization: Bearer {key}"]
    if body is not None:
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    return subprocess.run([*command, "-w", "\n%{http_code}"], capture_output=True, text=True, check=True).stdout


def test_with_curl(narrow: Running) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    body = {"model": "tiny-llama", "messages": HELLO, "max_tokens": 4, "temperature": 0}
    text, status = curl(narrow, "/v1/chat/completions", body).rsplit("\n", 1)
    whole = json.loads(text)["choices"][0]["message"]["content"]
    assert status == "200"
    text, status = curl(narrow, "/v1/chat/completions", {**body, "stream": True}).rsplit("\n", 1)
    events = [line.removeprefix("data: ") for line in text.splitlines() if line]
    assert status == "200" and events[-1] == "[DONE]"
    deltas = [json.loads(event)["choices"][0]["delta"] for event in events[:-1]]
    assert "".join(delta.get("content", "") for delta in deltas) == whole
    assert curl(narrow, "/v1/models", key="wrong").endswith("\n401")
    assert curl(narrow, "/health").endswith("\n200")
