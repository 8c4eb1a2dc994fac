"""Each answer and each fault of the fake teacher, as a real client meets it."""

import asyncio
import json
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientSession

from tests.testing.fake_teacher.conftest import Against, body

CHAT = "/v1/chat/completions"


async def post(session: ClientSession, **more: Any) -> tuple[int, str, Any]:
    async with session.post(CHAT, json=body(**more)) as response:
        return response.status, await response.text(), response.headers


async def counts(session: ClientSession, query: str = "") -> dict[str, Any]:
    async with session.get("/counts" + query) as response:
        page: dict[str, Any] = await response.json()
        return page


def once(fault: str, **more: Any) -> dict[str, Any]:
    return {"faults": {fault: 1.0, **more}}


def test_it_echoes_and_says_that_it_is_fake(against: Against[Any]) -> None:
    async def client(session: ClientSession) -> None:
        status, text, headers = await post(session, prompt="[1] and [42]")
        reply = json.loads(text)
        assert status == 200 and headers["x-orca2-fake"] == "1"
        assert reply["choices"][0]["message"]["content"] == "The answer is 42."
        assert reply["choices"][0]["finish_reason"] == "stop"
        assert reply["model"] == "fake-teacher/m" and reply["usage"]["completion_tokens"] > 0
        for path in ("/v1/models", "/health", "/nowhere"):
            async with session.get(path) as response:
                assert response.headers["x-orca2-fake"] == "1"
                assert response.status == (404 if path == "/nowhere" else 200)
        page = await counts(session, "?keys")
        assert (page["paid"], page["paid_again"], page["contents"]) == (1, 0, 1)
        assert [entry["paid"] for entry in page["keys"].values()] == [1]

    against({}, client)


def test_worked_answers_come_from_a_file(against: Against[Any], tmp_path: Path) -> None:
    rows = [
        {"prompt": "p", "response": "any"},
        {"prompt": "p", "system": "S", "response": "for S"},
        {"prompt": "q", "response": "just q"},
    ]
    (tmp_path / "worked.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    async def client(session: ClientSession) -> None:
        said = [json.loads((await post(session, prompt=prompt))[1]) for prompt in ("p", "q", "r")]
        assert [reply["choices"][0]["message"]["content"] for reply in said[:2]] == ["for S", "just q"]
        assert "no row with this prompt: 'r'" in said[2]["error"]["message"]

    against({"answer": {"kind": "file", "file": "worked.jsonl"}}, client)


def test_an_answer_ends_at_the_limit_on_tokens(against: Against[Any]) -> None:
    async def client(session: ClientSession) -> None:
        choice = json.loads((await post(session, max_tokens=2))[1])["choices"][0]
        assert (choice["message"]["content"], choice["finish_reason"]) == ("The answ", "length")

    against({}, client)


@pytest.mark.parametrize("asked", [b"{", b"[]", b'{"messages": []}', json.dumps(body(n=2)).encode()])
def test_a_request_that_is_none_is_refused(against: Against[Any], asked: bytes) -> None:
    async def client(session: ClientSession) -> None:
        async with session.post(CHAT, data=asked) as response:
            assert response.status == 400 and (await response.json())["error"]["message"]
        assert (await counts(session))["paid"] == 0

    against({}, client)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("fault", "status", "book"),
    [
        ("error_500", 500, "failed"),
        ("malformed", 200, "spoiled"),
        ("half_json", 200, "spoiled"),
        ("empty_choices", 200, "spoiled"),
        ("wrong_model", 200, "paid"),
        ("content_filter", 200, "paid"),
        ("length", 200, "paid"),
    ],
)
def test_faults_within_a_reply(against: Against[Any], fault: str, status: int, book: str, stream: bool) -> None:
    async def client(session: ClientSession) -> None:
        got, text, _ = await post(session, stream=stream)
        assert got == status
        page = await counts(session)
        assert page[book] == 1 and page["paid"] == (book == "paid")
        if status == 500:
            return
        if fault in ("malformed", "half_json"):
            assert "[DONE]" not in text
            if not stream:
                with pytest.raises(json.JSONDecodeError):
                    json.loads(text)
            return
        replies = [json.loads(part) for part in events(text)] if stream else [json.loads(text)]
        choices = [choice for reply in replies for choice in reply["choices"]]
        if fault == "empty_choices":
            assert choices == []
        elif fault == "wrong_model":
            assert {reply["model"] for reply in replies} == {"fake-teacher/another"}
        else:
            assert choices[-1]["finish_reason"] == fault
            said = "".join(choice["delta" if stream else "message"].get("content", "") for choice in choices)
            assert said == ("" if fault == "content_filter" else "The answ")

    against(once(fault), client)


