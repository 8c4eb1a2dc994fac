"""A bare loop of the same HTTP client, nothing kept, nothing retried: python _ask_bare.py BASE_URL ROWS CONCURRENCY."""

import asyncio
import json
import sys

import aiohttp

from _ask_rows import MODEL, MOST, SYSTEM, prompt, right


async def run(base_url: str, rows: int, concurrency: int) -> int:
    todo, good = iter(range(rows)), 0

    async def worker(session: aiohttp.ClientSession) -> None:
        nonlocal good
        for n in todo:
            messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": prompt(n)}]
            body = {"model": MODEL, "messages": messages, "max_tokens": MOST, "temperature": 0.0, "seed": 0}
            async with session.post(f"{base_url}/chat/completions", json=body) as response:
                reply = json.loads(await response.read())
            good += right(n, reply["choices"][0]["message"]["content"])

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(worker(session) for _ in range(concurrency)))
    return good


if __name__ == "__main__":
    found = asyncio.run(run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
    print(json.dumps({"rows": int(sys.argv[2]), "right": found}))
