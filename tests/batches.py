"""A provider's files and batches on loopback, for tests: each row is answered by a function, at once."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.loopback import listen

Answer = Callable[[dict[str, Any]], dict[str, Any]]  # a request's body -> what its row holds beside the id


@contextmanager
def provider(answer: Answer) -> Iterator[tuple[str, list[list[dict[str, Any]]]]]:
    """Yields the base URL and the bodies of each batch that was made."""
    files: dict[str, list[dict[str, Any]]] = {}
    made: list[list[dict[str, Any]]] = []
    batches: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.endswith("/files"):
                name = f"file-{len(files)}"
                files[name] = [json.loads(line) for line in body.splitlines() if line.startswith(b'{"custom_id"')]
                return self._send({"id": name})
            asked = json.loads(body)
            rows = files[asked["input_file_id"]]
            made.append([row["body"] for row in rows])
            name = f"out-{len(made)}"
            files[name] = [{"custom_id": row["custom_id"], **answer(row["body"])} for row in rows]
            batches.insert(0, {
                "id": f"batch-{len(made)}", "status": "completed", "metadata": asked["metadata"],
                "input_file_id": asked["input_file_id"], "output_file_id": name,
            })  # fmt: skip
            return self._send(batches[0])

        def do_GET(self) -> None:
            if self.path.endswith("/content"):
                rows = files[self.path.split("/")[-2]]
                return self._send(b"".join(json.dumps(row).encode() + b"\n" for row in rows))
            return self._send({"data": batches})

        def _send(self, body: dict[str, Any] | bytes) -> None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *parts: Any) -> None:
            pass

    with listen(Handler) as port:
        yield f"http://127.0.0.1:{port}/v1", made
