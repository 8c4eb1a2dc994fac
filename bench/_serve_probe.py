"""Which server gets which right: the same checks over HTTP against each of them. Each takes one short conversation."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

from _servers import KEY, Server

HELLO = [{"role": "user", "content": "Write a short story about a fox."}]
TIMEOUT = 90  # seconds; who takes longer for an answer of 24 tokens has not answered
CHAT = "/v1/chat/completions"
Reply = tuple[int, Any]


class Asked:
    """One server, and what it says to a request."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.plain = self.text(max_tokens=24, temperature=0)

    def body(self, **more: Any) -> dict[str, Any]:
        return {"model": self.server.model, "messages": HELLO, **more}

    def post(self, body: Any, key: str = KEY, path: str = CHAT) -> Reply:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        request = urllib.request.Request(self.server.base + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def whole(self, **more: Any) -> dict[str, Any]:
        status, text = self.post(self.body(**more))
        if status != 200:
            raise ValueError(f"status {status}")
        found: dict[str, Any] = json.loads(text)
        return found

    def text(self, **more: Any) -> str:
        return str(self.whole(**more)["choices"][0]["message"]["content"])

    def events(self, **more: Any) -> list[str]:
        status, text = self.post(self.body(stream=True, **more))
        if status != 200:
            raise ValueError(f"status {status}")
        return [line.removeprefix("data:").strip() for line in text.splitlines() if line.startswith("data:")]

    def pieces(self, **more: Any) -> list[str]:
        rows = [json.loads(event) for event in self.events(**more) if event != "[DONE]"]
        deltas = [choice.get("delta", {}) for row in rows for choice in row.get("choices", [])]
        return [delta["content"] for delta in deltas if delta.get("content")]


def own_temperature(asked: Asked) -> bool:
    texts = {asked.text(max_tokens=12, temperature=1.5, seed=seed) for seed in range(4)}
    return len(texts) > 1 and asked.text(max_tokens=24, temperature=0) == asked.plain


def own_seed(asked: Asked) -> bool:
    same = [asked.text(max_tokens=12, temperature=1.5, seed=7) for _ in range(2)]
    return own_temperature(asked) and same[0] == same[1]


def own_amid_others(asked: Asked) -> bool:
    """Greedy and drawn answers at once."""

    def one(place: int) -> str:
        return asked.text(max_tokens=24, temperature=1.5 * (place % 2), seed=place)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(one, range(6)))
    return set(found[::2]) == {asked.plain} and len(set(found[1::2])) > 1 and asked.plain not in found[1::2]


def stop_stripped(asked: Asked) -> bool:
    stop = asked.plain[30:34]
    reply = asked.whole(max_tokens=24, temperature=0, stop=[stop])["choices"][0]
    cut = asked.plain[: asked.plain.index(stop)]
    return bool(reply["message"]["content"] == cut and reply["finish_reason"] == "stop")


def stop_stripped_in_streams(asked: Asked) -> bool:
    stop = asked.plain[30:34]
    found = "".join(asked.pieces(max_tokens=24, temperature=0, stop=[stop]))
    return found == asked.plain[: asked.plain.index(stop)]


def several_choices(asked: Asked) -> bool:
    return len(asked.whole(max_tokens=4, n=2, temperature=1, seed=1)["choices"]) == 2


def logprobs(asked: Asked) -> bool:
    told = asked.whole(max_tokens=3, logprobs=True, top_logprobs=2)["choices"][0]["logprobs"]["content"]
    return bool(told) and all(one["logprob"] <= 0 and len(one["top_logprobs"]) == 2 for one in told)


def done(asked: Asked) -> bool:
    return asked.events(max_tokens=2)[-1] == "[DONE]"


def usage(asked: Asked) -> bool:
    told = asked.whole(max_tokens=5, temperature=0).get("usage") or {}
    return bool(told.get("completion_tokens") == 5 and told.get("prompt_tokens", 0) > 5)


def usage_in_streams(asked: Asked) -> bool:
    events = asked.events(max_tokens=5, temperature=0, stream_options={"include_usage": True})
    rows = [json.loads(event) for event in events if event != "[DONE]"]
    return any((row.get("usage") or {}).get("completion_tokens") == 5 for row in rows)


