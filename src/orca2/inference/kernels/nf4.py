"""Products with matrices in 4 bits, as bitsandbytes keeps them: of one row by a kernel of ours (`nf4.cu`), of more
by its own.

Of one row, bitsandbytes' kernel takes a few times as long as the weights take to read. The kernel is compiled by the
CUDA that PyTorch brings, in a tenth of a second for each width; where that fails, the layers stay as they are.
"""

from collections.abc import Sequence
from functools import cache, partial
from importlib.resources import files
from typing import Any

import torch

from orca2.inference.seams import compile_cuda

LANES = 32
TABLE = 256 * LANES * 4  # bytes of shared memory for the pairs of weights
BLOCK = 64  # weights to a scale


def patch_linear4bit(model: Any) -> None:
    """Give every layer in 4 bits that the kernel can take a forward that uses it."""
    for module in model.modules():
        if type(module).__name__ == "Linear4bit" and (product := fuse_linear4bit([module])):
            module.forward = partial(_forward, module, product)


def fuse_linear4bit(layers: Sequence[Any]) -> "FusedLinear4bit | None":
    """One product for all of them, whose weights become parts of its own; None where it cannot be made."""
    if not all(_is_supported(layer) for layer in layers):
        return None
    kinds = {
        (layer.in_features, layer.compute_dtype, layer.weight.device, layer.weight.quant_state.quant_type,
         layer.bias is None)
        for layer in layers
    }  # fmt: skip
    if len(kinds) > 1:
        return None
    try:
        return FusedLinear4bit(layers)
    except Exception:  # of the compiler's, of the driver's, a card with too little shared memory
        return None


def _is_supported(layer: Any) -> bool:
    weight, state = layer.weight, getattr(layer.weight, "quant_state", None)
    return bool(
        state is not None and weight.device.type == "cuda" and weight.dtype == torch.uint8
        and layer.compute_dtype in (torch.float16, torch.bfloat16) and layer.in_features % BLOCK == 0
        and state.blocksize == BLOCK and tuple(state.shape) == (layer.out_features, layer.in_features)
    )  # fmt: skip


class FusedLinear4bit:
    """rows (..., in) to rows (..., all the layers' out)."""

    def __init__(self, layers: Sequence[Any]) -> None:
        from bitsandbytes.functional import QuantState

        states = [layer.weight.quant_state for layer in layers]
        self._ins, self._outs = layers[0].in_features, sum(layer.out_features for layer in layers)
        device, dtype = layers[0].weight.device, layers[0].compute_dtype
        with torch.cuda.device(device):
            self._kernel = _kernel(device, self._ins, dtype == torch.float16)
        self._pairs = _pairs(device, tuple(states[0].code.tolist()))
        self._bias = None if layers[0].bias is None else torch.cat([layer.bias.detach() for layer in layers]).to(dtype)
        self._weight, scales = layers[0].weight.data, [_scales(state) for state in states]
        absmax = scales[0] if len(layers) == 1 else torch.cat(scales)
        if len(layers) > 1:
            self._weight = torch.cat([layer.weight.data.view(-1, 1) for layer in layers])
            sizes = [layer.weight.numel() for layer in layers]
            for layer, part in zip(layers, torch.split(self._weight, sizes), strict=True):
                layer.weight.data = part
            for state, part in zip(states, torch.split(absmax, [len(each) for each in scales]), strict=True):
                if not state.nested:
                    state.absmax = part
        self._dtype = dtype
        self._state = QuantState(
            absmax, torch.Size((self._outs, self._ins)), states[0].code, BLOCK, states[0].quant_type, dtype
        )

    def __call__(self, rows: torch.Tensor) -> torch.Tensor:
        if rows.dtype != self._dtype:
            return self(rows.to(self._dtype)).to(rows.dtype)
        if rows.numel() != self._ins:
            from bitsandbytes import matmul_4bit

            several: torch.Tensor = matmul_4bit(rows, self._weight.t(), quant_state=self._state, bias=self._bias)
            return several
        out = rows.new_empty(*rows.shape[:-1], self._outs)
        with torch.cuda.device(rows.device):
            self._kernel(rows.contiguous(), self._weight, self._state.absmax, self._pairs, out, self._outs)
        return out if self._bias is None else out + self._bias


def _scales(state: Any) -> torch.Tensor:
    """float32, one for each block of weights."""
    if not state.nested:
        return state.absmax  # type: ignore[no-any-return]
    from bitsandbytes.functional import dequantize_blockwise

    return dequantize_blockwise(state.absmax, state.state2).float() + state.offset  # type: ignore[no-any-return]


def _forward(layer: Any, product: FusedLinear4bit, rows: torch.Tensor) -> torch.Tensor:
    if torch.is_grad_enabled():
        output: torch.Tensor = type(layer).forward(layer, rows)
        return output
    return product(rows)


@cache
def _kernel(device: torch.device, ins: int, half: bool) -> Any:
    """Call it with the tensors of `nf4_gemv` in `nf4.cu` and the number of outputs."""
    card = torch.cuda.get_device_properties(device)
    shared = TABLE + ins // LANES * 80
    # three small blocks to a multiprocessor were fastest on an H200; where they do not fit, one or two large ones
    room = (card.shared_memory_per_multiprocessor - 1024) // (shared + 1024)
    threads, blocks, split, rows = (256, 3, 2, 4) if room >= 3 else (512, max(min(room, 2), 1), 2, 2)
    given = {"THREADS": threads, "BLOCKS": blocks, "SPLIT": split, "ROWS": rows, "INS": ins, "HALF": int(half)}
    source = files("orca2.inference.kernels").joinpath("nf4.cu").read_text()
    compiled = compile_cuda("".join(f"#define {name} {value}\n" for name, value in given.items()) + source, "nf4_gemv")
    compiled.set_shared_memory_config(shared)
    each = threads // LANES // split * rows
    most = card.multi_processor_count * blocks

    def call(*tensors_and_outs: Any) -> None:
        outs = tensors_and_outs[-1]
        compiled((min(most, -(-outs // each)), 1, 1), (threads, 1, 1), list(tensors_and_outs), shared)

    return call


@cache
def _pairs(device: torch.device, code: tuple[float, ...]) -> torch.Tensor:
    """The two weights of each byte as float16, the first in the lower half of an int32, (256,)."""
    bits = torch.tensor(code).half().view(torch.int16).to(torch.int32) & 0xFFFF
    return (bits[:, None] | bits[None] << 16).reshape(-1).to(device)
