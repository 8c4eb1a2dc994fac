"""An HTTP server of the standard library on loopback: many may come at the same moment, and it stops at once."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Server(ThreadingHTTPServer):
    request_queue_size = 1024  # of the standard's 5, who comes sixth at the same moment waits for a second or three


@contextmanager
def listen(handler: Callable[..., BaseHTTPRequestHandler], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Yields the port of a server that handles each request in a thread of its own."""
    server = _Server(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    # it looks each millisecond whether it is to stop: a hundred tests wait for that
    threading.Thread(target=server.serve_forever, args=(0.001,), daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
