"""The own way through a LLaMA's layers, and packed layers, against the model's own forward."""

import copy
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
)  # fmt: skip

from orca2.inference.kernels.onednn import PrepackedLinear, onednn_prepack
from orca2.inference.kv_cache import sequence
from orca2.inference.kv_cache.sequence import GraphedCache, LlamaCache, ModelCache, make_cache
from tests.laws import examples

SMALL: dict[str, Any] = {
    "vocab_size": 97, "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 2048,
}  # fmt: skip
LLAMA3 = {
    "rope_type": "llama3", "rope_theta": 1e4, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}  # fmt: skip
MODELS: dict[str, Any] = {
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**SMALL)),
    "llama3": lambda: LlamaForCausalLM(LlamaConfig(**SMALL, rope_parameters=LLAMA3, attention_bias=True)),
    "wide": lambda: LlamaForCausalLM(LlamaConfig(**{**SMALL, "num_key_value_heads": 4, "head_dim": 32})),
    "mistral": lambda: MistralForCausalLM(MistralConfig(**SMALL, sliding_window=None)),
    "qwen2": lambda: Qwen2ForCausalLM(Qwen2Config(**SMALL, use_sliding_window=False)),
}


@pytest.fixture(scope="module", params=MODELS)
def model(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(0)
    return MODELS[request.param]().eval()


@examples(12)
@given(data=st.data())
def test_any_order_of_extending_and_cropping(model: Any, data: st.DataObject) -> None:
    cache, ids = make_cache(model), list[int]()
    assert isinstance(cache, LlamaCache)
    plain, graphed = ModelCache(model), GraphedCache(model, 4)
    for _ in range(data.draw(st.integers(1, 5))):
        length = data.draw(st.integers(0, len(ids)))
        cache.crop(length)
        plain.crop(length)
        graphed.crop(length)
        new = data.draw(st.one_of(st.lists(st.integers(0, 96), min_size=1, max_size=1), st.lists(
            st.integers(0, 96), min_size=1, max_size=20)))  # fmt: skip
        ids = [*ids[:length], *new]
        with torch.inference_mode():
            expected = model(torch.tensor([ids])).logits[0, -1]
        torch.testing.assert_close(cache.extend(new), expected, atol=2e-5, rtol=1e-4)
        torch.testing.assert_close(plain.extend(new), expected, atol=2e-5, rtol=1e-4)
        torch.testing.assert_close(graphed.extend(new), expected, atol=2e-5, rtol=1e-4)
        assert cache.length == plain.length == graphed.length == len(ids)


def test_buffers_grow(monkeypatch: pytest.MonkeyPatch, model: Any) -> None:
    monkeypatch.setattr(sequence, "FIRST", 2)
    cache, ids = make_cache(model), [n % 97 for n in range(40)]
    for token in ids:
        found = cache.extend([token])
    with torch.inference_mode():
        torch.testing.assert_close(found, model(torch.tensor([ids])).logits[0, -1], atol=2e-5, rtol=1e-4)


def test_a_model_with_a_window_starts_anew_when_cut_back() -> None:
    torch.manual_seed(0)
    config = Gemma3TextConfig(
        **SMALL, head_dim=16, sliding_window=8, layer_types=["sliding_attention", "full_attention"]
    )
    model = Gemma3ForCausalLM(config).eval()
    cache, ids = make_cache(model), list(range(30))
    assert isinstance(cache, ModelCache)
    cache.extend(ids)
    cache.crop(20)
    assert cache.length == 0
    with torch.inference_mode():
        expected = model(torch.tensor([ids[:21]])).logits[0, -1]
    torch.testing.assert_close(cache.extend(ids[:21]), expected, atol=2e-5, rtol=1e-4)


def test_an_interrupted_forward_leaves_nothing_half_held(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    model = MODELS["llama"]().eval()
    cache = ModelCache(model)
    first = cache.extend([1, 2, 3])

    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(model.model.layers[1], "forward", interrupt)
        with pytest.raises(KeyboardInterrupt):
            cache.extend([4])
    assert cache.length == 0
    assert torch.equal(cache.extend([1, 2, 3]), first)


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_packed_layers_give_the_same(rows: int) -> None:
    torch.manual_seed(0)
    model = MODELS["llama3"]().eval().to(torch.bfloat16)
    packed = copy.deepcopy(model)
    onednn_prepack(packed)
    if not isinstance(packed.lm_head, PrepackedLinear):
        pytest.skip("this build of PyTorch or this processor lays out no bfloat16 weights")
    assert isinstance(packed.model.layers[0].self_attn.q_proj, PrepackedLinear)
    ids = torch.randint(0, 97, (rows, 7))
    with torch.inference_mode():
        torch.testing.assert_close(packed(ids).logits, model(ids).logits, atol=2e-2, rtol=2e-2)


def test_what_is_not_bfloat16_is_left_alone() -> None:
    model = MODELS["llama"]()
    onednn_prepack(model)
    assert not any(isinstance(module, PrepackedLinear) for module in model.modules())
