"""Sixteen clients at once, with prompts and answers of mixed lengths."""

import asyncio
import time
from typing import Any

import aiohttp

from _servers import KEY, Server

CLIENTS = 16
STORY = "The fox went into the wood and read what was written on the trees. "


def bodies(model: str, rounds: int) -> list[list[dict[str, Any]]]:
    """What each client asks, one after the other: 30 to 380 tokens of prompt, 8 to 128 of answer."""
    return [
        [
            {
                "model": model, "temperature": 0, "max_tokens": 8 * (1 + (5 * client + 3 * turn) % 16),
                "messages": [{"role": "user", "content": f"{client}. " + STORY * (1 + (7 * client + turn) % 24)
                              + "Go on with the story."}],
            }
            for turn in range(rounds)
        ]
        for client in range(CLIENTS)
    ]  # fmt: skip


def measure(server: Server, rounds: int) -> dict[str, float]:
    return asyncio.run(_measure(server, bodies(server.model, rounds)))


async def _measure(server: Server, asked: list[list[dict[str, Any]]]) -> dict[str, float]:
    timeout = aiohttp.ClientTimeout(total=300)
    headers = {"Authorization": f"Bearer {KEY}"}
    async with aiohttp.ClientSession(server.base, headers=headers, timeout=timeout) as session:
        tokens, took = 0, list[float]()

        async def client(rows: list[dict[str, Any]]) -> None:
            nonlocal tokens
            for body in rows:
                started = time.perf_counter()
                async with session.post("/v1/chat/completions", json=body) as reply:
                    reply.raise_for_status()
                    tokens += (await reply.json())["usage"]["completion_tokens"]
                took.append(time.perf_counter() - started)

        await client([{**asked[0][0], "max_tokens": 4}])  # the first call of a server is slow
        tokens, took = 0, []
        started = time.perf_counter()
        await asyncio.gather(*(client(rows) for rows in asked))
        seconds = time.perf_counter() - started
    took.sort()
    return {
        "tokens": tokens, "seconds": round(seconds, 2), "tokens_per_second": round(tokens / seconds, 1),
        "median_seconds": round(took[len(took) // 2], 2), "longest_seconds": round(took[-1], 2),
    }  # fmt: skip
