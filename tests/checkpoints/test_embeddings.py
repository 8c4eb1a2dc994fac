"""Tokens beyond the embeddings: rows for those that a conversation may hold, the same ones at every load."""

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

import orca2
from orca2.checkpoints.loading import load_config, load_model, load_tokenizer
from orca2.checkpoints.preparing import ensure_chat_template
from orca2.checkpoints.weights import lay_out
from orca2.core.types import Message
from orca2.errors import ModelError
from orca2.models.transformers import load
from tests.checkpoints.damage import configure, rewrite

CPU = torch.device("cpu")
EXTRA = (
    "{% for message in messages %}{{ '<|a|>' + message['role'] + '\n' + message['content'] + '<|b|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|a|>assistant\n' }}{% endif %}"
)


def extended(tiny: Path, folder: Path, template: str | None = EXTRA, special: bool = True) -> Path:
    """The tiny model with two tokens more in its tokenizer than in its embeddings."""
    shutil.copytree(tiny, folder)
    tokenizer = load_tokenizer(str(folder))
    if special:
        tokenizer.add_special_tokens({"additional_special_tokens": ["<|a|>", "<|b|>"]})
    else:
        tokenizer.add_tokens(["<|a|>", "<|b|>"])
    if template:
        tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    return folder


def embedding(model: Any) -> torch.Tensor:
    weight: torch.Tensor = model.get_input_embeddings().weight.detach()
    return weight


def test_tokens_of_the_template_get_rows_and_that_is_said(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = extended(tiny, tmp_path / "extended")
    first, second = (load(str(place), Path(), "cpu", dtype="fp32") for _ in range(2))
    said = capsys.readouterr().err
    assert said.count("2 tokens of the tokenizer have no embedding in the model (<|a|>, <|b|>): rows are") == 2
    assert embedding(first.model).shape == (4098, 32) and first.model.config.vocab_size == 4098
    assert torch.equal(embedding(first.model), embedding(second.model))
    assert torch.equal(embedding(first.model)[:-2], embedding(load_model(str(tiny), torch.float32, CPU)))
    assert orca2.load(str(place), device="cpu").chat().ask("hi", max_tokens=2) is not None


def test_growing_leaves_the_callers_random_numbers_alone(tiny: Path, tmp_path: Path) -> None:
    place, numbers = extended(tiny, tmp_path / "extended"), []
    for grows in (False, True):
        model, tokenizer = load_model(str(place), torch.float32, CPU), load_tokenizer(str(place))
        torch.manual_seed(3)
        if grows:
            assert ensure_chat_template(model, tokenizer) == [4096, 4097]
        numbers.append(torch.rand(4))
    assert torch.equal(*numbers)


def test_plain_tokens_get_rows_for_they_may_be_typed(tiny: Path, tmp_path: Path) -> None:
    place = extended(tiny, tmp_path / "extended", template=None, special=False)
    local = load(str(place), Path(), "cpu")
    ids = local.chat.encode_prompt([Message("user", "one <|a|> two")])
    assert 4096 in ids and embedding(local.model).shape[0] == 4098
    assert orca2.load(str(place), device="cpu").chat().ask("one <|a|> two", max_tokens=2) is not None


def test_tokens_that_nothing_writes_get_none(tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As Gemma 3's token for an image, in the tokenizer of the model without images."""
    local = load(str(extended(tiny, tmp_path / "extended", template=None)), Path(), "cpu")
    assert embedding(local.model).shape[0] == 4096 and capsys.readouterr().err == ""
    assert max(local.chat.encode_prompt([Message("user", "one <|a|> two")])) < 4096


def test_another_models_tokenizer(tiny: Path, tmp_path: Path) -> None:
    place = shutil.copytree(tiny, tmp_path / "other")
    name = "model.embed_tokens.weight"
    rewrite(place, lambda weights: weights | {name: weights[name][:3_000].clone()})
    configure(place, vocab_size=3_000)
    with pytest.raises(ModelError, match=r"other: the tokenizer has 1096 tokens more than the model's 3000 embeddings"):
        load(str(place), Path(), "cpu")


def test_chatml_for_a_student_without_a_template_is_said(
    tiny: Path, tokenizer: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.templates import make_tokenizer

    known = copy.deepcopy(tokenizer)
    known.chat_template = None
    assert ensure_chat_template(load_model(str(tiny), torch.float32, CPU), known) == []
    assert "no chat template: it is asked in ChatML\n" in capsys.readouterr().err
    lacking = copy.deepcopy(make_tokenizer("old mistral"))
    lacking.chat_template = None
    size = len(lacking)
    assert ensure_chat_template(load_model(str(tiny), torch.float32, CPU), lacking) == [
        size,
        size + 1,
    ]  # there are rows to spare
    assert "in ChatML, whose <|im_start|> and <|im_end|> the model has never seen" in capsys.readouterr().err
    lacking = copy.deepcopy(make_tokenizer("old mistral"))
    lacking.chat_template = None
    with pytest.raises(ModelError, match="has no chat template, nor ChatML's tokens"):
        ensure_chat_template(None, lacking)


def test_a_model_without_memory_grows_too(tiny: Path, tmp_path: Path) -> None:
    place = extended(tiny, tmp_path / "extended")
    model = lay_out(load_config(str(place)))
    assert ensure_chat_template(model, load_tokenizer(str(place))) == [4096, 4097]
    assert embedding(model).shape[0] == 4098


def widen(place: Path) -> None:
    """Give a model rows of 64: bitsandbytes packs no shorter ones for processors with AVX-512 BF16."""
    from transformers import AutoModelForCausalLM

    config: Any = load_config(str(place))
    config.hidden_size, config.intermediate_size, config.head_dim = 64, 128, 64 // config.num_attention_heads
    AutoModelForCausalLM.from_config(config).save_pretrained(place)


@pytest.mark.parametrize("quantize", ["8bit", "4bit"])
def test_a_quantized_model_grows_too(tiny: Path, tmp_path: Path, quantize: str) -> None:
    pytest.importorskip("bitsandbytes", reason="the extra quantize is not installed")
    place = extended(tiny, tmp_path / "extended")
    widen(place)
    loaded = orca2.load(str(place), quantize=quantize, device="cpu")
    assert loaded.chat().ask("hi", max_tokens=2) is not None
    source: Any = loaded.source
    assert embedding(source.model).shape[0] == 4098
