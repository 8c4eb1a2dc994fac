"""Every weight of a model comes from its files; tied ones and buffers need not be there twice."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.checkpoints.loading import load_config, load_model, locate
from orca2.checkpoints.weights import lay_out
from orca2.errors import ModelError
from orca2.training.adapters import load_quantised
from tests.checkpoints.damage import Weights, configure, rewrite

EMBEDDING, HEAD, CPU = "model.embed_tokens.weight", "lm_head.weight", torch.device("cpu")


@pytest.fixture
def given(tiny: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny, tmp_path / "given")


def renamed(prefix: str) -> Callable[[Weights], Weights]:
    return lambda weights: {prefix + name: weight for name, weight in weights.items()}


def without(*parts: str) -> Callable[[Weights], Weights]:
    return lambda weights: {name: w for name, w in weights.items() if not any(part in name for part in parts)}


MISSING = [
    (renamed("_orig_mod."), "lacks 20 of its model's 20 weights .model.embed_tokens.* and has 20 others ._orig_mod"),
    (renamed("module."), r"has 20 others \(module\.model"),
    (without(".layers.1."), r"lacks 9 of .* \(model\.layers\.1\.input_layernorm\.weight, .*copy or download it again"),
    (without("model.norm."), r"lacks 1 of its model's 20 weights \(model\.norm\.weight\)"),
    (without("embed_tokens"), r"lacks 1 of .* \(model\.embed_tokens\.weight\)"),
]


@pytest.mark.parametrize("quantize", ["none", "8bit", "4bit"])
@pytest.mark.parametrize(("change", "said"), MISSING)
def test_a_weight_that_is_missing(given: Path, change: Any, said: str, quantize: str) -> None:
    if quantize != "none":
        pytest.importorskip("bitsandbytes", reason="the extra quantize is not installed")
    rewrite(given, change)
    with pytest.raises(ModelError, match=said):
        load_model(str(given), torch.float32, CPU, quantize)


def test_a_base_in_four_bits_for_training(given: Path) -> None:
    pytest.importorskip("bitsandbytes", reason="the extra quantize is not installed")
    assert load_quantised(str(given), CPU)
    rewrite(given, without(".layers.1."))
    with pytest.raises(ModelError, match="lacks 9 of"):
        load_quantised(str(given), CPU)


def test_a_head_of_its_own_that_is_missing(given: Path) -> None:
    configure(given, tie_word_embeddings=False)
    with pytest.raises(ModelError, match=r"lacks 1 of its model's 21 weights \(lm_head\.weight\)"):
        load_model(str(given), torch.float32, CPU)


def twice(weights: Weights) -> Weights:
    return weights | {HEAD: weights[EMBEDDING].clone()}


def head_only(weights: Weights) -> Weights:
    return {HEAD if name == EMBEDDING else name: weight for name, weight in weights.items()}


def buffer(weights: Weights) -> Weights:
    return weights | {"model.layers.0.self_attn.rotary_emb.inv_freq": torch.ones(4)}


def bare(weights: Weights) -> Weights:
    """The names of the model without its head, which the library puts right."""
    return {name.removeprefix("model."): weight for name, weight in weights.items()}


@pytest.mark.parametrize("change", [twice, head_only, buffer, bare])
def test_what_is_as_it_should_be(
    tiny: Path, given: Path, change: Callable[[Weights], Weights], capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(given, change)
    first, second = (load_model(str(place), torch.float32, CPU).state_dict() for place in (tiny, given))
    assert all(weight.equal(second[name]) for name, weight in first.items())
    assert capsys.readouterr().err == ""


def test_a_weight_of_no_use_is_said(given: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewrite(given, lambda weights: weights | {"v_head.summary.weight": torch.ones(1, 32)})
    load_model(str(given), torch.float32, CPU)
    assert "1 of its weights are left out, for which this model has no place (v_head.summary" in capsys.readouterr().err


@pytest.mark.parametrize("quantize", ["none", "8bit", "4bit"])
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"hidden_size": 64}, r"first .*: .*32.* for .*64"),
        ({"intermediate_size": 65}, r"other shapes \(6\).*down_proj\.weight: \(32, 64\) for \(32, 65\)"),
        ({"num_key_value_heads": 4}, r"k_proj\.weight: \(16, 32\) for \(32, 32\)"),
        ({"vocab_size": 50_000}, r"embed_tokens\.weight: \(4096, 32\) for \(50000, 32\)"),
        ({"num_hidden_layers": 3}, r"lacks 9 of its model's 29 weights \(model\.layers\.2"),
        ({"num_hidden_layers": 1}, r"weights of layers that its configuration does not count \(model\.layers\.1"),
        ({"model_type": "gpt2"}, "lacks 28 of its model's 28 weights .* and has 20 others"),
        ({"model_type": "nonsense"}, r"its config\.json does not load"),
        ({"model_type": "t5"}, "its configuration makes no model"),
        ({"hidden_size": "32"}, r"its config\.json does not load .*hidden_size.*expected int"),
        ({"num_attention_heads": 3}, "not a multiple of the number of attention heads"),
        ({"hidden_act": "nonsense"}, "its configuration makes no model"),
        ({"pad_token_id": 60_000}, "makes no model .Padding_idx must be within"),
    ],
)
def test_a_configuration_of_another_model(given: Path, values: dict[str, Any], said: str, quantize: str) -> None:
    if quantize != "none":
        pytest.importorskip("bitsandbytes", reason="the extra quantize is not installed")
    configure(given, **values)
    with pytest.raises(ModelError, match=said):
        load_model(str(given), torch.float32, CPU, quantize)


def test_layers_that_predict_further_ahead_may_be_left_out(given: Path) -> None:
    configure(given, num_hidden_layers=1, num_nextn_predict_layers=1)
    assert load_model(str(given), torch.float32, CPU)


def test_an_adapter_is_no_model(given: Path) -> None:
    for content, base in (('{"base_model_name_or_path": "some/base"}', "some/base"), ("[]", "its base"), ("", "its")):
        (given / "adapter_config.json").write_text(content)
        with pytest.raises(ModelError, match=f"given is a PEFT adapter, no whole model; merge it into {base}"):
            locate(str(given), Path())
    (given / "config.json").unlink()
    with pytest.raises(ModelError, match="is a PEFT adapter"):
        locate(str(given), Path())


def test_a_model_is_laid_out_without_memory(tiny: Path) -> None:
    assert {weight.device.type for weight in lay_out(load_config(str(tiny))).parameters()} == {"meta"}
