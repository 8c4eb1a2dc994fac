"""What happens between the matrix products of a LLaMA's layer, a kernel each: of a few rows, it is mostly their start.

All of them compute in float32 and round once, where PyTorch's operations one after another round each time.
"""

from typing import Any

import torch
import triton
import triton.language as tl

HEADS = 8  # a program's share of a row
WIDE = 1024


def rms_norm(rows: torch.Tensor, weight: torch.Tensor, eps: float) -> torch.Tensor:
    """rows (..., width) by the root of their mean square, times `weight`."""
    rows = rows.contiguous()
    width, out = rows.shape[-1], torch.empty_like(rows)
    if count := rows.numel() // width:
        with _on(rows):
            _rms_norm[(count,)](rows, weight, out, width, eps, BLOCK=_power(width), num_warps=8)
    return out


def apply_rotary(qkv: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, heads: int) -> None:
    """Turn the first `heads` heads of each row of `qkv` (..., width) in place; cos and sin are (..., head_dim)."""
    count = qkv.numel() // qkv.shape[-1]
    head_dim = cos.shape[-1]
    if count:
        grid = (count, -(-heads // HEADS))
        half = head_dim // 2
        with _on(qkv):
            _apply_rotary[grid](
                qkv, cos, sin, qkv.shape[-1], heads, HALF=half, LANES=_power(half), HEADS=HEADS,
                num_warps=2,
            )  # fmt: skip


def silu_mul(gate_up: torch.Tensor) -> torch.Tensor:
    """silu of the first half of each row, times the second."""
    width = gate_up.shape[-1] // 2
    out = gate_up.new_empty(*gate_up.shape[:-1], width)
    if count := out.numel() // width:
        with _on(gate_up):
            _silu_mul[(count, -(-width // WIDE))](gate_up, out, width, WIDE=WIDE)
    return out


def write_kv(
    key: torch.Tensor, value: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, columns: torch.Tensor
) -> None:
    """key and value (rows, num_kv_heads, tokens, head_dim) into keys and values (rows, num_kv_heads, width, head_dim),
    which are contiguous.

    `columns` (rows,) or (rows, tokens) says where each token goes.
    """
    key, value = (part if part.stride(-1) == 1 else part.contiguous() for part in (key, value))
    rows, num_kv_heads, tokens, head_dim = key.shape
    if rows * tokens:
        with _on(key):
            _write_kv[(rows * tokens, -(-num_kv_heads // HEADS))](
                key, value, keys, values, columns.contiguous(), tokens, num_kv_heads,
                *key.stride()[:3], *value.stride()[:3], *keys.stride()[:2],
                SIZE=head_dim, LANES=_power(head_dim), HEADS=HEADS, num_warps=2,
            )  # fmt: skip


def _on(tensor: torch.Tensor) -> Any:
    return torch.cuda.device_of(tensor)  # type: ignore[no-untyped-call]


def _power(size: int) -> int:
    """Lanes of a program are a power of two."""
    return 1 << (size - 1).bit_length()


@triton.jit  # type: ignore[untyped-decorator]
def _rms_norm(rows, weight, out, width, eps, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]
    at = tl.program_id(0).to(tl.int64) * width
    lanes = tl.arange(0, BLOCK)
    inside = lanes < width
    x = tl.load(rows + at + lanes, mask=inside, other=0.0).to(tl.float32)
    w = tl.load(weight + lanes, mask=inside, other=0.0).to(tl.float32)
    scale = 1.0 / tl.sqrt(tl.sum(x * x, 0) / width + eps)
    tl.store(out + at + lanes, x * scale * w, mask=inside)


@triton.jit  # type: ignore[untyped-decorator]
def _apply_rotary(qkv, cos, sin, width, heads, HALF: tl.constexpr, LANES: tl.constexpr, HEADS: tl.constexpr):  # type: ignore[no-untyped-def]
    row = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1) * HEADS + tl.arange(0, HEADS)[:, None]
    lane = tl.arange(0, LANES)[None, :]
    inside = (head < heads) & (lane < HALF)
    at = qkv + row * width + head * (2 * HALF) + lane
    angle = row * (2 * HALF) + lane
    first = tl.load(at, mask=inside, other=0.0).to(tl.float32)
    second = tl.load(at + HALF, mask=inside, other=0.0).to(tl.float32)
    cos_first = tl.load(cos + angle, mask=lane < HALF, other=0.0).to(tl.float32)
    sin_first = tl.load(sin + angle, mask=lane < HALF, other=0.0).to(tl.float32)
    cos_second = tl.load(cos + angle + HALF, mask=lane < HALF, other=0.0).to(tl.float32)
    sin_second = tl.load(sin + angle + HALF, mask=lane < HALF, other=0.0).to(tl.float32)
    tl.store(at, first * cos_first - second * sin_first, mask=inside)
    tl.store(at + HALF, second * cos_second + first * sin_second, mask=inside)


@triton.jit  # type: ignore[untyped-decorator]
def _silu_mul(gate_up, out, width, WIDE: tl.constexpr):  # type: ignore[no-untyped-def]
    row = tl.program_id(0).to(tl.int64)
    lane = tl.program_id(1) * WIDE + tl.arange(0, WIDE)
    inside = lane < width
    gate = tl.load(gate_up + row * 2 * width + lane, mask=inside, other=0.0).to(tl.float32)
    up = tl.load(gate_up + row * 2 * width + width + lane, mask=inside, other=0.0).to(tl.float32)
    tl.store(out + row * width + lane, gate / (1.0 + tl.exp(-gate)) * up, mask=inside)


@triton.jit  # type: ignore[untyped-decorator]
def _write_kv(  # type: ignore[no-untyped-def]
    key, value, keys, values, columns, tokens, num_kv_heads,
    key_row, key_group, key_token, value_row, value_group, value_token, kept_row, kept_group,
    SIZE: tl.constexpr, LANES: tl.constexpr, HEADS: tl.constexpr,
):  # fmt: skip
    each = tl.program_id(0).to(tl.int64)
    row = each // tokens
    token = each % tokens
    group = tl.program_id(1) * HEADS + tl.arange(0, HEADS)[:, None]
    lane = tl.arange(0, LANES)[None, :]
    inside = (group < num_kv_heads) & (lane < SIZE)
    target = row * kept_row + group.to(tl.int64) * kept_group + tl.load(columns + each) * SIZE + lane
    k = tl.load(key + row * key_row + group * key_group + token * key_token + lane, mask=inside)
    v = tl.load(value + row * value_row + group * value_group + token * value_token + lane, mask=inside)
    tl.store(keys + target, k, mask=inside)
    tl.store(values + target, v, mask=inside)
