"""The memory a model needs, said before it is loaded."""

from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from orca2.checkpoints import memory
from orca2.checkpoints.loading import load_model
from orca2.errors import ModelError

ORCA2_7B = LlamaConfig(
    vocab_size=32003, hidden_size=4096, intermediate_size=11008, num_hidden_layers=32, num_attention_heads=32,
    architectures=["LlamaForCausalLM"],
)  # fmt: skip


def test_what_orca_2_needs() -> None:
    """6.74 billion weights, of which 0.13 each are embedding and head."""
    for quantize, gigabytes in (("none", 13.48), ("8bit", 7.0), ("4bit", 4.15)):
        need = memory.needed_memory(ORCA2_7B, torch.bfloat16, quantize)
        assert need / 1e9 == pytest.approx(gigabytes, rel=0.02)


def test_a_small_one_is_counted_right() -> None:
    config = LlamaConfig(
        vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        tie_word_embeddings=True, architectures=["LlamaForCausalLM"],
    )  # fmt: skip
    weights = sum(weight.numel() for weight in LlamaForCausalLM(config).parameters())
    assert memory.needed_memory(config, torch.float32, "none") == 4 * weights


def test_too_little_is_said_before_loading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ORCA2_7B.save_pretrained(tmp_path)  # no weights at all: nothing of them may be looked for
    monkeypatch.setattr(memory, "free_memory", lambda device: 8_000_000_000)
    with pytest.raises(ModelError, match=r"need 13\.5 GB in bfloat16, and cpu has 8\.0 GB free; quantize it: 8bit \(7"):
        load_model(str(tmp_path), torch.bfloat16, torch.device("cpu"))
    monkeypatch.setattr(memory, "free_memory", lambda device: 5_000_000_000)
    with pytest.raises(ModelError, match=r"in 8bit, and cpu has 5\.0 GB free; quantize it: 4bit \(4"):
        load_model(str(tmp_path), torch.bfloat16, torch.device("cpu"), "8bit")
