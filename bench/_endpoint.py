"""An OpenAI-compatible chat endpoint on loopback that answers at once, so that a client's own time is what is measured.

It says "The answer is N." with N from the last marker `[N]` of the prompt. Run: python bench/_endpoint.py --port 0
prints the port that it got. `GET /count` gives the number of answers since it was last asked.
"""

import argparse
import asyncio
import contextlib
import gc
import re

MARKER = re.compile(rb"\[(-?\d+)\]")
LENGTH = re.compile(rb"content-length:[ \t]*(\d+)", re.IGNORECASE)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
CHAT = (
    b'{"id":"chatcmpl-0","object":"chat.completion","created":1700000000,"model":"stub","choices":[{"index":0,'
    b'"message":{"role":"assistant","content":"The answer is %b."},"logprobs":null,"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":%d,"completion_tokens":5,"total_tokens":%d}}'
)
MODELS = b'{"object":"list","data":[{"id":"stub","object":"model","created":1700000000,"owned_by":"bench"}]}'


class Answering(asyncio.Protocol):
    """One kept-alive connection. Reads requests with a Content-Length, as every client here sends them."""

    answered = 0

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert self.transport is not None
        self.got += data
        while (end := self.got.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self.got, 0, end)
            whole = end + 4 + (int(length.group(1)) if length else 0)
            if len(self.got) < whole:
                return
            head, body = self.got[:end], self.got[end + 4 : whole]
            self.got = self.got[whole:]
            reply = self.reply(head, body)
            self.transport.write(HEAD % len(reply) + reply)

    def reply(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"POST"):
            Answering.answered += 1
            found, tokens = MARKER.findall(body), len(body) // 4
            return CHAT % (found[-1] if found else b"0", tokens, tokens + 5)
        if head.startswith(b"GET /count"):
            count, Answering.answered = Answering.answered, 0
            return b"%d" % count
        return MODELS


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", port, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    port = parser.parse_args().port
    gc.disable()  # nothing here makes cycles
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(port))


if __name__ == "__main__":
    main()
