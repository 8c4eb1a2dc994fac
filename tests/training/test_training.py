"""A training moves the weights as the textbook says, however it is batched, and says what goes wrong."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.checkpoints import loading
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.core.types import Lesson, Message
from orca2.errors import DataError, ModelError, RecipeError
from orca2.sections import Training
from orca2.training import training
from orca2.training.probe import packing_is_isolated
from orca2.training.spans import encode
from orca2.training.training import train
from tests.training import one_step
from tests.training.conftest import lessons, load_tiny

ROOT = Path(__file__).parents[2]


def relative(a: torch.Tensor, b: torch.Tensor) -> float:
    return float((a - b).norm() / b.norm())


def step(tiny: Path, out: Path, **settings: int) -> dict[str, Any]:
    """One training in this process: gradient of its last step, update, losses."""
    one_step.main(str(tiny), str(out), *(f"{key}={value}" for key, value in settings.items()))
    loaded: dict[str, Any] = torch.load(out)
    return loaded


def textbook(tiny: Path, tokenizer: Any) -> torch.Tensor:
    """Gradient of the mean over all supervised tokens, one document at a time."""
    model = load_tiny(tiny)
    documents = [encode(lesson, ChatCodec(tokenizer)) for lesson in lessons(24)]
    count = sum(document.num_label_tokens for document in documents)
    for document in documents:
        logits = model(torch.tensor([document.ids])).logits[0]
        at = slice(document.start - 1, -1)
        loss = torch.nn.functional.cross_entropy(
            logits[at], torch.tensor(document.ids[document.start :]), reduction="sum"
        )
        (loss / count).backward()
    return torch.cat([p.grad.flatten() for p in model.parameters()])


@pytest.fixture(scope="module")
def alone(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return step(tiny, tmp_path_factory.mktemp("step") / "alone.pt", row_tokens=256, batch_tokens=10**6)


@pytest.mark.slow
def test_the_gradient_is_the_textbooks_however_the_batch_is_cut(
    tiny: Path, tokenizer: Any, tmp_path: Path, alone: dict[str, Any]
) -> None:
    """Many rows, one row that holds all, and a document a row: answers of 7 to 110 tokens."""
    truth = textbook(tiny, tokenizer)
    packed = step(tiny, tmp_path / "packed.pt", row_tokens=4096)
    assert len(alone["loss"]) == len(packed["loss"]) == 1
    assert relative(alone["gradient"], truth) < 1e-5 and relative(packed["gradient"], truth) < 1e-5
    assert packed["loss"][0]["loss"] == pytest.approx(alone["loss"][0]["loss"], rel=1e-5)


@pytest.mark.slow
def test_one_document_a_row_is_the_same_step(
    tiny: Path,
    tmp_path: Path,
    alone: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(training, "packing_is_isolated", lambda model, **attention: False)
    apart = step(tiny, tmp_path / "apart.pt", row_tokens=256, batch_tokens=10**6)
    assert relative(apart["gradient"], alone["gradient"]) < 1e-5
    assert "packing is off" in capsys.readouterr().err


@pytest.mark.slow
def test_two_processes_make_the_same_step(tiny: Path, tmp_path: Path, alone: dict[str, Any]) -> None:
    """Also where a process has no row of its own, and over several steps."""
    for settings in (
        ("row_tokens=256", "batch_tokens=1000000"),
        ("row_tokens=256",),
        ("row_tokens=256", "batch_tokens=300"),
    ):
        out = tmp_path / "two.pt"
        subprocess.run(
            [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
             "-m", "tests.training.one_step", str(tiny), str(out), *settings],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        two = torch.load(out)
        one = step(tiny, tmp_path / "one.pt", **{k: int(v) for k, v in (s.split("=") for s in settings)})
        assert relative(two["gradient"], one["gradient"]) < 1e-5
        assert relative(two["update"], one["update"]) < 1e-3  # Adam turns rounding into its sign
        for mine, theirs in zip(two["loss"], one["loss"], strict=True):
            assert mine["loss"] == pytest.approx(theirs["loss"], rel=1e-4)


@pytest.mark.slow
def test_the_batch_counts_supervised_tokens_and_the_record_says_what_each_step_took(
    network: Any, tokenizer: Any
) -> None:
    record = train(network, tokenizer, lessons(24), Training(row_tokens=256, batch_tokens=200, epochs=2), 0, "test")
    taken = [point.supervised_tokens for point in record.loss]
    assert sum(taken) == 2 * record.supervised_tokens and sorted(taken)[2] >= 200
    assert sum(point.documents for point in record.loss) == 48
    assert record.loss[-1].epoch == 2.0 and record.steps == len(taken)


@pytest.mark.slow
def test_short_lessons_and_long_ones_make_as_many_steps_where_lessons_are_counted(tiny: Path, tokenizer: Any) -> None:
    """Also where a row could hold them all."""
    short = [Lesson((Message("user", f"{i} + 1"), Message("assistant", str(i + 1))), str(i)) for i in range(24)]
    for learned in (short, lessons(24)):
        settings = Training(row_tokens=1024, batch_lessons=5, epochs=2)
        record = train(load_tiny(tiny), tokenizer, learned, settings, 0, "t")
        taken = [point.documents for point in record.loss]
        assert record.steps == 10 and sum(taken) == 48 and all(1 <= count <= 15 for count in taken)


@pytest.mark.slow
def test_training_learns_repeats_and_is_seeded(tiny: Path, tokenizer: Any) -> None:
    curves = []
    for _ in range(2):
        settings = Training(epochs=4, learning_rate=1e-2, row_tokens=256)
        record = train(load_tiny(tiny), tokenizer, lessons(24), settings, 3, "t")
        curves.append([point.loss for point in record.loss])
    assert curves[0] == curves[1]
    assert curves[0][-1] < curves[0][0]


@pytest.mark.slow
def test_gradient_checkpointing_changes_nothing_but_memory(tiny: Path, tmp_path: Path, alone: dict[str, Any]) -> None:
    again = step(tiny, tmp_path / "again.pt", row_tokens=256, batch_tokens=10**6, gradient_checkpointing=True)
    assert relative(again["gradient"], alone["gradient"]) < 1e-6


def test_nothing_to_learn_is_refused(network: Any, tokenizer: Any) -> None:
    empty = Lesson((Message("user", "?"), Message("assistant", "")), "e")
    with pytest.raises(DataError, match=r"no usable lesson among 2 .*empty answer"):
        train(network, tokenizer, [empty, empty], Training(), 0, "t")


def test_out_of_memory_says_what_to_lower(network: Any, tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*words: Any, **named: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(training.Loop, "_backward", full)
    with pytest.raises(ModelError, match=r"lower row_tokens \(now 256\), set gradient_checkpointing = true, or method"):
        train(network, tokenizer, lessons(8), Training(row_tokens=256), 0, "t")


def test_an_unknown_reporter_is_named(network: Any, tokenizer: Any) -> None:
    with pytest.raises(RecipeError, match=r"report_to = .*nothing_like_it"):
        train(network, tokenizer, lessons(8), Training(row_tokens=256, report_to=["nothing_like_it"]), 0, "t")


def test_the_probe_passes_a_llama_and_catches_a_leak(network: Any) -> None:
    assert packing_is_isolated(network)

    class Leaky(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.device = network, torch.device("cpu")

        def get_input_embeddings(self) -> Any:
            return self.inner.get_input_embeddings()

        def forward(self, ids: torch.Tensor, **rest: Any) -> Any:
            return self.inner(ids)  # position ids ignored, as linear attention does

    assert not packing_is_isolated(Leaky())


@pytest.mark.parametrize("multiplies", [False, True])
def test_bfloat16_is_picked_only_where_the_processor_multiplies_it(
    multiplies: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "cpu_multiplies_bfloat16", lambda: multiplies)
    cpu = torch.device("cpu")
    assert training.compute_type(Training(), cpu) is (torch.bfloat16 if multiplies else torch.float32)
    assert training.compute_type(Training(dtype="bf16"), cpu) is torch.bfloat16
    assert training.compute_type(Training(), torch.device("mps")) is torch.float32


@pytest.mark.slow
def test_imitated_bfloat16_is_obeyed_aloud(
    network: Any, tokenizer: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for multiplies in (True, False):
        monkeypatch.setattr(loading, "cpu_multiplies_bfloat16", lambda answer=multiplies: answer)
        train(network, tokenizer, lessons(2), Training(row_tokens=256, dtype="bf16"), 0, "t")
        assert ("imitated" in capsys.readouterr().err) != multiplies
