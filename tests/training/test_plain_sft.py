"""The same weights as `examples/plain_sft.py`, which is PyTorch and transformers alone.

Bit for bit where both do the same arithmetic: a student with a head of its own and a lesson in each row, so that none
of what makes training faster is in the way. To rounding where it is: packed rows, and kernels for a Llama.
"""

import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import GraniteConfig, GraniteForCausalLM

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import load_model
from orca2.core.types import Lesson, Message
from orca2.sections import Training
from orca2.training.spans import encode
from orca2.training.training import train
from tests.training.conftest import flat

PLAIN = Path(__file__).parents[2] / "examples" / "plain_sft.py"
SETTINGS = Training(epochs=2, batch_lessons=4, weight_decay=0.1, dtype="fp32", row_tokens=110)


def lessons(count: int) -> list[Lesson]:
    """Of about one length, so that a row has room for one."""
    return [
        Lesson(
            (
                Message("system", "Be careful."),
                Message("user", f"What is {i} plus {3 * i}?"),
                Message("assistant", f"I add {3 * i} to {i}, " * (1 + i % 2) + f"which makes {4 * i}."),
            ),
            str(i),
        )
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def granite(tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its logits are scaled, which no kernel of ours does."""
    torch.manual_seed(0)
    config = GraniteConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=2048, tie_word_embeddings=False, logits_scaling=0.5,
        bos_token_id=1, eos_token_id=2, pad_token_id=2,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("granite") / "tiny"
    GraniteForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def plainly(student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, torch.Tensor]:
    """The weights that the example makes."""
    rows = [{"messages": [{"role": m.role, "content": m.content} for m in row.messages]} for row in lessons(24)]
    (tmp_path / "lessons.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.setattr(sys, "argv", [str(PLAIN), str(student), str(tmp_path / "lessons.jsonl"), str(tmp_path / "out")])
    runpy.run_path(str(PLAIN), run_name="__main__")
    return load_file(tmp_path / "out" / "model.safetensors")


def ours(student: Path, tokenizer: Any, settings: Training) -> tuple[Any, Any]:
    model = load_model(str(student), torch.float32, torch.device("cpu"))
    return model, train(model, tokenizer, lessons(24), settings, 0, "t")


@pytest.mark.slow
def test_one_lesson_a_row_makes_the_very_same_weights(
    granite: Path, tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths = [len(encode(lesson, ChatCodec(tokenizer)).ids) for lesson in lessons(24)]
    assert max(lengths) < 2 * min(lengths)
    model, record = ours(granite, tokenizer, SETTINGS.model_copy(update={"row_tokens": max(lengths)}))
    assert record.rows == record.documents == 24 and [point.documents for point in record.loss] == [4] * 12
    plain, weights = plainly(granite, tmp_path, monkeypatch), dict(model.named_parameters())
    before = load_file(granite / "model.safetensors")
    assert plain.keys() == weights.keys()
    for name, weight in plain.items():
        assert torch.equal(weights[name], weight) and not torch.equal(weight, before[name])


@pytest.mark.slow
def test_packed_rows_and_our_kernels_make_the_same_weights_to_rounding(tiny: Path, tokenizer: Any) -> None:
    plain, chat = runpy.run_path(str(PLAIN)), ChatCodec(tokenizer)
    plain["train"].__globals__["BATCH"] = 24  # all lessons in a step: which of them share a row is of no account then
    theirs = load_model(str(tiny), torch.float32, torch.device("cpu"))
    before = flat(theirs)
    examples = [encode(lesson, chat) for lesson in lessons(24)]
    plain["train"](theirs, [(example.ids, example.start) for example in examples])
    model, record = ours(tiny, tokenizer, SETTINGS.model_copy(update={"batch_lessons": 24, "row_tokens": 512}))
    assert record.rows < 8 and record.steps == 2
    made, right = flat(model) - before, flat(theirs) - before
    assert float((made - right).norm() / right.norm()) < 1e-3
