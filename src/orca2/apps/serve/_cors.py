"""Pages of other origins: the question that a browser asks before it lets a page call, and what replies to it say."""

from collections.abc import Collection

from aiohttp import hdrs, web

HOUR = "3600"  # seconds that a browser need not ask again


class Cors:
    """`origins` are those that may call, as browsers write them; `*` is any. With none no reply says a word of it."""

    def __init__(self, origins: Collection[str]) -> None:
        self._origins = frozenset(origins)

    def asks_first(self, request: web.Request) -> bool:
        """Whether a browser asks for a page that may call: a preflight, which `sign` answers."""
        preflight = request.method == "OPTIONS" and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
        return preflight and bool(self._allowed(request))

    async def sign(self, request: web.Request, response: web.StreamResponse) -> None:
        """Tell the browser who may read a reply, an error or a stream too, before its head is sent."""
        if self._origins and "*" not in self._origins:
            response.headers.add(hdrs.VARY, "Origin")
        if not (allowed := self._allowed(request)):
            return
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = allowed
        response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = hdrs.RETRY_AFTER
        if self.asks_first(request):
            response.headers.add(hdrs.VARY, "Access-Control-Request-Headers")
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = "GET, POST"
            # by name, as `*` leaves Authorization out; OpenAI's client sends some of its own
            wanted = request.headers.get(hdrs.ACCESS_CONTROL_REQUEST_HEADERS, "Authorization, Content-Type")
            response.headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = wanted
            response.headers[hdrs.ACCESS_CONTROL_MAX_AGE] = HOUR

    def _allowed(self, request: web.Request) -> str:
        origin = request.headers.get(hdrs.ORIGIN, "")
        if not origin:
            return ""
        return "*" if "*" in self._origins else origin if origin in self._origins else ""
