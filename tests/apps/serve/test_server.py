"""The server as clients meet it: a real process on loopback, the official client, curl-like requests and Chromium."""

import asyncio
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.serving import HELLO, KEY, Running, ask, openai, start


@pytest.fixture(scope="module")
def server(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    other = tmp_path_factory.mktemp("beside") / "other"
    shutil.copytree(tiny, other)
    running = start(tiny, "--compare-model", other, "--device", "cpu", "--max-waiting", 8, "--max-rows", 4)
    yield running
    running.process.terminate()
    assert running.process.wait(60) == 0


def test_a_chat_answer_has_openais_shape(server: Running) -> None:
    reply = ask(server, temperature=1, seed=3, n=2, logprobs=True, top_logprobs=2)
    assert [choice.index for choice in reply.choices] == [0, 1]
    assert reply.choices[0].message.content != reply.choices[1].message.content
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    for choice in reply.choices:
        told = choice.logprobs.content
        assert choice.finish_reason in ("stop", "length") and 0 < len(told) <= 12
        assert all(one.logprob <= 0 and len(one.top_logprobs) == 2 for one in told)
    again = ask(server, temperature=1, seed=3, n=2)
    assert [c.message.content for c in again.choices] == [c.message.content for c in reply.choices]


def test_a_stream_says_the_same_with_usage_and_an_end(server: Running) -> None:
    whole = ask(server, temperature=0)
    chunks = list(ask(server, temperature=0, stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens and chunks[-1].choices == []
    assert all(chunk.usage is None for chunk in chunks[:-1])
    body = {"model": "tiny-llama", "messages": HELLO, "max_tokens": 2, "stream": True}
    assert server.raw("/v1/chat/completions", json.dumps(body).encode())[1].endswith("data: [DONE]\n\n")


@pytest.mark.parametrize("stream", [False, True])
def test_a_stop_string_is_stripped_in_streams_too(server: Running, stream: bool) -> None:
    text = ask(server, temperature=0).choices[0].message.content
    stop = text[len(text) // 2 :][:4]
    reply = ask(server, temperature=0, stop=[stop], stream=stream)
    if stream:
        chunks = list(reply)
        found = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        finish = chunks[-1].choices[0].finish_reason
    else:
        found, finish = reply.choices[0].message.content, reply.choices[0].finish_reason
    assert (found, finish) == (text[: text.index(stop)], "stop")


def test_completions_take_texts_and_ids(server: Running) -> None:
    create = server.client.completions.create
    reply = create(model="tiny-llama", prompt=["one", "two"], max_tokens=3, n=2, temperature=0, logprobs=1)
    assert [choice.index for choice in reply.choices] == [0, 1, 2, 3]
    assert reply.choices[0].text == reply.choices[1].text
    assert len(reply.choices[0].logprobs.tokens) == len(reply.choices[0].logprobs.top_logprobs)
    assert create(model="tiny-llama", prompt=[5, 6, 7], max_tokens=2).usage.prompt_tokens == 3


def test_text_is_never_control(server: Running, tokenizer: Any) -> None:
    plain = ask(server, messages=[{"role": "user", "content": "a"}], max_completion_tokens=1).usage.prompt_tokens
    typed = [{"role": "user", "content": "a<|im_end|>"}]
    assert ask(server, messages=typed, max_completion_tokens=1).usage.prompt_tokens > plain + 1
    reply = server.client.completions.create(model="tiny-llama", prompt="<|im_end|>", max_tokens=1)
    assert reply.usage.prompt_tokens > 1


def test_async_clients_share_a_batch(server: Running) -> None:
    async def go() -> list[str]:
        async with openai.AsyncOpenAI(base_url=f"{server.base}/v1", api_key=KEY, max_retries=0) as client:

            async def one(index: int) -> str:
                messages = [{"role": "user", "content": f"Number {index}."}]
                reply = await client.chat.completions.create(
                    model="tiny-llama", messages=messages, max_tokens=4 + index, temperature=0
                )
                return str(reply.choices[0].message.content)

            return await asyncio.gather(*(one(index % 3) for index in range(9)))

    found = asyncio.run(go())
    assert found[:3] == found[3:6] == found[6:]


BAD: list[tuple[dict[str, Any], int, str]] = [
    ({"messages": []}, 400, "messages"),
    ({"messages": "hi"}, 400, "messages"),
    ({"messages": [{"role": "tool", "content": "x"}]}, 400, "messages"),
    ({"model": "none"}, 404, "model"),
    ({"temperature": "hot"}, 400, "temperature"),
    ({"temperature": 3}, 400, "temperature"),
    ({"n": 0}, 400, "n"),
    ({"max_tokens": True}, 400, "max_tokens"),
    ({"presence_penalty": 1.5}, 400, "presence_penalty"),
    ({"tools": [{}]}, 400, "tools"),
    ({"spell": 1}, 400, "spell"),
    ({"max_tokens": 5000}, 400, "messages"),
    ({"messages": [{"role": "user", "content": "hi " * 3000}]}, 400, "messages"),
]


@pytest.mark.parametrize(("change", "status", "param"), BAD)
def test_what_is_wrong_is_told_in_openais_shape(server: Running, change: Any, status: int, param: str) -> None:
    body = {"model": "tiny-llama", "messages": HELLO, "max_tokens": 2, **change}
    found, reply = server.raw("/v1/chat/completions", json.dumps(body).encode())
    assert (found, reply["error"]["param"]) == (status, param)
    assert reply["error"]["message"] and reply["error"]["type"]


def test_a_text_far_too_long_is_refused_by_its_beginning(server: Running) -> None:
    body = {"model": "tiny-llama", "messages": [{"role": "user", "content": "hi there " * 200_000}], "max_tokens": 2}
    status, reply = server.raw("/v1/chat/completions", json.dumps(body).encode())
    assert (status, reply["error"]["code"]) == (400, "context_length_exceeded")
    assert reply["error"]["message"].startswith("more than 2048 prompt tokens exceed")


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b"[" * 100_000, b'{"n": NaN}', b"\xff", b'{"model": "\\ud800"}'])
def test_bodies_that_are_none(server: Running, raw: bytes) -> None:
    assert server.raw("/v1/chat/completions", raw)[0] == 400
    assert server.raw("/health")[0] == 200


def test_keys_limits_and_paths(server: Running) -> None:
    assert server.raw("/v1/models", Authorization="Bearer wrong")[0] == 401
    assert server.raw("/v1/models", Authorization="")[0] == 401
    assert KEY not in json.dumps(server.raw("/v1/models", Authorization="Bearer wrong")[1])
    assert server.raw("/v1/completions", b"x" * (5 << 20))[0] == 413
    form = {"Content-Type": "text/plain"}
    assert server.raw("/v1/completions", b"{}", **form)[0] == 415
    assert server.raw("/v1/completions")[0] == 405 and server.raw("/none")[0] == 404
    assert [model.id for model in server.client.models.list()] == ["tiny-llama", "other"]
    texts = ["one"] * 9  # 4 rows of each model and 8 that wait
    body = {"model": "tiny-llama", "prompt": texts, "n": 2, "max_tokens": 1}
    assert server.raw("/v1/completions", json.dumps(body).encode())[0] == 400


def test_who_leaves_frees_the_row(server: Running) -> None:
    connection = http.client.HTTPConnection(server.base.removeprefix("http://"))
    body = {"model": "tiny-llama", "messages": HELLO, "stream": True, "temperature": 1}
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    reply = connection.getresponse()
    reply.read(1)
    reply.close()
    connection.close()
    deadline = time.monotonic() + 30
    while server.metric("orca2_running") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.metric("orca2_running") == 0
    assert ask(server).choices


@pytest.mark.slow
def test_what_is_under_way_is_finished_when_told_to_stop(tiny: Path) -> None:
    running = start(tiny, "--device", "cpu", key="")
    stream = iter(ask(running, max_completion_tokens=400, stream=True, temperature=0))
    next(stream)
    running.process.send_signal(signal.SIGTERM)
    assert list(stream)[-1].choices[0].finish_reason in ("stop", "length")
    assert running.process.wait(60) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "handed"),
    [
        ([], ""),
        (
            ["--cors", "https://App.example/", "--dtype", "bf16"],
            ' --allowed-origins ["https://app.example"] --dtype bfloat16',
        ),
    ],
)
def test_vllm_takes_over(tiny: Path, tmp_path: Path, given: list[str], handed: str) -> None:
    fake = tmp_path / "vllm"
    fake.write_text('#!/bin/sh\necho "$@" "$VLLM_API_KEY"\n')
    fake.chmod(0o755)
    words = [sys.executable, "-m", "orca2", "serve", str(tiny), "--engine", "vllm", "--api-key-env", "OUR_KEY", *given]
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "OUR_KEY": "k1"}
    said = subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout
    assert said == f"serve {tiny} --served-model-name tiny-llama --host 127.0.0.1 --port 8000{handed} k1\n"


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chat_page(server: Running, browser: Any, size: tuple[int, int], scheme: Any, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(server.base)
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Key").fill(KEY)
    page.get_by_label("Tokens an answer at most").fill("20")
    page.get_by_role("button", name="Settings").click()
    question = page.get_by_label("Your message")
    question.fill("<b>Hello</b> <|im_end|>")
    question.press("Enter")
    notes = page.locator(".note", has_text="tokens")
    expect(notes).to_have_count(2)
    assert page.locator(".message.user").first.inner_text() == "<b>Hello</b> <|im_end|>"
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_role("button", name="Retry")).to_be_enabled()
    assert page.locator(".message.assistant").count() == 2
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Tokens an answer at most").fill("1500")
    page.get_by_label("Temperature").fill("1")
    page.get_by_role("button", name="Settings").click()
    question.fill("Again, and longer.")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=os.environ.get("ORCA2_SHOTS", str(tmp_path)) + f"/chat-{size[0]}-{scheme}.png")
    page.get_by_role("button", name="New chat").click()
    assert page.locator(".message").count() == 0
    assert complaints == []
    page.close()
