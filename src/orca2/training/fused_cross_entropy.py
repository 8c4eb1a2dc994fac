"""The loss of a chunk of logits and its gradient on a GPU: read twice and written once, in the type of the products.

The same through PyTorch's operations moves ten times the bytes, which takes longer than the products themselves.
"""

import torch
import triton
import triton.language as tl

ALIGNED = 64  # logits: rows that start at odd addresses, as 32,003 a row would, slow the products and this down
BLOCK = 4096
LOW: tl.constexpr = tl.constexpr(-1e30)


def fused_cross_entropy(
    h: torch.Tensor, w: torch.Tensor, bias: torch.Tensor | None, labels: torch.Tensor, needs_grad: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """What `cross_entropy_with_grad` gives."""
    count, vocabulary = len(h), len(w)
    width = -(-vocabulary // ALIGNED) * ALIGNED
    room = h.new_empty(count, width)
    logits = room[:, :vocabulary]
    torch.mm(h, w.t(), out=logits)
    if bias is not None:
        logits += bias
    room[:, vocabulary:] = float("-inf")
    losses = h.new_empty(count, dtype=torch.float32)
    if count:
        _cross_entropy[(count,)](room, labels, losses, width, NEEDS_GRAD=needs_grad, BLOCK=BLOCK, num_warps=8)
    return losses, logits


@triton.jit  # type: ignore[untyped-decorator]
def _cross_entropy(logits, labels, losses, width: tl.constexpr, NEEDS_GRAD: tl.constexpr, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]
    """One row: the logarithm of the sum, kept for each lane on the way and put together at the end; then the slopes."""
    row = tl.program_id(0).to(tl.int64)
    at = logits + row * width
    label = tl.load(labels + row)
    lanes = tl.arange(0, BLOCK)
    most = tl.full((BLOCK,), LOW, tl.float32)
    total = tl.zeros((BLOCK,), tl.float32)
    picked = tl.zeros((BLOCK,), tl.float32)
    for start in range(0, width, BLOCK):
        columns = start + lanes
        x = tl.load(at + columns, mask=columns < width, other=float("-inf")).to(tl.float32)
        higher = tl.maximum(most, x)
        total = total * tl.exp(most - higher) + tl.exp(x - higher)
        picked += tl.where(columns == label, x, 0.0)
        most = higher
    top = tl.max(most, 0)
    sum_log = top + tl.log(tl.sum(total * tl.exp(most - top), 0))
    tl.store(losses + row, sum_log - tl.sum(picked, 0))
    if NEEDS_GRAD:
        for start in range(0, width, BLOCK):
            columns = start + lanes
            inside = columns < width
            x = tl.load(at + columns, mask=inside, other=float("-inf")).to(tl.float32)
            grad = tl.exp(x - sum_log) - tl.where(columns == label, 1.0, 0.0)
            tl.store(at + columns, grad, mask=inside)
