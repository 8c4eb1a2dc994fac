"""Batches within bounds, and rows that leave one."""

from pathlib import Path

import pytest

from orca2.inference.decoding import BATCH_TOKENS, Job, batches, decode
from orca2.inference.local import LocalModel
from orca2.models.transformers import load
from tests.inference.test_local import questions


@pytest.fixture(scope="module")
def model(tiny: Path) -> LocalModel:
    return load(str(tiny), Path(), "cpu", dtype="fp32")


def test_batches_hold_every_job_within_bounds() -> None:
    jobs = [Job(i, [1] * (1 + i * 37 % 900), 64) for i in range(300)]
    found = list(batches(jobs))
    assert sorted(job.index for batch in found for job in batch) == list(range(300))
    assert all(len(b) * max(len(j.ids) + j.max_tokens for j in b) <= BATCH_TOKENS for b in found)


def test_rows_that_leave_together_say_the_same(model: LocalModel) -> None:
    """As on a GPU: a finished row stays until enough have, and nobody reads what it goes on to say."""
    jobs = [Job(i, model.chat.encode_prompt(q.messages), 1 + i) for i, q in enumerate(questions(12))]
    found = [{job.index: new for job, new in decode(model.model, jobs, model.stop, 2, share)} for share in (0, 0.3, 1)]
    assert found[0] == found[1] == found[2] and sorted(found[0]) == list(range(12))
