"""Two hundred clients that behave badly, and a few that do not: the server lives, and the latter are served."""

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp

from _servers import KEY, Server

CLIENTS, GOOD = 200, 8
CHAT = "/v1/chat/completions"
HEADERS = {"Authorization": f"Bearer {KEY}"}
MALFORMED = (
    b"", b"{", b"[" * 50_000, b"\xff\xfe", b'{"model": 1}', b'{"messages": "x"}', b'{"n": NaN}', b"null",
    b'{"model": "SmolLM2-135M-Instruct.Q4_1", "messages": [{"role": "user", "content": "\\ud800"}]}',
)  # fmt: skip


def abuse(server: Server, seconds: float) -> dict[str, Any]:
    """Statuses that bad clients met, answers that good ones got, and the server's memory in megabytes."""
    return asyncio.run(_abuse(server, seconds))


async def _abuse(server: Server, seconds: float) -> dict[str, Any]:
    end, comparison, good, memory = (
        time.monotonic() + seconds,
        Counter[str](),
        list[tuple[bool, float]](),
        list[float](),
    )
    body = {
        "model": server.model,
        "messages": [{"role": "user", "content": "Count from one to ten."}],
        "temperature": 0,
    }
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(server.base, connector=connector, headers=HEADERS, timeout=timeout) as session:

        async def text(upper_bound: int) -> str:
            for _ in range(60):  # told to come later, a client does
                async with session.post(CHAT, json={**body, "max_tokens": upper_bound}) as reply:
                    if reply.status != 429:
                        reply.raise_for_status()
                        return str((await reply.json())["choices"][0]["message"]["content"])
                await asyncio.sleep(1)
            raise TimeoutError("429 for a minute")

        right = await text(8)

        async def well() -> None:
            while time.monotonic() < end:
                started = time.monotonic()
                try:
                    same = await text(8) == right
                except (aiohttp.ClientError, TimeoutError):
                    same = False
                good.append((same, time.monotonic() - started))

        async def badly(number: int) -> None:
            dice = random.Random(number)
            while time.monotonic() < end:
                kind = dice.choice(KINDS)
                try:
                    status = await kind(server, session, body, dice)
                except (OSError, aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError) as error:
                    status = type(error).__name__
                comparison[f"{kind.__name__} {status}"] += 1
                await asyncio.sleep(dice.random())

        async def watch() -> None:
            while time.monotonic() < end:
                memory.append(_megabytes(server.process.pid))
                await asyncio.sleep(1)

        tasks = [well() for _ in range(GOOD)] + [badly(number) for number in range(CLIENTS - GOOD)] + [watch()]
        await asyncio.gather(*tasks)
        alive = server.process.poll() is None and await text(8) == right
    third = max(len(memory) // 3, 1)
    times = sorted(took for _, took in good)
    return {
        "alive": alive, "good_answers": len(good), "good_wrong": sum(not same for same, _ in good),
        "good_median_seconds": round(times[len(times) // 2], 2), "good_longest_seconds": round(times[-1], 2),
        "memory_second_third": round(sum(memory[third : 2 * third]) / third),
        "memory_last_third": round(sum(memory[-third:]) / third), "met": dict(sorted(comparison.items())),
    }  # fmt: skip


async def leaves(server: Server, session: aiohttp.ClientSession, body: Any, dice: random.Random) -> str:
    """Asks for a long answer and goes after its first bytes, or before."""
    asked = {**body, "stream": True, "max_tokens": 2000, "temperature": 1.0}
    async with session.post(CHAT, json=asked) as reply:
        if dice.random() < 0.7:
            await reply.content.read(dice.randrange(1, 400))
        return str(reply.status)


async def giant(server: Server, session: aiohttp.ClientSession, body: Any, dice: random.Random) -> str:
    """A body of megabytes: too long for the server, or only for the model."""
    text = "word " * dice.choice([50_000, 200_000, 2_000_000])
    async with session.post(CHAT, json={**body, "messages": [{"role": "user", "content": text}]}) as reply:
        return str(reply.status)


async def malformed(server: Server, session: aiohttp.ClientSession, body: Any, dice: random.Random) -> str:
    headers = {"Content-Type": "application/json"}
    async with session.post(CHAT, data=dice.choice(MALFORMED), headers=headers) as reply:
        return str(reply.status)


async def never_sends(server: Server, session: aiohttp.ClientSession, body: Any, dice: random.Random) -> str:
    """Half a head, or half a body, and then nothing."""
    reader, writer = await _connect(server)
    with contextlib.closing(writer):
        head = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Type: application/json\r\n"
        writer.write(head.encode() + dice.choice([b"", b'Content-Length: 900\r\n\r\n{"model": ']))
        async with asyncio.timeout(15):
            return (await reader.read(100)).decode(errors="replace")[9:12] or "closed"


async def never_reads(server: Server, session: aiohttp.ClientSession, body: Any, dice: random.Random) -> str:
    """Asks for a long stream and reads nothing of it."""
    _, writer = await _connect(server, limit=1)
    with contextlib.closing(writer):
        sent = json.dumps({**body, "stream": True, "max_tokens": 300, "temperature": 1.0, "n": 4}).encode()
        head = f"POST {CHAT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Type: application/json\r\n"
        writer.write(head.encode() + f"Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
        await asyncio.sleep(5 + 5 * dice.random())
        return "left"


async def nonsense(server: Server, session: aiohttp.ClientSession, body: Any, dice: random.Random) -> str:
    """Bytes that are no HTTP."""
    reader, writer = await _connect(server)
    with contextlib.closing(writer):
        writer.write(dice.randbytes(500) + b"\r\n\r\n")
        async with asyncio.timeout(15):
            return (await reader.read(100)).decode(errors="replace")[9:12] or "closed"


async def _connect(server: Server, limit: int = 1 << 16) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = server.base.removeprefix("http://").split(":")
    return await asyncio.open_connection(host, int(port), limit=limit)


def _megabytes(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


KINDS = (leaves, giant, malformed, malformed, never_sends, never_reads, nonsense)
