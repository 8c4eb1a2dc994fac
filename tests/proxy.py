"""A real HTTP proxy on loopback, for tests: passes everything on to one server, whatever host is asked for."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.loopback import listen


@contextmanager
def proxy(port: int, password: str = "") -> Iterator[tuple[int, list[str]]]:
    """Yields its own port and what it was asked for: "POST http://host/path" or "CONNECT host:443".

    `port` is where everything goes. With a `password` ("Basic ..."), whoever comes without it is refused with 407.
    """
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self._refused():
                return
            body = self.rfile.read(int(self.headers["Content-Length"]))
            path = "/" + self.path.split("://", 1)[1].split("/", 1)[1]
            with socket.create_connection(("127.0.0.1", port)) as server:
                head = f"POST {path} HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n"
                server.sendall(head.encode() + body)
                while data := server.recv(65536):
                    self.wfile.write(data)

        def do_CONNECT(self) -> None:
            if self._refused():
                return
            with socket.create_connection(("127.0.0.1", port)) as server:
                self.send_response(200)
                self.end_headers()
                back = threading.Thread(target=_pass_on, args=(server, self.connection), daemon=True)
                back.start()
                _pass_on(self.connection, server)
                back.join()

        def _refused(self) -> bool:
            asked.append(f"{self.command} {self.path}")
            if password and self.headers.get("Proxy-Authorization") != password:
                self.send_response(407, "Proxy Authentication Required")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return True
            return False

        def log_message(self, *parts: Any) -> None:
            pass

    with listen(Handler) as own:
        yield own, asked


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(65536):
            other.sendall(data)
    except OSError:
        pass
    finally:
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
