"""A real OpenAI-compatible HTTP server on loopback, for tests: answers by a function, fails on request."""

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, NamedTuple

from tests.loopback import listen


class Refusal(NamedTuple):
    """A failure with words and headers of its own."""

    status: int
    message: str
    headers: Mapping[str, str] | None = None


class Raw(NamedTuple):
    """A reply as it goes over the wire."""

    status: int
    body: bytes
    content_type: str = "application/json"


# an answer's text, a status code, a whole body, a corrupt one
Reply = str | int | dict[str, Any] | bytes | Refusal | Raw
Answer = Callable[[Any], Reply]  # of the messages of a request, or of its whole body


CERTIFICATE = Path(__file__).parent / "endpoints/tls/server.pem"


@contextmanager
def serve(answer: Answer, tls: bool = False, whole: bool = False) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yields the base URL and the list of request bodies received so far. `tls`: over https, as `localhost`; `whole`:
    a request is answered by its whole body, not by its messages alone."""
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sent = {"authorization": self.headers.get("Authorization"), "api_key": self.headers.get("api-key")}
            received.append({**body, **sent, "path": self.path})
            reply = answer(body if whole else body["messages"])
            if isinstance(reply, int):
                self._send(reply, {"error": {"message": f"scripted {reply}"}})
            elif isinstance(reply, Refusal):
                self._send(reply.status, {"error": {"message": reply.message}}, reply.headers)
            elif isinstance(reply, Raw):
                self._send(reply.status, reply.body, content_type=reply.content_type)
            elif isinstance(reply, dict | bytes):
                self._send(200, reply)
            else:
                self._send(200, completion(reply))

        def _send(
            self,
            status: int,
            body: dict[str, Any] | bytes,
            headers: Mapping[str, str] | None = None,
            content_type: str = "application/json",
        ) -> None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *parts: Any) -> None:
            pass

    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
    with listen(Handler, context) as port:
        yield f"{'https://localhost' if tls else 'http://127.0.0.1'}:{port}/v1", received


def completion(text: str | None, finish_reason: str = "stop") -> dict[str, Any]:
    return {
        "id": "x", "object": "chat.completion", "created": 0, "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
    }  # fmt: skip
