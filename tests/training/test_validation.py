"""Lessons held back, and a loss on them that no batching changes."""

from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import load_model
from orca2.core.types import Lesson, Message
from orca2.sections import Training
from orca2.training.loss import AnswerLoss
from orca2.training.rows import pack
from orca2.training.spans import encode
from orca2.training.training import train
from orca2.training.validation import MOST, Validation, hold_back


def lesson(number: int, task: str = "") -> Lesson:
    said = f"{number} + 1 = {number + 1}. " * (1 + 7 * (number % 3 == 0)) + f"So it is {number + 1}."
    return Lesson((Message("user", f"What is {number} plus 1?"), Message("assistant", said)), task or f"task {number}")


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from("ab")), max_size=200))
def test_no_task_is_on_both_sides_and_none_is_lost(made: list[tuple[int, str]]) -> None:
    lessons, families = [lesson(number) for number, _ in made], [family for _, family in made]
    kept, held = hold_back(lessons, families)
    assert len(kept) + sum(map(len, held.values())) == len(lessons)
    for family, rows in held.items():
        mine = {row.task for row in rows}
        both = [row for row, name in zip(lessons, families, strict=True) if name == family and row.task in mine]
        assert len(mine) <= MOST and len(rows) == len(both)


@pytest.fixture
def network(tiny: Path) -> Any:
    return load_model(str(tiny), torch.float32, torch.device("cpu"))


def test_the_loss_is_token_weighted_and_does_not_depend_on_the_rows(network: Any, tokenizer: Any) -> None:
    chat, loss = ChatCodec(tokenizer), AnswerLoss(network)
    documents = [encode(lesson(number), chat) for number in range(12)]
    found = []
    for capacity, together in ((4096, True), (150, True), (4096, False)):
        families = {"even": pack(documents[::2], capacity, packing=together), "odd": pack(documents[1::2], capacity)}
        found.append(Validation(loss, families, 1, 1, varlen=False).measure(1).held_back)
    for other in found[1:]:
        for family, row in found[0].items():
            assert other[family].loss == pytest.approx(row.loss, rel=1e-5)
            assert other[family].tokens == row.tokens
    plain = [float(_plain(network, document)) for document in documents]
    assert found[0]["all"].loss == pytest.approx(sum(plain) / sum(d.num_label_tokens for d in documents), rel=1e-5)


def _plain(model: Any, document: Any) -> torch.Tensor:
    with torch.no_grad():
        logits = model(torch.tensor([document.ids])).logits[0, document.start - 1 : -1].float()
    return torch.nn.functional.cross_entropy(logits, torch.tensor(document.ids[document.start :]), reduction="sum")


@pytest.mark.slow
def test_it_is_taken_on_the_way_and_changes_nothing_that_is_learned(tiny: Path, tokenizer: Any) -> None:
    lessons = [lesson(number) for number in range(60)]
    kept, held = hold_back(lessons, ["plus"] * 60)
    assert held["plus"]
    weights = []
    for rows, times in ((lessons, 3), (kept, 0)):
        model = load_model(str(tiny), torch.float32, torch.device("cpu"))
        settings = Training(row_tokens=256, evaluations=times)
        record = train(model, tokenizer, rows, settings, 0, "t", families=["plus"] * len(rows))
        assert len(record.held_back) == times
        weights.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
        if times:
            assert record.held_back[-1].step == record.steps
            assert set(record.held_back[0].held_back) == {"plus", "all"}
    assert torch.equal(*weights)
