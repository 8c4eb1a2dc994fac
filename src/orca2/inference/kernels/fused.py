"""Layers of a LLaMA, Mistral or Qwen2 that answers on a GPU: products that read the same rows are one.

Of one row, a product takes as long as its weights take to read, and a large one reads them nearer to the memory's rate
than three small ones. What lies between the products is a kernel each (`triton_kernels`). The weights stay where a
`state_dict` looks for them, as parts of the merged ones.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch.nn.functional import linear
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from orca2.inference.kernels.availability import kernels
from orca2.inference.kernels.nf4 import fuse_linear4bit
from orca2.inference.seams import attention_of

LLAMAS = ("LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM")
ATTENTIONS = ("LlamaAttention", "MistralAttention", "Qwen2Attention")
MLPS = ("LlamaMLP", "MistralMLP", "Qwen2MLP")

Projection = Callable[[torch.Tensor], torch.Tensor]


def fuse_layers(model: Any) -> None:
    """What fits of a model, layer by layer: those in 8 bits or with adapters are left as they are."""
    ours = kernels(model.device)
    if ours is None or getattr(model.config, "hidden_act", "") != "silu":
        return
    for module in model.modules():
        kind = type(module).__name__
        if kind in ATTENTIONS and (merged := _fuse_projections([module.q_proj, module.k_proj, module.v_proj])):
            module.forward = partial(_attend, ours, module, merged)
        elif kind in MLPS and (merged := _fuse_projections([module.gate_proj, module.up_proj])):
            module.forward = partial(_mlp, ours, module, merged)
    torch.cuda.empty_cache()  # the room of the weights as they were, which no later tensor fits


def _fuse_projections(layers: Sequence[Any]) -> Projection | None:
    """The product of all of them, of whose weights theirs become parts; None where they cannot."""
    if all(type(layer).__name__ == "Linear4bit" for layer in layers):
        return fuse_linear4bit(layers)
    if not all(type(layer) is torch.nn.Linear for layer in layers):
        return None
    if len({(layer.weight.dtype, layer.weight.device, layer.bias is None) for layer in layers}) > 1:
        return None
    weight = _joined([layer.weight for layer in layers])
    bias = None if layers[0].bias is None else _joined([layer.bias for layer in layers])
    return partial(linear, weight=weight, bias=bias)


def _joined(parts: Sequence[torch.nn.Parameter]) -> torch.Tensor:
    whole = torch.cat([part.detach() for part in parts])
    for part, place in zip(parts, torch.split(whole, [len(part) for part in parts]), strict=True):
        part.data = place
    return whole


def _attend(
    ours: Any,
    module: Any,
    projection: Projection,
    hidden_states: torch.Tensor,
    position_embeddings: Any = None,
    attention_mask: torch.Tensor | None = None,
    past_key_values: Any = None,
    **rest: Any,
) -> tuple[torch.Tensor, torch.Tensor | None]:
    if torch.is_grad_enabled() or attention_of(module) != "sdpa":
        output: tuple[torch.Tensor, torch.Tensor | None] = type(module).forward(
            module, hidden_states, position_embeddings=position_embeddings, attention_mask=attention_mask,
            past_key_values=past_key_values, **rest,
        )  # fmt: skip
        return output
    shape, head_dim = hidden_states.shape[:-1], module.head_dim
    num_heads, num_kv_heads = (layer.out_features // head_dim for layer in (module.q_proj, module.k_proj))
    qkv = projection(hidden_states)
    cos, sin = (part.to(qkv.dtype).expand(*shape, head_dim).contiguous() for part in position_embeddings)
    ours.apply_rotary(qkv, cos, sin, num_heads + num_kv_heads)
    query, key, value = torch.split(
        qkv.view(*shape, -1, head_dim).transpose(1, 2), [num_heads, num_kv_heads, num_kv_heads], 1
    )
    if past_key_values is not None:
        key, value = past_key_values.update(key, value, module.layer_idx)
    seen, _ = sdpa_attention_forward(
        module, query, key, value, attention_mask, dropout=0.0, scaling=module.scaling, **rest
    )
    return module.o_proj(seen.reshape(*shape, -1).contiguous()), None


def _mlp(ours: Any, module: Any, projection: Projection, rows: torch.Tensor) -> torch.Tensor:
    output: torch.Tensor
    if torch.is_grad_enabled():
        output = type(module).forward(module, rows)
    else:
        output = module.down_proj(ours.silu_mul(projection(rows)))
    return output
