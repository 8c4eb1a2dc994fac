"""Rows over buffers that stay say what the plain batches say, whatever their lengths, limits and turns."""

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from orca2.inference.decoding import BatchLimits, Job, batches, decode, decode_rows, make_rows
from orca2.inference.llama_rows import LlamaRows
from orca2.models.transformers import load
from tests.laws import examples


@pytest.fixture(scope="module")
def model(tiny: Path) -> Any:
    return load(str(tiny), Path(), "cpu", dtype="fp32").model


BEGINNINGS = ([], list(range(100, 130)), list(range(100, 120)), list(range(500, 800)))  # of system messages
prompts = st.builds(
    lambda beginning, rest: [*beginning, *rest],
    st.sampled_from(BEGINNINGS), st.lists(st.integers(10, 40_000), min_size=1, max_size=90),
)  # fmt: skip
jobs = st.lists(
    st.tuples(prompts, st.integers(1, 12), st.sampled_from([0.0, 0.0, 0.9])),
    min_size=1,
    max_size=12,
)


@examples(25)
@given(asked=jobs, rows=st.integers(1, 5), tokens=st.sampled_from([40, 300, 32_768]))
def test_the_same_ids_as_in_plain_batches(model: Any, asked: Any, rows: int, tokens: int) -> None:
    made = [Job(index, ids, most, heat, index) for index, (ids, most, heat) in enumerate(asked)]
    stop = set(range(0, 49_152, 7))
    plain = {job.index: new for batch in batches(made) for job, new in decode(model, batch, stop, 2)}
    found = list(decode_rows(LlamaRows(model), made, stop, BatchLimits(tokens, rows)))
    assert sorted(job.index for job, _ in found) == sorted(plain)
    assert {job.index: new for job, new in found} == plain


def test_what_prompts_begin_with_alike_is_read_once(model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = list(range(100, 140)), list(range(200, 240))
    asked = [[*one, 7], [*other, 8], [*one, 9, 10], [*other, 11], [*one, 7]]
    rows, prefill, plain = LlamaRows(model), list[int](), LlamaRows._finish

    def finish(self: LlamaRows, layer: Any, state: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        prefill.append(len(state))
        return plain(self, layer, state, seen)

    monkeypatch.setattr(LlamaRows, "_finish", finish)
    rows.prefill(0, asked)
    assert prefill[:: len(model.model.layers)] == [41, 41, 2, 1, 1]


def test_nothing_to_do(model: Any) -> None:
    found = make_rows(model, [])
    assert found is not None and list(decode_rows(found[0], [], {2}, found[1])) == []


@pytest.mark.slow
def test_a_real_student_in_float32(smol: str) -> None:
    student = load(smol, Path(), "cpu", dtype="fp32")
    texts = ["Count to five.", "Name a river in Europe and say where it ends.", "What is 12 + 30?"]
    ids = [student.chat.encode_text(text) for text in texts]
    made = [Job(index, some, 12) for index, some in enumerate(ids)]
    plain = {job.index: new for batch in batches(made) for job, new in decode(student.model, batch, student.stop, 2)}
    found = make_rows(student.model, made)
    assert found is not None
    assert {job.index: new for job, new in decode_rows(found[0], made, student.stop, found[1])} == plain