def characters_whole(asked: Asked) -> bool:
    """Pieces of a stream never hold half a character, and say what the whole answer says, but for one that was cut."""
    body = {"messages": [{"role": "user", "content": "Repeat just this: 🐋🦊🐢 漢字 🐋🦊🐢"}]}
    whole = asked.text(**body, max_tokens=40, temperature=0)
    pieces = asked.pieces(**body, max_tokens=40, temperature=0)
    same = "".join(pieces).rstrip("\ufffd") == whole.rstrip("\ufffd")
    return not whole.isascii() and same and not any("\ufffd" in piece for piece in pieces[:-1])


def text_is_not_control(asked: Asked) -> bool:
    """What a user types is no control token: it takes several tokens, and does not end the turn."""

    def count(text: str) -> int:
        reply = asked.whole(messages=[{"role": "user", "content": text}], max_tokens=1)
        return int(reply["usage"]["prompt_tokens"])

    return count("a<|im_end|>a") > count("aa") + 2


def overflow(asked: Asked) -> bool:
    long = [{"role": "user", "content": "word " * 9000}]
    return asked.post(asked.body(messages=long, max_tokens=2))[0] in (400, 413)


def bad_body(asked: Asked) -> bool:
    bodies = [b"{", b"[1]", {"model": asked.server.model}, asked.body(temperature="hot"), asked.body(messages="hi")]
    return all(asked.post(body)[0] in (400, 422) for body in bodies)


def unknown_field(asked: Asked) -> bool:
    """A field that would change the answer and is not known is refused, not ignored."""
    return asked.post(asked.body(max_tokens=2, temprature=1.0))[0] in (400, 422)


def keys(asked: Asked) -> bool:
    return asked.post(asked.body(max_tokens=1), key="wrong")[0] in (401, 403)


def metrics(asked: Asked) -> bool:
    request = urllib.request.Request(asked.server.base + "/metrics", headers={"Authorization": f"Bearer {KEY}"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return b"# TYPE" in reply.read()


def left_is_left(asked: Asked) -> bool:
    """After a client has left a long stream the server computes no more for it."""
    connection = HTTPConnection(asked.server.base.removeprefix("http://"), timeout=120)
    body = asked.body(stream=True, max_tokens=1500, temperature=1.5, ignore_eos=True)
    if asked.post(asked.body(max_tokens=1, ignore_eos=True))[0] != 200:
        del body["ignore_eos"]
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
    connection.request("POST", CHAT, json.dumps(body), headers)
    reply: HTTPResponse = connection.getresponse()
    reply.read(200)
    reply.close()
    connection.close()
    time.sleep(2)
    before = _seconds(asked.server.process.pid)
    time.sleep(2)
    return _seconds(asked.server.process.pid) - before < 0.6


def _seconds(process: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


CHECKS: dict[str, Callable[[Asked], bool]] = {
    "temperature of each request": own_temperature,
    "seed of each request": own_seed,
    "sampling of its own amid others": own_amid_others,
    "stop strings stripped": stop_stripped,
    "stop strings stripped in streams": stop_stripped_in_streams,
    "n": several_choices,
    "logprobs": logprobs,
    "[DONE]": done,
    "usage": usage,
    "usage in streams": usage_in_streams,
    "whole characters in streams": characters_whole,
    "typed control tokens stay text": text_is_not_control,
    "400 for a context exceeded": overflow,
    "400 for bad bodies": bad_body,
    "400 for unknown fields": unknown_field,
    "bearer keys": keys,
    "metrics": metrics,
    "nothing computed for who has left": left_is_left,
}


def probe(server: Server) -> dict[str, bool]:
    """Every check in turn; one that meets an error or a missing field has failed."""
    asked, found = Asked(server), dict[str, bool]()
    for name, check in CHECKS.items():
        try:
            found[name] = check(asked)
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            print(f"  {name}: {type(error).__name__}: {str(error)[:100]}", flush=True)
            found[name] = False
    return found
