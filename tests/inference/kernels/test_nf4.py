"""The kernel of products in 4 bits against the weights as bitsandbytes reads them back, where there is a GPU."""

import copy
from typing import Any

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from orca2.inference.kernels.fused import fuse_layers
from orca2.inference.kernels.nf4 import _pairs, fuse_linear4bit, patch_linear4bit

pytest.importorskip("bitsandbytes", reason="the extra quantize is not installed")
from bitsandbytes.functional import dequantize_4bit
from bitsandbytes.nn import Linear4bit, Params4bit

DTYPES = [torch.bfloat16, torch.float16]
CUDA = torch.cuda.is_available()
on_gpu = pytest.mark.skipif(not CUDA, reason="no GPU: the kernel is CUDA's")


def small(layer: torch.nn.Linear, dtype: torch.dtype, kind: str = "nf4", nested: bool = False) -> Any:
    output = Linear4bit(layer.in_features, layer.out_features, bias=layer.bias is not None, compute_dtype=dtype)
    output.weight = Params4bit(
        layer.weight.data.to(dtype), requires_grad=False, quant_type=kind, compress_statistics=nested
    )
    if layer.bias is not None:
        output.bias = torch.nn.Parameter(layer.bias.data.to(dtype), requires_grad=False)
    return output.to("cuda" if CUDA else "cpu")


def weights(layer: Any) -> torch.Tensor:
    """In float64, before they are rounded to 16 bits."""
    state = copy.copy(layer.weight.quant_state)
    state.dtype = torch.float32
    return dequantize_4bit(layer.weight.data, state).double()


def whole(layer: Any, rows: torch.Tensor) -> torch.Tensor:
    return rows.double() @ weights(layer).T + (0 if layer.bias is None else layer.bias.double())


@on_gpu
@torch.inference_mode()
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["nf4", "fp4"])
@pytest.mark.parametrize(
    ("ins", "outs"), [(64, 1), (64, 97), (576, 192), (1536, 576), (4096, 12288), (11008, 4096), (28672, 512)]
)
def test_of_one_row_it_is_the_product(ins: int, outs: int, kind: str, dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    layer = small(torch.nn.Linear(ins, outs, bias=outs % 2 == 1), dtype, kind)
    product = fuse_linear4bit([layer])
    assert product is not None
    for scale in (1.0, 3e-5, 2e3):
        rows = (torch.randn(1, 1, ins, device="cuda") * scale).to(dtype)
        rows[..., 0] *= 10
        wanted = whole(layer, rows)
        size = (rows.double() ** 2 @ weights(layer).T ** 2).sqrt().norm() + wanted.norm()
        assert (product(rows).double() - wanted).norm() <= (4e-3 if dtype == torch.bfloat16 else 1e-3) * size
    assert not product(torch.zeros(1, ins, device="cuda", dtype=dtype)).any() or layer.bias is not None
    rows[..., ins // 2] = torch.nan
    assert product(rows).isnan().all()


@on_gpu
@torch.inference_mode()
@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
def test_joined_layers_are_parts_of_one(dtype: torch.dtype, nested: bool) -> None:
    layers = [small(torch.nn.Linear(256, outs), dtype, nested=nested) for outs in (96, 32, 33)]
    rows = [torch.randn(*shape, 256, device="cuda", dtype=dtype) for shape in ((1, 1), (1, 5), (3, 1))]
    wanted = [torch.cat([layer(each) for layer in layers], -1) for each in rows]
    product = fuse_linear4bit(layers)
    assert product is not None
    for each, one in zip(rows, wanted, strict=True):
        torch.testing.assert_close(product(each), one, atol=2e-2, rtol=2e-2)
        torch.testing.assert_close(torch.cat([layer(each) for layer in layers], -1), one, atol=2e-2, rtol=2e-2)
    starts = {layer.weight.untyped_storage().data_ptr() for layer in layers}
    assert len(starts) == 1


def test_a_byte_gives_the_pair_of_its_halves() -> None:
    code = tuple((torch.arange(16) / 8 - 1).tolist())
    pairs = _pairs(torch.device("cpu"), code).view(torch.float16).view(256, 2)
    assert pairs.tolist() == [[code[byte >> 4], code[byte & 15]] for byte in range(256)]


def test_a_cpu_keeps_bitsandbytes_own() -> None:
    layer = small(torch.nn.Linear(256, 64), torch.bfloat16).to("cpu")
    patch_linear4bit(torch.nn.Sequential(layer))
    assert fuse_linear4bit([layer]) is None and "forward" not in vars(layer)


def test_what_it_cannot_take_is_left() -> None:
    plain = torch.nn.Linear(256, 64)
    assert fuse_linear4bit([small(plain, torch.bfloat16), small(plain, torch.float16)]) is None
    assert fuse_linear4bit([small(plain, torch.float32)]) is None
    assert fuse_linear4bit([small(torch.nn.Linear(96, 64), torch.bfloat16)]) is None
    assert fuse_linear4bit([plain]) is None


@on_gpu
@torch.inference_mode()
def test_a_model_in_4_bits_says_the_same() -> None:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=97, hidden_size=128, intermediate_size=320, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2,
    )  # fmt: skip
    model = LlamaForCausalLM(config).eval().to("cuda", torch.bfloat16)
    for layer in model.model.layers:
        for part in (layer.self_attn, layer.mlp):
            for name, child in list(part.named_children()):
                if isinstance(child, torch.nn.Linear):
                    setattr(part, name, small(child, torch.bfloat16))
    ids = torch.randint(0, 97, (1, 12), device="cuda")
    wanted = model(ids).logits[0, -1].float()
    fuse_layers(model)
    patch_linear4bit(model)
    assert "forward" in vars(model.model.layers[0].self_attn.o_proj)
    cache = model(ids[:, :-1], use_cache=True).past_key_values
    last = model(ids[:, -1:], past_key_values=cache, use_cache=True).logits[0, -1].float()
    assert (last - wanted).norm() <= 3e-2 * wanted.norm()
