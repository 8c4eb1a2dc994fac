"""Pages of other origins: a real browser on a page of another one, and what each reply says."""

import http.client
import json
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from orca2.apps.serve import origins_from
from orca2.errors import RunError
from tests.loopback import listen
from tests.serving import HELLO, KEY, Running, start

PAGE, OTHER = "https://app.example", "http://localhost:3000"
ASKED = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type,x-one"}
ALLOW = "Access-Control-Allow-"


def answer(server: Running, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """The status and the headers of a reply."""
    connection = http.client.HTTPConnection(server.base.removeprefix("http://"), timeout=60)
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, None if body is None else json.dumps(body), names)
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply.status, reply.headers


def told(headers: Any) -> list[str]:
    return [name for name in headers if name.lower().startswith("access-control")]


def serve(tiny: Path, *origins: str) -> Iterator[Running]:
    running = start(tiny, "--device", "cpu", *(word for origin in origins for word in ("--cors", origin)))
    yield running
    running.process.terminate()
    assert running.process.wait(60) == 0


@pytest.fixture(scope="module")
def page_server() -> Iterator[str]:
    """An empty page on another port, which is another origin."""

    class Empty(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    with listen(Empty) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def closed(tiny: Path) -> Iterator[Running]:
    yield from serve(tiny)


@pytest.fixture(scope="module")
def named(tiny: Path, page_server: str) -> Iterator[Running]:
    yield from serve(tiny, PAGE + "/", OTHER, page_server)


@pytest.fixture(scope="module")
def anybody(tiny: Path) -> Iterator[Running]:
    yield from serve(tiny, "*")


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/completions", "/v1/models", "/health", "/"])
def test_without_the_option_no_reply_says_a_word_of_it(closed: Running, path: str) -> None:
    status, headers = answer(closed, "OPTIONS", path, Origin=PAGE, **ASKED)
    assert status in (401, 405) and not told(headers)
    status, headers = answer(closed, "GET", path, Origin=PAGE, Authorization=f"Bearer {KEY}")
    assert status in (200, 405) and not told(headers) and "Vary" not in headers


@pytest.mark.parametrize("origin", [PAGE, OTHER])
def test_a_browser_that_asks_first_needs_no_key(named: Running, origin: str) -> None:
    status, headers = answer(named, "OPTIONS", "/v1/chat/completions", Origin=origin, **ASKED)
    assert (status, headers[ALLOW + "Origin"]) == (204, origin)
    assert headers[ALLOW + "Headers"] == ASKED["Access-Control-Request-Headers"]
    assert "POST" in headers[ALLOW + "Methods"] and "GET" in headers[ALLOW + "Methods"]
    assert "Origin" in headers.get_all("Vary") and int(headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize(
    "origin", ["https://app.example.evil", "http://app.example", "https://app.example:8443", "null"]
)
def test_another_origin_is_told_nothing(named: Running, origin: str) -> None:
    status, headers = answer(named, "OPTIONS", "/v1/chat/completions", Origin=origin, **ASKED)
    assert status == 401 and not told(headers)
    status, headers = answer(named, "GET", "/v1/models", Origin=origin, Authorization=f"Bearer {KEY}")
    assert status == 200 and not told(headers) and "Origin" in headers.get_all("Vary")


CHAT = {"model": "tiny-llama", "messages": HELLO, "max_tokens": 2}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/chat/completions", CHAT, 200),
        ("/v1/chat/completions", {**CHAT, "stream": True}, 200),
        ("/v1/chat/completions", {**CHAT, "tools": [1]}, 400),
        ("/v1/chat/completions", {**CHAT, "model": "none"}, 404),
        ("/v1/none", CHAT, 404),
    ],
)
def test_every_reply_can_be_read_by_the_page_errors_too(named: Running, path: str, body: Any, status: int) -> None:
    sent = {"Origin": PAGE, "Authorization": f"Bearer {KEY}", "Content_Type": "application/json"}
    found, headers = answer(named, "POST", path, body, **sent)
    assert (found, headers.get_all(ALLOW + "Origin")) == (status, [PAGE])
    assert "Retry-After" in headers["Access-Control-Expose-Headers"]
    found, headers = answer(named, "POST", path, body, **{**sent, "Authorization": "Bearer wrong"})
    assert (found, headers[ALLOW + "Origin"]) == (401, PAGE)


