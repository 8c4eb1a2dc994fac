"""Asking in rounds by known answers comes to what asking at once comes to, and asks nothing else."""

import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, Worker, run_all
from orca2.asking.known_answers import KnownAnswers, keep, run_known
from orca2.asking.loop import Loop
from orca2.asking.sampling import PromptPlan, Sample, sample_until_correct
from orca2.core.types import Call, Completion, Message, Request, Strategy, Verdict
from orca2.models.openai import OpenAIModel
from tests.laws import examples
from tests.server import completion, serve

ROWS = range(4)
WAYS = {"short": (), "long": (Call("check", "Check it."),)}


def reply(body: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a request: right, wrong, cut off or empty, always the same for the same one."""
    fate = zlib.crc32(json.dumps([body["model"], body["messages"], body["seed"]]).encode())
    said = "" if fate % 7 == 0 else f"{'right' if fate % 3 else 'wrong'} {fate}"
    return completion(said, "length" if fate % 5 == 0 else "stop")


def question(body: Mapping[str, Any]) -> str:
    return json.dumps([body["messages"], body["seed"]])


def sampler(samples: int, wanted: int) -> Worker[int, list[Sample]]:
    async def judge(said: Completion) -> Verdict:
        right = said.text.startswith("right") and said.finish_reason == "stop"
        return Verdict("correct" if right else "wrong", None, "")

    async def work(row: int, ask: Ask) -> list[Sample]:
        asked = [Request((Message("system", way), Message("user", f"task {row}")), 9, 0.7) for way in WAYS]
        strategies = [Strategy(name, "", ("x",), calls=calls) for name, calls in WAYS.items()]
        plans = [PromptPlan(strategy, request) for strategy, request in zip(strategies, asked, strict=True)]
        return await sample_until_correct(ask, plans, judge, samples, wanted, "answer")

    return work


@pytest.fixture(scope="module")
def endpoint() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    with serve(reply, whole=True) as served:
        yield served


@examples(20)
@given(st.integers(0, 10**6), st.integers(1, 3), st.integers(1, 4))
def test_rounds_come_to_what_asking_at_once_comes_to(
    endpoint: tuple[str, list[dict[str, Any]]], seed: int, samples: int, wanted: int
) -> None:
    url, received = endpoint
    received.clear()
    model, work = OpenAIModel(f"m{seed}", url), sampler(samples, wanted)
    with TemporaryDirectory() as folder:
        live = dict(run_all(ModelClient(model, Cache(Path(folder, "live"))), ROWS, work))
        bodies = sorted(map(question, received))
        client, asked = ModelClient(model, Cache(Path(folder, "rounds"))), list[str]()
        given: dict[bytes, list[bytes]] = {}
        while True:
            known = KnownAnswers(given)
            waiting = dict(run_known(client, ROWS, work, known))
            owed = {key for keys in waiting.values() for key in keys}
            if not owed:
                break
            assert owed.isdisjoint(given) and owed <= known.requests.keys()
            for key in owed:
                body = json.loads(known.requests[key].body)
                asked.append(question(body))
                given[key] = [json.dumps(reply(body)).encode()]
        assert sorted(asked) == bodies, "no more is asked than live, and nothing twice"
        assert known.requests.keys() == given.keys()
        with Loop() as loop:
            loop.run(keep(known.requests))
        received.clear()
        assert dict(run_all(client, ROWS, work)) == live and not received
