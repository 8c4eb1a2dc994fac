"""What only a GPU can show of answering: steps as CUDA graphs against plain steps, merged layers against plain ones."""

import asyncio
import copy
from pathlib import Path

import pytest
import torch

from orca2.checkpoints.loading import load_model, load_tokenizer
from orca2.core.types import Message, Request
from orca2.inference.limits import engine_limits
from orca2.inference.local import LocalModel
from orca2.inference.model_rows import ModelRows
from orca2.inference.optimize import optimize_for_inference
from orca2.inference.requests import GenerationRequest, RunningRequest, StreamChunk
from orca2.inference.sampling import Sampling
from orca2.inference.scheduler import Scheduler
from orca2.inference.session import LocalSession
from orca2.models.transformers import load
from tests.inference.scheduled import come_and_go
from tests.inference.test_rows import MODELS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU"),
]


@pytest.fixture(scope="module")
def model(tiny: Path) -> LocalModel:
    return load(str(tiny), Path(), "cuda", dtype="fp32")


def test_one_conversation_in_graphs_says_the_same(model: LocalModel) -> None:
    graphed, plain = ModelRows(model.model, 1 << 20), ModelRows(model.model, 1 << 20, graphed=False)
    for rows in (graphed, plain):
        rows.cache.reserve(1, 1024)
        rows.prefill(0, [[5, 6, 7]], [0])
    token = 8
    for place in range(300):
        have, want = (rows.decode_step([token], [3 + place]).clone() for rows in (graphed, plain))
        torch.testing.assert_close(have, want, atol=1e-4, rtol=1e-3)
        token = int(want.argmax())
    assert graphed._graphed and len(graphed._graphs) == 3
    have, want = (rows.decode_step([9], [100]).clone() for rows in (graphed, plain))
    torch.testing.assert_close(have, want, atol=1e-4, rtol=1e-3)


def test_rows_that_come_and_go_in_graphs_say_the_same(model: LocalModel) -> None:
    found = come_and_go(model, 20)
    same = sum(one == other for one, other in zip(found[True], found[False], strict=True))
    assert same >= len(found[False]) - 1  # a tie between two ids may fall either way


def test_a_batch_in_graphs_says_what_plain_steps_say(model: LocalModel) -> None:
    requests = [GenerationRequest([9 + n] * (1 + 7 * (n % 40)), 1 + n % 160) for n in range(700)]
    requests += [GenerationRequest([9 + n] * 20, 30, Sampling(0.8, 0.9, 40, n, min_p=0.01)) for n in range(20)]
    found: dict[bool, dict[int, list[int]]] = {True: {}, False: {}}
    for graphed, answers in found.items():
        scheduler = Scheduler(model.model, model.stop, engine_limits(model.model, batch=True), graphed)
        for index, request in enumerate(requests):

            def told(chunk: StreamChunk, index: int = index, answers: dict[int, list[int]] = answers) -> None:
                answers[index] = [one.id for one in chunk.sampled]

            scheduler.add(RunningRequest(request, told, priority=len(request.ids) + request.max_tokens))
        while not scheduler.idle:
            scheduler.step()
        rows = scheduler._rows
        assert isinstance(rows, ModelRows) and rows._graphed == graphed
        assert 0 < len(rows._graphs) <= 24 or not graphed
    assert found[True].keys() == found[False].keys() == set(range(720))
    # a tie between two ids may fall either way
    assert sum(found[True][index] == found[False][index] for index in range(720)) >= 0.98 * 720


def test_a_model_that_is_trained_has_no_graphs(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = str(tiny)
    network = load_model(place, torch.float32, torch.device("cuda"))
    student = LocalModel("on the way", network, load_tokenizer(place), torch.bfloat16)
    monkeypatch.setattr(ModelRows, "_graph", lambda *words: pytest.fail("a graph was made"))

    async def answer() -> int:
        asked = [Request((Message("user", "one?" * count),), 8) for count in (1, 9, 9)]
        return len([one async for one in student.generate(asked)])

    assert asyncio.run(answer()) == 3


def _greedy(model: torch.nn.Module, feed: list[int], count: int) -> list[int]:
    """By the model's own forward."""
    ids, cache = list(feed), None
    with torch.inference_mode():
        for _ in range(count):
            output = model(torch.tensor([feed], device="cuda"), past_key_values=cache, use_cache=True)
            feed, cache = [int(output.logits[0, -1].argmax())], output.past_key_values
            ids += feed
    return ids


@pytest.mark.parametrize("name", [*MODELS, "tiny"])
def test_merged_layers_in_graphs_say_what_plain_ones_say(name: str, request: pytest.FixtureRequest) -> None:
    torch.manual_seed(0)
    if name == "tiny":
        place = str(request.getfixturevalue("tiny"))
        plain = load_model(place, torch.float32, torch.device("cuda")).eval()
    else:
        plain = MODELS[name]().eval().cuda()
    merged = copy.deepcopy(plain)
    optimize_for_inference(merged)
    assert "forward" in vars(merged.model.layers[0].self_attn) and "forward" in vars(merged.model.layers[0].mlp)
    session, ids = LocalSession(merged, ()), [5, 6, 7, 8]
    ids += [sampled.id for sampled in session.stream(list(ids), 200, Sampling())]
    rows = session._rows
    assert isinstance(rows, ModelRows) and rows._graphed and rows._graphs
    assert ids == _greedy(plain, [5, 6, 7, 8], 200)
