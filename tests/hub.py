"""A stand-in for the hub's server on loopback, as far as an upload meets it; what is sent is kept."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.loopback import listen


class Hub:
    """`refuses` is a status for every request, if not 0. `files` maps a path of the repository to its content, `asked`
    lists the requests by method and path."""

    def __init__(self, refuses: int = 0) -> None:
        self.refuses = refuses
        self.url = ""
        self.asked: list[str] = []
        self.tokens: set[str | None] = set()
        self.files: dict[str, bytes] = {}
        self._large: dict[str, bytes] = {}

    def post(self, path: str, body: bytes) -> tuple[int, Any]:
        if self.refuses:
            return self.refuses, {"error": "You don't have the rights to create a model under this namespace"}
        if path == "/api/repos/create":
            sent = json.loads(body)
            return 200, {"url": f"{self.url}/{sent.get('organization', 'me')}/{sent['name']}"}
        if path == "/api/validate-yaml":
            return 200, {"warnings": [], "errors": []}
        if path.endswith("/preupload/main"):
            files = [
                {"path": one["path"], "shouldIgnore": False, "oid": None,
                 "uploadMode": "lfs" if one["path"].endswith((".safetensors", ".gguf")) else "regular"}
                for one in json.loads(body)["files"]
            ]  # fmt: skip
            return 200, {"files": files}
        if path.endswith("/info/lfs/objects/batch"):
            objects = [
                {**one, "actions": {"upload": {"href": f"{self.url}/lfs/{one['oid']}", "header": {}}}}
                for one in json.loads(body)["objects"]
            ]
            return 200, {"transfer": "basic", "objects": objects}
        if path.endswith("/commit/main"):
            for line in body.splitlines():
                row = json.loads(line)
                if row["key"] == "file":
                    self.files[row["value"]["path"]] = base64.b64decode(row["value"]["content"])
                elif row["key"] == "lfsFile":
                    self.files[row["value"]["path"]] = self._large[row["value"]["oid"]]
            name = path.removeprefix("/api/").removeprefix("models/").removesuffix("/commit/main")
            return 200, {"commitUrl": f"{self.url}/{name}/commit/{'0' * 40}", "commitOid": "0" * 40}
        return 404, {"error": f"no {path} here"}

    def put(self, path: str, body: bytes) -> None:
        self._large[path.removeprefix("/lfs/")] = body


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._send(*hub.post(self._path(), self._body()))

        def do_PUT(self) -> None:
            hub.put(self._path(), self._body())
            self._send(200, {})

        def do_GET(self) -> None:
            self._path()
            self._send(hub.refuses or 200, {"id": "me/it", "sha": "0" * 40, "siblings": []})

        def _path(self) -> str:
            path = self.path.partition("?")[0]
            hub.asked.append(f"{self.command} {path}")
            if path.startswith(("/api/repos", "/api/models", "/api/datasets")):
                hub.tokens.add(self.headers.get("Authorization"))
            return path

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") == "chunked":
                parts = []
                while size := int(self.rfile.readline(), 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def _send(self, status: int, body: Any) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *parts: Any) -> None:
            pass

    with listen(Handler) as port:
        hub.url = f"http://127.0.0.1:{port}"
        yield hub
