"""A model that does not think as it is asked to is said so, once, after its first ten answers."""

import pytest

from orca2.asking.ask import ask
from orca2.asking.client import ModelClient
from orca2.core.types import Completion, Message, Request
from orca2.endpoints.thinking_watch import FIRST, ThinkingWatch
from orca2.models.openai import load
from tests.server import completion, serve

PLAIN, THOUGHT = Completion("4", "stop"), Completion("4", "stop", reasoning="2+2")
HIDDEN, FAILED = Completion("4", "stop", reasoning_tokens=9), Completion("", "error", error="busy")


def test_ten_answers_tell() -> None:
    watch = ThinkingWatch()
    assert [watch.note("off", PLAIN) for _ in range(30)] == [""] * 30
    watch = ThinkingWatch()
    said = [watch.note("off", THOUGHT if n == 3 else PLAIN) for n in range(30)]
    assert [n for n, one in enumerate(said) if one] == [FIRST - 1] and "1 of the first 10" in said[FIRST - 1]
    watch = ThinkingWatch()
    said = [watch.note("high", PLAIN) for _ in range(30)]
    assert [n for n, one in enumerate(said) if one] == [FIRST - 1] and "thinking = high" in said[FIRST - 1]


def test_what_is_counted_is_thought_and_failures_tell_nothing() -> None:
    watch = ThinkingWatch()
    assert not any(watch.note(2048, FAILED) for _ in range(20))
    assert not any(watch.note(2048, HIDDEN if n == 9 else PLAIN) for n in range(20))


def test_each_thing_that_is_asked_is_looked_at_for_itself() -> None:
    watch = ThinkingWatch()
    said = [watch.note("off" if n % 2 else "low", PLAIN) for n in range(40)]
    assert len([one for one in said if one]) == 1


def questions(count: int, thinking: object) -> list[Request]:
    return [Request((Message("user", f"q{n}"),), 99, thinking=thinking) for n in range(count)]  # type: ignore[arg-type]


def test_an_endpoint_that_does_not_obey_is_said_so_with_the_key_that_mends_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with serve(lambda messages: completion("<think>2+2</think>4")) as (url, _):
        ask(ModelClient(load("m", url)), questions(9, "off"), "")
        assert "is asked not to think" not in capsys.readouterr().err
        ask(ModelClient(load("m", url)), questions(25, "off"), "")
    said = capsys.readouterr().err
    assert said.count("10 of the first 10 answers do") == 1 and "teacher.options.thinking_as" in said
    with serve(lambda messages: completion("4")) as (url, _):
        ask(ModelClient(load("m", url)), questions(12, "medium"), "")
        assert "none of the first 10 answers shows or counts any" in capsys.readouterr().err
        ask(ModelClient(load("m", url)), questions(12, None), "")
        assert capsys.readouterr().err == ""
