"""The provider's batch API as a plain client meets it: files, statuses, pages, cancelling, and what is refused."""

import json
from typing import Any

from aiohttp import ClientSession, FormData

from tests.testing.fake_teacher.conftest import Against, body

QUICK = {"batches": {"validating": 0.0, "in_progress": 0.0}}


def rows(count: int) -> bytes:
    made = [
        {"custom_id": str(n), "method": "POST", "url": "/v1/chat/completions", "body": body(f"What? [{n}]")}
        for n in range(count)
    ]
    return b"".join(json.dumps(row).encode() + b"\n" for row in made)


async def post(session: ClientSession, path: str, **how: Any) -> tuple[int, dict[str, Any]]:
    async with session.post(path, **how) as response:
        return response.status, await response.json()


async def upload(session: ClientSession, data: bytes, purpose: str = "batch") -> tuple[int, dict[str, Any]]:
    form = FormData({"purpose": purpose})
    form.add_field("file", data, filename="rows.jsonl")
    return await post(session, "/v1/files", data=form)


def made_of(name: str, **other: Any) -> dict[str, Any]:
    asked = {"input_file_id": name, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
    return {"json": asked | other}


def test_a_batch_goes_through_and_is_paid_row_by_row(against: Against[Any]) -> None:
    async def client(session: ClientSession) -> tuple[dict[str, Any], str, dict[str, Any]]:
        _, file = await upload(session, rows(3))
        _, batch = await post(session, "/v1/batches", **made_of(file["id"], metadata={"a": "b"}))
        async with session.get(f"/v1/batches/{batch['id']}") as response:
            ended = await response.json()
        async with session.get(f"/v1/files/{ended['output_file_id']}/content") as response:
            content = await response.text()
        async with session.get("/counts") as response:
            return ended, content, await response.json()

    ended, content, counts = against(QUICK, client)
    assert ended["status"] == "completed" and ended["request_counts"]["completed"] == 3
    assert sorted(json.loads(line)["custom_id"] for line in content.splitlines()) == ["0", "1", "2"]
    assert (counts["paid"], counts["batched"]) == (3, 3)


def test_pages_are_newest_first(against: Against[Any]) -> None:
    async def client(session: ClientSession) -> tuple[list[str], list[dict[str, Any]]]:
        _, file = await upload(session, rows(1))
        made = [(await post(session, "/v1/batches", **made_of(file["id"])))[1]["id"] for _ in range(3)]
        async with session.get("/v1/batches?limit=2") as response:
            first = await response.json()
        async with session.get(f"/v1/batches?limit=2&after={first['data'][-1]['id']}") as response:
            return made, [first, await response.json()]

    made, (first, second) = against(QUICK, client)
    assert [batch["id"] for page in (first, second) for batch in page["data"]] == made[::-1]
    assert first["has_more"] and not second["has_more"]


def test_what_is_refused(against: Against[Any]) -> None:
    async def client(session: ClientSession) -> list[int]:
        _, file = await upload(session, rows(1))
        tries = [await upload(session, rows(1), "assistants"), await post(session, "/v1/batches", **made_of("none"))]
        tries.append(await post(session, "/v1/batches", **made_of(file["id"], completion_window="1h")))
        tries.append(await post(session, "/v1/batches/none/cancel"))
        return [status for status, _ in tries]

    assert against(QUICK, client) == [400, 400, 400, 404]