def events(text: str) -> list[str]:
    parts = [part.removeprefix("data: ") for part in text.split("\n\n") if part]
    assert parts[-1] == "[DONE]"
    return parts[:-1]


def test_a_stream_adds_up_to_the_answer_and_its_usage(against: Against[Any]) -> None:
    async def client(session: ClientSession) -> None:
        _, text, headers = await post(session, stream=True, stream_options={"include_usage": True})
        assert headers["Content-Type"].startswith("text/event-stream")
        chunks = [json.loads(part) for part in events(text)]
        said = "".join(choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"])
        assert said == "The answer is 7." and chunks[-1]["usage"]["completion_tokens"] == 4

    against({}, client)


@pytest.mark.parametrize("stream", [False, True])
def test_a_reset_breaks_the_connection_in_the_middle(against: Against[Any], stream: bool) -> None:
    async def client(session: ClientSession) -> None:
        with pytest.raises(aiohttp.ClientError):
            await post(session, stream=stream)
        page = await counts(session)
        assert (page["dropped"], page["paid"], page["in_flight"]) == (1, 0, 0)

    against(once("reset"), client)


def test_a_hang_ends_with_its_client(against: Against[Any]) -> None:
    async def client(session: ClientSession) -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(post(session), 0.3)
        page = await counts(session)
        assert (page["dropped"], page["paid"], page["in_flight"]) == (1, 0, 0)

    against(once("hang"), client)


def test_a_hang_ends_by_itself_with_a_closed_connection(against: Against[Any]) -> None:
    async def client(session: ClientSession) -> None:
        with pytest.raises(aiohttp.ClientError):
            await post(session)

    against(once("hang", hang_seconds=0.1), client)


@pytest.mark.parametrize("stream", [False, True])
def test_a_slow_reply_trickles_in_whole(against: Against[Any], stream: bool) -> None:
    async def client(session: ClientSession) -> None:
        async with session.post(CHAT, json=body(stream=stream)) as response:
            pieces = [piece async for piece in response.content.iter_any()]
        assert len(pieces) > 3  # nothing is asserted of its time; that it came in pieces shows the pauses
        text = b"".join(pieces).decode()
        assert "".join(events(text)) if stream else json.loads(text)["choices"]
        assert (await counts(session))["paid"] == 1

    against(once("slow_stream", slow_seconds=0.3), client)


def test_a_client_that_leaves_has_paid(against: Against[Any]) -> None:
    async def client(session: ClientSession) -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(post(session), 0.2)
        while (page := await counts(session))["in_flight"]:
            await asyncio.sleep(0.01)
        assert (page["paid"], page["undelivered"]) == (1, 1)

    against({"latency": {"kind": "fixed", "low": 5.0}}, client)


@pytest.mark.parametrize("told", ["seconds", "date", "none"])
def test_beyond_the_limit_it_refuses(against: Against[Any], told: str) -> None:
    async def client(session: ClientSession) -> None:
        replies = [await post(session) for _ in range(5)]
        assert [status for status, _, _ in replies] == [200, 200, 429, 429, 429]
        after = replies[-1][2].get("Retry-After")
        if told == "seconds":
            assert 1 <= int(after) <= 61
        elif told == "date":
            assert parsedate_to_datetime(after)
        else:
            assert after is None
        assert (await counts(session))["refused"] == 3

    against({"limit": {"per_minute": 1, "burst": 2, "retry_after": told}}, client)


def test_a_storm_refuses_everyone_and_passes(against: Against[Any]) -> None:
    async def client(session: ClientSession) -> None:
        seen = []
        while seen[-1:] != [200] or 429 not in seen:
            seen.append((await post(session))[0])
            await asyncio.sleep(0.02)
        assert seen[0] == 200  # a fresh server starts calm

    against({"limit": {"storm_every": 0.4, "storm_lasts": 0.2}}, client)
