"""What only a GPU can show of answering: steps as CUDA graphs against plain steps, merged layers against plain ones."""

import asyncio
import copy
from pathlib import Path

import pytest
import torch

from orca2.checkpoints.loading import load_model, load_tokenizer
from orca2.core.types import Message, Request
from orca2.inference.decoding import Job, batches, decode, decode_rows, make_rows
from orca2.inference.graphed_rows import GraphedRows
from orca2.inference.kv_cache.sequence import GraphedCache, make_cache
from orca2.inference.local import LocalModel
from orca2.inference.optimize import optimize_for_inference
from orca2.models.transformers import load
from tests.inference.kv_cache.test_sequence import MODELS
from tests.inference.scheduled import come_and_go

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU"),
]


@pytest.fixture(scope="module")
def model(tiny: Path) -> LocalModel:
    return load(str(tiny), Path(), "cuda", dtype="fp32")


def test_one_conversation_in_graphs_says_the_same(model: LocalModel) -> None:
    graphed, plain = make_cache(model.model), GraphedCache(model.model)
    assert isinstance(graphed, GraphedCache)
    plain._decoder._graphed = False
    feed = [5, 6, 7, 8]
    for _ in range(300):
        have, want = graphed.extend(feed).clone(), plain.extend(feed)
        torch.testing.assert_close(have, want, atol=1e-4, rtol=1e-3)
        feed = [int(want.argmax())]
    assert graphed._decoder._graphed and len(graphed._decoder._graphs) == 3
    for cache in (graphed, plain):
        cache.crop(100)
    torch.testing.assert_close(graphed.extend([9]).clone(), plain.extend([9]), atol=1e-4, rtol=1e-3)


def test_rows_that_come_and_go_in_graphs_say_the_same(model: LocalModel) -> None:
    found = come_and_go(model, 20)
    same = sum(one == other for one, other in zip(found[True], found[False], strict=True))
    assert same >= len(found[False]) - 1  # a tie between two ids may fall either way


def test_a_batch_in_graphs_says_what_plain_batches_say(model: LocalModel) -> None:
    jobs = [Job(index, [9 + index] * (1 + 7 * (index % 40)), 1 + index % 160) for index in range(700)]
    drawn = [Job(700 + index, [9 + index] * 20, 30, 0.8, index) for index in range(20)]
    jobs += drawn
    found = make_rows(model.model, jobs)
    assert found is not None and isinstance(found[0], GraphedRows)
    rows, most = found
    have = {job.index: new for job, new in decode_rows(rows, jobs, model.stop, most)}
    assert rows._decoder._graphed and 0 < len(rows._decoder._graphs) <= 24
    want = {
        job.index: new for batch in batches(jobs) for job, new in decode(model.model, batch, model.stop, model.chat.end)
    }
    assert have.keys() == want.keys()
    # a tie between two ids may fall either way
    assert sum(have[index] == want[index] for index in want) >= 0.98 * len(jobs)


def test_a_model_that_is_trained_is_left_to_plain_batches(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = str(tiny)
    network = load_model(place, torch.float32, torch.device("cuda"))
    student = LocalModel("on the way", network, load_tokenizer(place), torch.float32)
    monkeypatch.setattr("orca2.inference.local.make_rows", lambda *words: pytest.fail("rows of slots were made"))

    async def answer() -> int:
        return len([one async for one in student.generate([Request((Message("user", "one?"),), 8)])])

    assert asyncio.run(answer()) == 1


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
    cache, feed = make_cache(merged), [5, 6, 7, 8]
    ids = list(feed)
    for _ in range(200):
        feed = [int(cache.extend(feed).argmax())]
        ids += feed
    assert isinstance(cache, GraphedCache) and cache._decoder._graphed and cache._decoder._graphs
    assert ids == _greedy(plain, [5, 6, 7, 8], 200)
