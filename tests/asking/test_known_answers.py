"""Asking in rounds by known answers comes to what asking at once comes to, and asks nothing else."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, run_all
from orca2.asking.known_answers import KnownAnswers, keep, run_known
from orca2.asking.loop import Loop
from orca2.asking.sampling import PromptPlan, Sample, sample_until_correct
from orca2.core.types import Call, Completion, Message, Request, Verdict
from orca2.models.openai import OpenAIModel
from tests.server import completion, serve

ROWS, CALLS = range(4), (Call("check", "Check it."),)
PLANS = [
    [
        PromptPlan(Request((Message("system", way), Message("user", f"task {row}")), 9, 0.7), calls)
        for way, calls in ways
    ]
    for row in ROWS
    for ways in [(("short", ()), ("long", CALLS))]
]
Script = Mapping[str, str]


def reply(script: Script, body: Mapping[str, object]) -> bytes:
    """The answer to a request: right, wrong or cut off, by what is asked and which sample it is."""
    fate = script.get(json.dumps([body["messages"], body["seed"]]), "wrong")
    return json.dumps(completion(f"{fate} {json.dumps(body)[-40:]}", "length" if fate == "cut" else "stop")).encode()


async def judge(said: Completion) -> Verdict:
    right = said.text.startswith("right") and said.finish_reason == "stop"
    return Verdict("correct" if right else "wrong", None, "")


def sampled(client: ModelClient, rows: Sequence[int], samples: int, wanted: int) -> dict[int, list[Sample]]:
    async def work(row: int, ask: Ask) -> list[Sample]:
        return await sample_until_correct(ask, PLANS[row], judge, samples, wanted, "answer")

    return dict(run_all(client, rows, work))


@settings(max_examples=25)
@given(st.integers(1, 3), st.integers(1, 3), st.randoms(use_true_random=False))
def test_rounds_come_to_what_asking_at_once_comes_to(samples: int, wanted: int, chance: "st.DataObject") -> None:
    fates: dict[str, str] = {}

    def answer(body: Mapping[str, object]) -> bytes:
        key = json.dumps([body["messages"], body["seed"]])
        fates.setdefault(key, chance.choice(["right", "wrong", "cut"]))  # type: ignore[attr-defined]
        return reply(fates, body)

    async def work(row: int, ask: Ask) -> list[Sample]:
        return await sample_until_correct(ask, PLANS[row], judge, samples, wanted, "answer")

    with serve(answer, whole=True) as (url, received), TemporaryDirectory() as folder:
        model = OpenAIModel("m", url)
        live = sampled(ModelClient(model, Cache(Path(folder, "live"))), ROWS, samples, wanted)
        bodies = sorted(json.dumps(body["messages"]) + str(body["seed"]) for body in received)
        client, asked = ModelClient(model, Cache(Path(folder, "rounds"))), list[str]()
        given: dict[bytes, list[bytes]] = {}
        while True:
            known = KnownAnswers(given)
            waiting = dict(run_known(client, ROWS, work, known))
            owed = {key for keys in waiting.values() for key in keys}
            if not owed:
                break
            assert owed.isdisjoint(given)
            for key in owed:
                body = json.loads(known.requests[key].body)
                asked.append(json.dumps(body["messages"]) + str(body["seed"]))
                given[key] = [reply(fates, body)]
        assert sorted(asked) == bodies, "no more is asked than live, and nothing twice"
        with Loop() as loop:
            loop.run(keep(known.requests))
        before = len(received)
        assert sampled(client, ROWS, samples, wanted) == live and len(received) == before
