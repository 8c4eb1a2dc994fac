"""What is done around CUDA graphs, with plain calls of the same fixed shapes and addresses in their place."""

from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.inference import cuda_graphs
from orca2.inference.cuda_graphs import GraphedDecoder
from orca2.inference.decoding import BatchLimits as Most
from orca2.inference.decoding import Job, decode, decode_rows
from orca2.inference.graphed_rows import GraphedRows
from orca2.inference.kv_cache.batched import BatchedKVCache
from orca2.inference.kv_cache.sequence import GraphedCache, ModelCache
from orca2.inference.local import LocalModel
from orca2.models.transformers import load
from tests.inference.scheduled import come_and_go


class Recorded:
    """Calls the model on what it was made for; where the cache has moved since, a graph would write to freed memory."""

    made: list[tuple[int, int]] = []  # noqa: RUF012

    def __init__(self, decoder: GraphedDecoder, rows: int, columns: int, given: torch.Tensor, pool: Any) -> None:
        self.made.append((rows, columns))
        self.decoder, self.rows, self.columns, self.reallocations = decoder, rows, columns, decoder.cache.reallocations

    def replay(self, given: torch.Tensor) -> torch.Tensor:
        assert given.shape == (2, self.rows) and int(given[1].max()) < self.columns
        assert self.reallocations == self.decoder.cache.reallocations
        return self.decoder.forward(given[0, :, None], slice(0, self.rows), given[1], given[1, :, None], self.columns)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    plain = GraphedDecoder.__init__

    def graphed(self: GraphedDecoder, model: Any, cache: BatchedKVCache) -> None:
        plain(self, model, cache)
        self._graphed = True

    monkeypatch.setattr(GraphedDecoder, "__init__", graphed)
    monkeypatch.setattr(cuda_graphs, "_Graph", Recorded)
    monkeypatch.setattr(torch.cuda, "graph_pool_handle", lambda: None)
    Recorded.made = []
    return Recorded.made


@pytest.fixture(scope="module")
def model(tiny: Path) -> LocalModel:
    return load(str(tiny), Path(), "cpu", dtype="fp32")


def test_one_row_says_the_same(model: LocalModel, recorded: list[tuple[int, int]]) -> None:
    cache, plain = GraphedCache(model.model, 128), ModelCache(model.model)
    torch.testing.assert_close(cache.extend([5, 6, 7]), plain.extend([5, 6, 7]))
    for token in range(300):
        torch.testing.assert_close(cache.extend([token]), plain.extend([token]), atol=1e-4, rtol=1e-4)
    assert recorded == [(1, 128), (1, 256), (1, 384)]


def test_rows_that_come_and_go_say_the_same(model: LocalModel, recorded: list[tuple[int, int]]) -> None:
    found = come_and_go(model, 6)
    assert found[True] == found[False]
    assert len({rows for rows, _ in recorded}) > 1


def test_a_batch_says_the_same(model: LocalModel, recorded: list[tuple[int, int]]) -> None:
    jobs = [Job(index, [9 + index] * (1 + 3 * (index % 5)), 1 + index % 29) for index in range(90)]
    plain = {job.index: new for job, new in decode(model.model, jobs, {2}, 2)}
    rows = GraphedRows(model.model, 70, 1 << 16, 29)
    assert {job.index: new for job, new in decode_rows(rows, jobs, {2}, Most(1 << 16, 70, 0.125, 256))} == plain
    assert recorded == [(70, 128), (64, 128), (32, 128)]


def test_a_model_that_cannot_be_recorded_goes_on_without(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*words: Any) -> None:
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(cuda_graphs, "_Graph", refuse)
    monkeypatch.setattr(torch.cuda, "graph_pool_handle", lambda: None)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)
    cache, plain = GraphedCache(model.model), ModelCache(model.model)
    cache._decoder._graphed = True
    for token in range(6):
        torch.testing.assert_close(cache.extend([token]), plain.extend([token]), atol=1e-4, rtol=1e-4)
    assert not cache._decoder._graphed
