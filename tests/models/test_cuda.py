"""What only a GPU can show of answering: steps as CUDA graphs against plain steps, merged layers against plain ones."""

import asyncio
import copy
from pathlib import Path

import pytest
import torch

from orca2.core.nouns import Message
from orca2.models._bounds import Bounds
from orca2.models._cache import SlotCache, make_cache
from orca2.models._loading import load_model
from orca2.models._rows import Ask
from orca2.models._scheduler import Scheduler
from orca2.models.transformers import Local, load, ready
from tests.models.test_cache import MODELS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU"),
]


@pytest.fixture(scope="module")
def model(tiny: Path) -> Local:
    return load(str(tiny), Path(), "cuda", dtype="fp32")


def test_one_conversation_in_graphs_says_the_same(model: Local) -> None:
    graphed, plain = make_cache(model.model), SlotCache(model.model)
    assert isinstance(graphed, SlotCache)
    plain._steps._graphed = False
    feed = [5, 6, 7, 8]
    for _ in range(300):
        have, want = graphed.extend(feed).clone(), plain.extend(feed)
        torch.testing.assert_close(have, want, atol=1e-4, rtol=1e-3)
        feed = [int(want.argmax())]
    assert graphed._steps._graphed and len(graphed._steps._graphs) == 3
    for cache in (graphed, plain):
        cache.crop(100)
    torch.testing.assert_close(graphed.extend([9]).clone(), plain.extend([9]), atol=1e-4, rtol=1e-3)


def test_rows_that_come_and_go_in_graphs_say_the_same(model: Local) -> None:
    async def ids(scheduler: Scheduler, ask: Ask) -> list[int]:
        return [one.id async for _, piece in scheduler.pieces([ask]) for one in piece.picked]

    async def together(scheduler: Scheduler, asks: list[Ask]) -> list[list[int]]:
        return list(await asyncio.gather(*(ids(scheduler, ask) for ask in asks)))

    prompts = [model.chat.prompt([Message("user", "one two three " * (1 + 9 * (i % 3)) + str(i))]) for i in range(18)]
    asks = [Ask(prompt, 20 + 7 * (i % 6)) for i, prompt in enumerate(prompts)]
    found = {}
    for graphed in (True, False):
        scheduler = Scheduler(
            model.model, model.chat, model.stop, Bounds(rows=13, tokens=13 * 384, kept=500, chunk=150, together=6)
        )
        scheduler._steps._graphed = graphed
        try:
            found[graphed] = asyncio.run(together(scheduler, asks))
            assert scheduler._steps._graphed == graphed
        finally:
            scheduler.close()
    same = sum(one == other for one, other in zip(found[True], found[False], strict=True))
    assert same >= len(asks) - 1  # a tie between two ids may fall either way


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
    ready(merged)
    assert "forward" in vars(merged.model.layers[0].self_attn) and "forward" in vars(merged.model.layers[0].mlp)
    cache, feed = make_cache(merged), [5, 6, 7, 8]
    ids = list(feed)
    for _ in range(200):
        feed = [int(cache.extend(feed).argmax())]
        ids += feed
    assert isinstance(cache, SlotCache) and cache._steps._graphed and cache._steps._graphs
    assert ids == _greedy(plain, [5, 6, 7, 8], 200)