def test_a_key_is_still_needed_and_options_alone_is_no_question(named: Running) -> None:
    status, _ = answer(named, "GET", "/v1/models", Origin=PAGE)
    assert status == 401
    status, _ = answer(named, "OPTIONS", "/v1/models", Origin=PAGE)  # it says no method: not a browser's
    assert status == 401
    status, headers = answer(named, "GET", "/health")
    assert status == 200 and not told(headers)  # no page asks


def test_any_origin(anybody: Running) -> None:
    for origin in (PAGE, "null"):
        status, headers = answer(anybody, "OPTIONS", "/v1/completions", Origin=origin, **ASKED)
        assert (status, headers[ALLOW + "Origin"]) == (204, "*")
        status, headers = answer(anybody, "GET", "/v1/models", Origin=origin, Authorization=f"Bearer {KEY}")
        assert (status, headers[ALLOW + "Origin"]) == (200, "*")


CALL = """async ([base, key, body]) => {
  try {
    const reply = await fetch(base + "/v1/chat/completions", {method: "POST", body: JSON.stringify(body),
      headers: {"Content-Type": "application/json", Authorization: "Bearer " + key, "X-Stainless-Lang": "js"}});
    return [reply.status, await reply.text()];
  } catch (error) { return [0, String(error)]; }
}"""


def test_a_page_in_a_browser(browser: Any, named: Running, anybody: Running, closed: Running, page_server: str) -> None:
    page = browser.new_page()
    page.goto(page_server)
    for server in (named, anybody):
        status, text = page.evaluate(CALL, [server.base, KEY, CHAT])
        assert status == 200 and json.loads(text)["choices"]
        assert page.evaluate(CALL, [server.base, KEY, {**CHAT, "stream": True}])[1].endswith("data: [DONE]\n\n")
        assert page.evaluate(CALL, [server.base, "wrong", CHAT])[0] == 401
    assert page.evaluate(CALL, [closed.base, KEY, CHAT])[0] == 0
    page.close()


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://app.example", "https://app.example"),
        ("https://app.example/", "https://app.example"),
        ("HTTPS://App.Example:443", "https://app.example"),
        ("http://localhost:80", "http://localhost"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://app.example:80", "https://app.example:80"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("http://bücher.example", "http://xn--bcher-kva.example"),
        ("chrome-extension://abcdef", "chrome-extension://abcdef"),
        ("*", "*"),
        ("null", "null"),
    ],
)
def test_origins_are_as_browsers_write_them(given: str, origin: str) -> None:
    assert origins_from([given]) == (origin,)


@pytest.mark.parametrize(
    "given",
    ["", "app.example", "localhost:3000", "https://", "https://app.example/page", "https://a.example,https://b.example",
     "https://a.example https://b.example", "https://a.example,b.example", "https://*.example", "http://localhost:x", "http://a@b.example",
     "https://a.example?x", "http://[::1", "http://a..example"],
)  # fmt: skip
def test_what_is_no_origin_is_told_at_once(given: str) -> None:
    with pytest.raises(RunError, match="is no origin; give SCHEME://HOST"):
        origins_from([given])


def test_the_command_line_says_it_before_a_model_is_loaded(run: Any) -> None:
    code, _, said = run("serve", "no/such/model", "--cors", "localhost:3000")
    assert code == 2 and "--cors: 'localhost:3000' is no origin" in said and len(said.strip().splitlines()) == 1
