"""The fake teacher thinks as it is asked to, wherever its scenario says that it shows that; read by the real client."""

import json
from typing import Any, get_args

import pytest
from aiohttp import ClientSession

from orca2.endpoints.reply import read_reply
from orca2.endpoints.thinking import FORMS, ThinkingKeys
from orca2.testing.fake_teacher.scenario import Thinking
from orca2.testing.fake_teacher.thinking import Asked, read, thinks
from tests.testing.fake_teacher.conftest import Against, body

WAYS = get_args(Thinking.model_fields["shown_in"].annotation)
THOUGHT = "The number in brackets is 7, so that is what was asked for."


def replies(against: Against[Any], thinking: dict[str, Any], asked: dict[str, Any]) -> Any:
    async def client(session: ClientSession) -> Any:
        async with session.post("/v1/chat/completions", json=asked) as response:
            return read_reply(await response.read(), json.dumps(asked).encode()).completion

    return against({"thinking": thinking}, client)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("shown_in", WAYS)
def test_what_it_shows_is_read(against: Against[Any], shown_in: str, stream: bool) -> None:
    more = {"stream": True, "stream_options": {"include_usage": True}} if stream else {}
    found = replies(against, {"when": "always", "shown_in": shown_in}, body(max_tokens=99, **more))
    assert found.text == "The answer is 7."
    assert found.reasoning == ("" if shown_in == "hidden" else THOUGHT)
    assert found.reasoning_tokens in (15, 16) and found.tokens_out == 19  # of tags the share is guessed


@pytest.mark.parametrize("shown_in", [way for way in WAYS if way != "closing_tag"])
def test_a_limit_counts_thoughts_first(against: Against[Any], shown_in: str) -> None:
    found = replies(against, {"when": "always", "shown_in": shown_in}, body(max_tokens=10))
    assert (found.text, found.finish_reason, found.tokens_out, found.reasoning_tokens) == ("", "length", 10, 10)
    assert found.reasoning == ("" if shown_in == "hidden" else THOUGHT[:40].strip())


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_understood(form: str) -> None:
    keys = ThinkingKeys("http://localhost/v1", "m", form, False, "")
    assert read(keys.keys("off", 4096)).on is False
    assert read(keys.keys("high", 4096)).on is True and read(keys.keys(700, 4096)).on is True
    assert read({"messages": []}) == Asked(None, None)


def test_a_number_of_tokens_is_kept_to(against: Against[Any]) -> None:
    found = replies(against, {"when": "asked"}, body(thinking_token_budget=5))
    assert (found.text, found.reasoning) == ("The answer is 7.", THOUGHT[:20].strip())


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("never", (False,) * 3),
        ("asked", (True, False, False)),
        ("unless_off", (True, False, True)),
        ("always", (True,) * 3),
    ],
)
def test_when_it_thinks(when: str, expected: tuple[bool, ...]) -> None:
    scenario = Thinking.model_validate({"when": when})
    assert tuple(thinks(scenario, Asked(on)) for on in (True, False, None)) == expected


def test_a_row_of_a_file_has_a_thought_of_its_own(against: Against[Any], tmp_path: Any) -> None:
    rows = [{"prompt": "p", "response": "r", "reasoning": "t"}, {"prompt": "q", "response": "r"}]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    async def client(session: ClientSession) -> list[str]:
        found = []
        for prompt in ("p", "q"):
            async with session.post("/v1/chat/completions", json=body(prompt)) as response:
                found.append((await response.json())["choices"][0]["message"]["reasoning"])
        return found

    data = {"answer": {"kind": "file", "file": "rows.jsonl"}, "thinking": {"when": "always", "text": "its own"}}
    assert against(data, client) == ["t", "its own"]
