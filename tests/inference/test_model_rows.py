"""What is done around CUDA graphs, with plain calls of the same fixed shapes and addresses in their place."""

from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.inference import model_rows
from orca2.inference.limits import EngineLimits
from orca2.inference.local import LocalModel
from orca2.inference.model_rows import ModelRows
from orca2.inference.requests import GenerationRequest, RunningRequest
from orca2.inference.rows import PlainRows
from orca2.inference.scheduler import Scheduler
from orca2.models.transformers import load
from tests.inference.scheduled import come_and_go


class Recorded:
    """Calls the model on what it was made for; where the cache has moved since, a graph would write to freed memory."""

    made: list[tuple[int, int]] = []  # noqa: RUF012

    def __init__(self, rows_of: ModelRows, rows: int, columns: int, given: torch.Tensor, pool: Any) -> None:
        self.made.append((rows, columns))
        self.of, self.rows, self.columns, self.reallocations = rows_of, rows, columns, rows_of.cache.reallocations

    def replay(self, given: torch.Tensor) -> torch.Tensor:
        assert given.shape == (2, self.rows) and int(given[1].max()) < self.columns
        assert self.reallocations == self.of.cache.reallocations
        return self.of.forward(given[0, :, None], slice(0, self.rows), given[1], given[1, :, None], self.columns)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    plain = ModelRows.__init__

    def graphed(self: ModelRows, model: Any, limit: int, graphed: bool = True) -> None:
        plain(self, model, limit, graphed)
        self._graphed = True

    monkeypatch.setattr(ModelRows, "__init__", graphed)
    monkeypatch.setattr(model_rows, "_Graph", Recorded)
    monkeypatch.setattr(torch.cuda, "graph_pool_handle", lambda: None)
    Recorded.made = []
    return Recorded.made


@pytest.fixture(scope="module")
def model(tiny: Path) -> LocalModel:
    return load(str(tiny), Path(), "cpu", dtype="fp32")


def test_one_row_says_the_same(model: LocalModel, recorded: list[tuple[int, int]]) -> None:
    rows, plain = ModelRows(model.model, 1 << 20), PlainRows(model.model, 1 << 20)
    plain.reserve(1, 512)
    rows.cache.reserve(1, 512)
    for one in (rows, plain):
        one.prefill(0, [[5, 6, 7]], [0])
    for token in range(300):
        have, want = (one.decode_step([token], [3 + token]) for one in (rows, plain))
        torch.testing.assert_close(have, want, atol=1e-4, rtol=1e-4)
    assert recorded == [(1, 128), (1, 256), (1, 384)]


def test_rows_that_come_and_go_say_the_same(model: LocalModel, recorded: list[tuple[int, int]]) -> None:
    found = come_and_go(model, 6)
    assert found[True] == found[False]
    assert len({rows for rows, _ in recorded}) > 1


def test_a_batch_takes_few_shapes_and_its_cache_stays(model: LocalModel, recorded: list[tuple[int, int]]) -> None:
    def answers(kind: Any) -> dict[int, list[int]]:
        scheduler = Scheduler(model.model, {2}, EngineLimits(80, 1 << 18, 512, 256, 80, True, 0.125))
        found, rows = dict[int, list[int]](), kind(model.model, 1 << 18)
        scheduler._rows = rows
        for index in range(120):
            request = GenerationRequest([9 + index] * (1 + index % 7), 1 + index % 40)
            told = lambda chunk, index=index: found.update({index: [one.id for one in chunk.sampled]})  # noqa: E731
            scheduler.add(RunningRequest(request, told, priority=len(request.ids) + request.max_tokens))
        while not scheduler.idle:
            scheduler.step()
        if isinstance(rows, ModelRows):
            assert rows.cache.reallocations == 1
        return found

    assert answers(ModelRows) == answers(PlainRows)
    assert {rows for rows, _ in recorded if rows > 64} == {80} and {columns for _, columns in recorded} == {64}
    assert len(recorded) == len(set(recorded))


def test_a_model_that_cannot_be_recorded_goes_on_without(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*words: Any) -> None:
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(model_rows, "_Graph", refuse)
    monkeypatch.setattr(torch.cuda, "graph_pool_handle", lambda: None)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: None)
    rows, plain = ModelRows(model.model, 1 << 20), PlainRows(model.model, 1 << 20)
    rows._graphed = True
    rows.cache.reserve(1, 9)
    plain.reserve(1, 9)
    for one in (rows, plain):
        one.prefill(0, [[5]], [0])
    for token in range(6):
        have, want = (one.decode_step([token], [1 + token]) for one in (rows, plain))
        torch.testing.assert_close(have, want, atol=1e-4, rtol=1e-4)
    assert not rows._graphed
