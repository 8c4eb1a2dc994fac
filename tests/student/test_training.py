"""Packing, the supervised span and the loss, against the plain way to compute them."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy

from orca2.core.nouns import Lesson, Message
from orca2.models._chat import Chat
from orca2.models._loading import load_model
from orca2.recipe import Training
from orca2.student.probe import isolates
from orca2.student.rows import collate, pack
from orca2.student.spans import Document, encode
from orca2.student.training import train


def lessons(count: int) -> list[Lesson]:
    return [
        Lesson(
            (
                Message("system", "Be careful."),
                Message("user", f"What is {i} plus 1?"),
                Message("assistant", f"{i} + 1 = {i + 1}. " * (1 + i % 4) + f"So the answer is {i + 1}."),
            ),
            str(i),
        )
        for i in range(count)
    ]


@pytest.fixture
def network(tiny: Path) -> Any:
    return load_model(str(tiny), torch.float32, torch.device("cpu"))


def plain_loss(model: Any, documents: list[Document]) -> torch.Tensor:
    """One document at a time, full logits, shifted labels: the textbook way."""
    total = torch.zeros(())
    for document in documents:
        logits = model(torch.tensor([document.ids])).logits[0].float()
        total = total + cross_entropy(
            logits[document.start - 1 : -1], torch.tensor(document.ids[document.start :]), reduction="sum"
        )
    return total / sum(document.supervised for document in documents)


def gradient(model: Any, loss: torch.Tensor) -> torch.Tensor:
    model.zero_grad()
    loss.backward()
    return torch.cat([p.grad.flatten() for p in model.parameters()])


def test_packed_loss_and_gradient_are_the_plain_ones(network: Any, tokenizer: Any) -> None:
    chat = Chat(tokenizer)
    documents = [encode(lesson, chat) for lesson in lessons(12)]
    (row,) = pack(documents, 4096).rows
    batch = collate([row])
    logits = network(
        input_ids=batch["input_ids"], position_ids=batch["position_ids"], use_cache=False,
        logits_to_keep=batch["keep"][0],
    ).logits[0]  # fmt: skip
    packed = cross_entropy(logits.float(), batch["labels"][0])
    plain = plain_loss(network, documents)
    assert torch.allclose(packed, plain, rtol=1e-5)
    ours, theirs = gradient(network, packed), gradient(network, plain_loss(network, documents))
    assert (ours - theirs).norm() / theirs.norm() < 1e-5


def test_no_target_is_the_start_of_a_document(tokenizer: Any) -> None:
    chat = Chat(tokenizer)
    for row in pack([encode(lesson, chat) for lesson in lessons(40)], 300).rows:
        starts = {i for i, position in enumerate(row["position_ids"]) if position == 0}
        assert not {i + 1 for i in row["keep"]} & starts
        assert row["labels"] == [row["input_ids"][i + 1] for i in row["keep"]]
        assert row["labels"].count(chat.end) == len(starts)  # each answer's end is learned


def test_what_does_not_fit_is_counted(tokenizer: Any) -> None:
    chat = Chat(tokenizer)
    empty = Lesson((Message("user", "?"), Message("assistant", "")), "e")
    packed = pack([encode(lesson, chat) for lesson in [*lessons(8), empty]], 60)
    assert packed.documents + sum(packed.dropped.values()) == 9
    assert packed.dropped["empty answer"] == 1 and packed.dropped["longer than row_tokens = 60"] > 0


def test_the_probe_passes_a_llama_and_catches_a_leak(network: Any) -> None:
    assert isolates(network)

    class Leaky(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.device = network, torch.device("cpu")

        def get_input_embeddings(self) -> Any:
            return self.inner.get_input_embeddings()

        def forward(self, ids: torch.Tensor, **rest: Any) -> Any:
            return self.inner(ids)  # position ids ignored, as linear attention does

    assert not isolates(Leaky())


def test_accumulation_weighs_tokens_not_rows(tiny: Path, tokenizer: Any) -> None:
    """One step over many small rows moves the weights as one step over one packed row does."""
    moved, chat = [], Chat(tokenizer)
    for rows_per_step, row_tokens in ((1, 2048), (1000, 64)):
        model = load_model(str(tiny), torch.float32, torch.device("cpu"))
        before = torch.cat([p.detach().flatten().clone() for p in model.parameters()])
        chosen = [lesson for lesson in lessons(16) if len(encode(lesson, chat).ids) <= 64]
        settings = Training(learning_rate=1e-3, row_tokens=row_tokens, rows_per_step=rows_per_step)
        record = train(model, tokenizer, chosen, settings, 0, "test")
        assert record["steps"] == 1 == len(record["loss"])
        moved.append(torch.cat([p.detach().flatten() for p in model.parameters()]) - before)
        losses = record["loss"][0]["loss"]
    assert moved[0].norm() > 0
    assert torch.nn.functional.cosine_similarity(moved[0], moved[1], dim=0) > 0.98
    assert losses > 0


def test_training_learns_repeats_and_is_seeded(tiny: Path, tokenizer: Any) -> None:
    curves = []
    for _ in range(2):
        model = load_model(str(tiny), torch.float32, torch.device("cpu"))
        record = train(model, tokenizer, lessons(24), Training(epochs=4, learning_rate=1e-2, row_tokens=256), 3, "t")
        curves.append([point["loss"] for point in record["loss"]])
    assert curves[0] == curves[1]
    assert curves[0][-1] < curves[0][0]
