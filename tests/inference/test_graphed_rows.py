"""Rows of slots say what the plain batches say, whatever their lengths, limits and turns, and in few shapes.

On a CPU: the steps are then plain calls of the model. `test_cuda.py` has the graphs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from orca2.inference import decoding, graphed_rows
from orca2.inference.cuda_graphs import GraphedDecoder
from orca2.inference.decoding import BatchLimits, Job, batches, decode, decode_rows
from orca2.inference.graphed_rows import GraphedRows
from orca2.models.transformers import load
from tests.inference.test_local import answers, questions
from tests.laws import examples

STOP = set(range(0, 49_152, 7))


@pytest.fixture(scope="module")
def model(tiny: Path) -> Any:
    return load(str(tiny), Path(), "cpu", dtype="fp32").model


def plainly(model: Any, jobs: Sequence[Job], stop: set[int]) -> dict[int, list[int]]:
    return {job.index: new for batch in batches(jobs) for job, new in decode(model, batch, stop, 2)}


def in_graphed_rows(model: Any, jobs: Sequence[Job], stop: set[int], most: BatchLimits) -> list[tuple[int, list[int]]]:
    rows = GraphedRows(model, min(most.rows, len(jobs)), most.tokens, max((job.max_tokens for job in jobs), default=0))
    return [(job.index, new) for job, new in decode_rows(rows, jobs, stop, most)]


asked = st.lists(
    st.tuples(
        st.lists(st.integers(10, 40_000), min_size=1, max_size=90), st.integers(1, 12), st.sampled_from([0.0, 0.0, 0.9])
    ),
    min_size=1,
    max_size=12,
)


@examples(12)
@given(
    asked=asked,
    rows=st.integers(1, 9),
    tokens=st.sampled_from([40, 300, 32_768]),
    min_finished_share=st.sampled_from([0.0, 0.125, 0.6]),
    chunk=st.sampled_from([0, 100, 8192]),
)
@example(
    asked=[([11] * 70, 3, 0.0), ([12] * 5, 12, 0.9), ([13], 9, 0.0)],
    rows=2,
    tokens=40,
    min_finished_share=0.6,
    chunk=100,
)
def test_the_same_ids_as_in_plain_batches(
    model: Any, asked: Any, rows: int, tokens: int, min_finished_share: float, chunk: int
) -> None:
    jobs = [Job(index, ids, most, heat, index) for index, (ids, most, heat) in enumerate(asked)]
    found = in_graphed_rows(model, jobs, STOP, BatchLimits(tokens, rows, min_finished_share, chunk))
    assert sorted(index for index, _ in found) == list(range(len(jobs)))
    assert dict(found) == plainly(model, jobs, STOP)


def test_a_local_model_answers_from_them(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    student = load(str(tiny), Path(), "cpu", dtype="fp32")
    requests = questions(9)
    plain = answers(student, requests)
    made, plainly_made = [], GraphedRows.__init__

    def noted(self: GraphedRows, *words: Any) -> None:
        made.append(words)
        plainly_made(self, *words)

    monkeypatch.setattr(GraphedRows, "__init__", noted)
    monkeypatch.setattr(decoding, "supports_llama_rows", lambda model: False)
    monkeypatch.setattr(decoding, "supports_graphed_rows", lambda model: True)
    assert answers(student, requests) == plain and len(made) == 1


def test_a_long_prompt_is_read_in_parts(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphed_rows, "CHUNK", 64)
    jobs = [Job(0, list(range(20, 320)), 8), Job(1, [5, 6, 7], 8)]
    assert dict(in_graphed_rows(model, jobs, set(), BatchLimits(4096, 4, 0.0, 64))) == plainly(model, jobs, set())


def test_nothing_to_do(model: Any) -> None:
    assert in_graphed_rows(model, [], {2}, BatchLimits()) == []


def test_a_batch_whose_rows_end_one_by_one_takes_few_shapes(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes, moves, plain = list[tuple[int, int]](), set[int](), GraphedDecoder.decode_step

    def step(
        self: GraphedDecoder, ids: Sequence[int], columns: Sequence[int], spare: Sequence[int] = ()
    ) -> torch.Tensor:
        shapes.append((len(ids), max(columns) // 128))
        moves.add(self.cache.reallocations)
        return plain(self, ids, columns, spare)

    monkeypatch.setattr(GraphedDecoder, "decode_step", step)
    jobs = [Job(index, [9 + index] * (1 + index % 7), 1 + index % 40) for index in range(120)]
    found = in_graphed_rows(model, jobs, set(), BatchLimits(1 << 18, 80, 0.125, 256))
    assert {index: len(new) for index, new in found} == {job.index: job.max_tokens for job in jobs}
    assert {rows for rows, _ in shapes} == {80, 64, 32} and len(set(shapes)) == 3
    assert len(moves) == 1  # the buffers stay where they are, and the graphs valid, from the first step on
