"""How much a model's cache takes, of models whose layers are alike and of those whose layers are not."""

from types import SimpleNamespace
from typing import Any

from orca2.inference.limits import engine_limits, kv_bytes


def config(**more: Any) -> Any:
    return SimpleNamespace(num_hidden_layers=3, num_attention_heads=4, hidden_size=32, **more)


def test_bytes_of_a_token() -> None:
    assert kv_bytes(config(), 2) == 2 * 3 * 4 * 8 * 2
    assert kv_bytes(config(num_key_value_heads=2, head_dim=16), 4) == 2 * 3 * 2 * 16 * 4


def test_layers_that_are_not_alike() -> None:
    """As Gemma 4's, which refuse to say one size for all."""
    import transformers

    kinds = ["sliding_attention", "full_attention"]
    gemma = transformers.Gemma4ForCausalLM.config_class(
        num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=8, hidden_size=32, layer_types=kinds
    )
    sizes = [layer.num_key_value_heads * layer.head_dim for layer in gemma.per_layer_config]
    assert kv_bytes(gemma, 2) == 2 * 2 * sum(sizes) and sizes[0] != sizes[1]


def test_a_model_gets_rows_and_room() -> None:
    import torch

    plain = config(max_position_embeddings=512, num_key_value_heads=2, head_dim=8)
    plain.get_text_config = lambda: plain
    model = SimpleNamespace(config=plain, device=torch.device("cpu"), dtype=torch.float32)
    limits = engine_limits(model, rows=4)
    assert limits.rows == 4 and 0 < limits.tokens <= 4 * 512
    assert engine_limits(model, tokens=99, batch=True).tokens == 99
