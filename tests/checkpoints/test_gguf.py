"""A GGUF file as a checkpoint: whole or refused, and kept in the cache whole or made anew."""

import copy
import importlib.util
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

import orca2
from orca2.apps.export import _gguf
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.files import check_weights
from orca2.checkpoints.gguf import cached_folder, unpack
from orca2.errors import ModelError
from tests.checkpoints.damage import cut
from tests.templates import make_tokenizer

FORMS = ["auto", "bf16"]  # llama.cpp where it is installed, and transformers


@pytest.fixture(autouse=True)
def _own_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def written(file: Path, without: str = "nothing") -> Path:
    tokenizer: Any = copy.deepcopy(make_tokenizer("qwen"))
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=128, tie_word_embeddings=True,
    )  # fmt: skip
    tensors = _gguf._tensors
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_gguf, "_tensors", lambda model: (one for one in tensors(model) if without not in one[0]))
        _gguf.write(LlamaForCausalLM(config), ChatCodec(tokenizer), file, "it", "f16", None)
    return file


@pytest.mark.parametrize("dtype", FORMS)
def test_a_whole_file_answers(tmp_path: Path, dtype: str) -> None:
    loaded = orca2.load(str(written(tmp_path / "it.gguf")), dtype=dtype, device="cpu")
    chat = loaded.chat()
    chat.ask("hi")
    assert chat.stats is not None and chat.stats.prompt + chat.stats.new <= 128


@pytest.mark.parametrize("dtype", FORMS)
@pytest.mark.parametrize(
    ("without", "said"),
    [("blk.1.", r"lacks 9 of its model's 20 weights \(model\.layers\.1"), ("output_norm", r"\(model\.norm\.weight\)")],
)
def test_a_file_that_lacks_weights(tmp_path: Path, without: str, said: str, dtype: str) -> None:
    file = written(tmp_path / "it.gguf", without)
    native = dtype == "auto" and importlib.util.find_spec("xllamacpp") is not None
    with pytest.raises(ModelError, match=r"it\.gguf: llama\.cpp does not load it" if native else said):
        orca2.load(str(file), dtype=dtype, device="cpu")
    assert not list((tmp_path / "cache").rglob(".partial-*"))


@pytest.mark.parametrize("dtype", FORMS)
@pytest.mark.parametrize("length", [-100, -20_000, 3000, 10])
def test_a_file_that_is_cut(tmp_path: Path, length: int, dtype: str) -> None:
    file = written(tmp_path / "it.gguf")
    cut(file, length)
    with pytest.raises(ModelError, match=r"it\.gguf: .*; give a whole GGUF file"):
        orca2.load(str(file), dtype=dtype, device="cpu")


def test_what_is_damaged_in_the_cache_is_made_anew(tmp_path: Path) -> None:
    file = written(tmp_path / "it.gguf")
    folder = unpack(file)
    whole = (folder / "model.safetensors").read_bytes()
    for name, length in (("model.safetensors", 500), ("config.json", 20), ("tokenizer.json", 0)):
        cut(folder / name, length)
        assert unpack(file) == folder
        check_weights(folder)
        assert (folder / "model.safetensors").read_bytes() == whole


def test_what_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    def fails(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise ModelError("no")

    with pytest.raises(ModelError, match="no"):
        cached_folder("it", fails, check_weights)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []
