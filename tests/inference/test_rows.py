"""Every kind of rows against the model's own forward: in any order of reading, adding, copying and cutting back."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    Lfm2Config,
    Lfm2ForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
)  # fmt: skip

from orca2.inference.attention import use_grouped_attention
from orca2.inference.limits import EngineLimits
from orca2.inference.llama_rows import LlamaRows
from orca2.inference.model_rows import ModelRows
from orca2.inference.requests import GenerationRequest, RunningRequest, StreamChunk
from orca2.inference.rows import PlainRows, Rows, make_rows
from orca2.inference.scheduler import Scheduler
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


def gemma() -> Any:
    torch.manual_seed(0)
    layers = ["sliding_attention", "full_attention"]
    config = Gemma3TextConfig(**SMALL, head_dim=16, sliding_window=8, layer_types=layers)
    return Gemma3ForCausalLM(config).eval()


@pytest.fixture(scope="module", params=MODELS)
def model(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(0)
    return MODELS[request.param]().eval()


def expected(model: Any, ids: list[int]) -> torch.Tensor:
    with torch.inference_mode():
        logits: torch.Tensor = model(torch.tensor([ids])).logits[0]
    return logits


def close(found: torch.Tensor, wanted: torch.Tensor) -> None:
    torch.testing.assert_close(found, wanted, atol=3e-5, rtol=1e-4)


@examples(12)
@given(data=st.data())
def test_one_row_in_any_order_of_adding_and_cutting_back(model: Any, data: st.DataObject) -> None:
    ways: list[Rows] = [LlamaRows(model, 1 << 20, alone=True), ModelRows(model, 1 << 20), PlainRows(model, 1 << 20)]
    ids = list[int]()
    for _ in range(data.draw(st.integers(1, 5))):
        length = data.draw(st.integers(0, len(ids)))
        new = data.draw(st.one_of(st.lists(st.integers(0, 96), min_size=1, max_size=1), st.lists(
            st.integers(0, 96), min_size=1, max_size=20)))  # fmt: skip
        ids = [*ids[:length], *new]
        for rows in ways:
            assert rows.cache.crop(0, length) == length
            rows.cache.reserve(1, len(ids))
            one = len(new) == 1 and length
            found = rows.decode_step(new, [length]) if one else rows.prefill(0, [new], [length])[0]
            close(found[-1], expected(model, ids)[-1])


@examples(12)
@given(data=st.data())
def test_several_rows_read_copied_and_gone_on_with(model: Any, data: st.DataObject) -> None:
    texts = st.lists(st.integers(0, 96), min_size=1, max_size=70)
    prompts = data.draw(st.lists(texts, min_size=1, max_size=5))
    begun = [data.draw(st.integers(0, len(prompt) - 1)) for prompt in prompts]
    for rows in (LlamaRows(model, 1 << 20), ModelRows(model, 1 << 20), PlainRows(model, 1 << 20)):
        rows.cache.reserve(len(prompts), 1)
        for row, (prompt, count) in enumerate(zip(prompts, begun, strict=True)):
            rows.cache.reserve(len(prompts), count)
            if count:
                rows.prefill(row, [prompt[:count]], [0])
        parts = [prompt[count:] for prompt, count in zip(prompts, begun, strict=True)]
        rows.cache.reserve(len(prompts) + 1, max(begun) + max(map(len, parts)))
        found = rows.prefill(0, parts, begun, every=True)
        for prompt, part, own in zip(prompts, parts, found, strict=True):
            close(own, expected(model, prompt)[-len(part) :])
        if rows.shared_from:
            kept = rows.cache.copy_out(0, len(prompts[0]))
            rows.cache.copy_rows([0], [len(prompts)], len(prompts[0]))
            rows.cache.copy_in(0, kept, len(prompts[0]))
            known = [*prompts, prompts[0]]
        else:
            known = list(prompts)
        rows.cache.reserve(len(known), max(map(len, known)) + 1)
        logits = rows.decode_step([7] * len(known), [len(ids) for ids in known])
        for ids, own in zip(known, logits, strict=True):
            close(own, expected(model, [*ids, 7])[-1])


def test_which_way_a_model_goes(model: Any) -> None:
    assert isinstance(make_rows(model, 1), LlamaRows)
    assert isinstance(make_rows(gemma(), 1), ModelRows)
    other = gemma()
    other.config._attn_implementation = "flash_attention_2"
    assert isinstance(make_rows(other, 1), PlainRows)


@pytest.mark.parametrize("attention", ["sdpa", "eager", "orca2_grouped"])
def test_layers_of_several_kinds(attention: str) -> None:
    model, ids = gemma(), [n % 97 for n in range(40)]
    if attention == "orca2_grouped":
        use_grouped_attention(model)
    else:
        model.set_attn_implementation(attention)
    rows, wanted = make_rows(model, 1 << 20), expected(model, ids)
    rows.cache.reserve(2, 41)
    close(rows.prefill(0, [ids[:30]], [0])[0][-1], wanted[29])
    for place in range(30, 40):
        close(rows.decode_step([ids[place]], [place])[-1], wanted[place])


def test_a_model_with_states_is_answered_row_by_row() -> None:
    torch.manual_seed(0)
    model = Lfm2ForCausalLM(Lfm2Config(**SMALL, layer_types=["conv", "full_attention"])).eval()
    scheduler, found = Scheduler(model, (), EngineLimits(3, batch=True)), dict[int, list[int]]()
    assert isinstance(scheduler._rows, PlainRows)
    prompts = [[5 + n] * (1 + 3 * n) for n in range(6)]
    for n, ids in enumerate(prompts):

        def told(chunk: StreamChunk, n: int = n) -> None:
            found[n] = [one.id for one in chunk.sampled]

        scheduler.add(RunningRequest(GenerationRequest(ids, 4 + n), told, priority=len(ids)))
    while not scheduler.idle:
        scheduler.step()
    for n, prompt in enumerate(prompts):
        ids = list(prompt)
        for _ in range(4 + n):
            ids.append(int(expected(model, ids)[-1].argmax()))
        assert found[n] == ids[len(prompt) :]


def test_what_has_a_window_starts_anew_when_cut_back() -> None:
    model, ids = gemma(), list(range(30))
    rows = PlainRows(model, 1 << 20)
    rows.reserve(1, 30)
    rows.prefill(0, [ids], [0])
    assert rows.crop(0, 30) == 30 and rows.crop(0, 20) == 0
    close(rows.prefill(0, [ids[:21]], [0])[0][-1], expected(model, ids[:21])[-1])


def test_an_interrupted_forward_leaves_nothing_half_held(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    model = MODELS["llama"]().eval()
    rows = PlainRows(model, 1 << 20)
    rows.reserve(1, 9)
    first = rows.prefill(0, [[1, 2, 3]], [0])[0]

    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(model.model.layers[1], "forward", interrupt)
        with pytest.raises(KeyboardInterrupt):
            rows.decode_step([4], [3])
    assert rows.crop(0, 3) == 0
    assert torch.equal(rows.prefill(0, [[1, 2, 3]], [0])[0], first)
