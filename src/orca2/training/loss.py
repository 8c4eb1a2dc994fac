"""The loss: cross-entropy over supervised positions only, projected to the vocabulary chunk by chunk.

Prompt tokens never meet the vocabulary, and no more than one chunk of logits is in memory.
"""

import importlib.util
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from torch.utils.checkpoint import checkpoint

CHUNK = 1 << 24  # logits at a time: 64 MB in float32
GPU_CHUNK = 1 << 26  # 128 MB in bfloat16: what each chunk adds to the weight's gradient is written once a chunk
TILE = 128  # positions: a matrix product on a GPU works on tiles of so many rows
PROBE = 16  # tokens of the probe


class AnswerLoss(torch.nn.Module):
    """A model whose forward gives a packed row's loss, so that DDP and FSDP see one forward.

    `fused` says that the head is all that the model does after its body. Where it does more, as
    with the soft-capped or scaled logits of Gemma 2, Granite and Cohere, its own forward is used.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        self.fused = ends_with_head(model)
        self._no_split_modules = getattr(model, "_no_split_modules", None)  # what FSDP wraps by

    def forward(
        self,
        input_ids: torch.Tensor,
        position_ids: torch.Tensor,
        label_positions: torch.Tensor,
        labels: torch.Tensor,
        **attention: Any,
    ) -> torch.Tensor:
        """Sum of the cross-entropy of `labels` (n) at positions `label_positions` (n) of one row (1, length)."""
        inputs = {"input_ids": input_ids, "position_ids": position_ids, "use_cache": False, **attention}
        if self.fused:
            hidden = self.model.base_model(**inputs).last_hidden_state[0]
            return answer_loss(hidden.index_select(0, label_positions), self.model.get_output_embeddings(), labels)
        logits = self.model(**inputs, logits_to_keep=label_positions).logits[0]
        return cross_entropy(logits.float(), labels, reduction="sum")


def answer_loss(hidden: torch.Tensor, head: Any, labels: torch.Tensor, chunk: int | None = None) -> torch.Tensor:
    """Summed cross-entropy of `labels` (n) under `head` applied to `hidden` (n, width).

    A plain linear head is differentiated in the forward pass; any other module, such as a head
    with an adapter, is called on each chunk and again in the backward pass.
    """
    if chunk is None:
        chunk = GPU_CHUNK if hidden.is_cuda else CHUNK
    if type(head) is torch.nn.Linear:
        loss: torch.Tensor = _Projected.apply(hidden, head.weight, head.bias, labels, chunk)  # type: ignore[no-untyped-call]
        return loss
    size = max(chunk // head.weight.shape[0], 1)
    parts = list(_parts(len(labels), size))
    return torch.stack([checkpoint(_through, head, hidden[p], labels[p], use_reentrant=False) for p in parts]).sum()


def _through(head: Any, hidden: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    return cross_entropy(head(hidden).float(), labels, reduction="sum")


class _Projected(torch.autograd.Function):
    """Loss and its gradients in one pass over chunks of positions, matrix products in the compute type."""

    @staticmethod
    def forward(
        ctx: Any,
        hidden: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        labels: torch.Tensor,
        chunk: int,
    ) -> torch.Tensor:
        kind = hidden.device.type
        compute = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else hidden.dtype
        needs_grad = any(ctx.needs_input_grad[:3])
        kernel = _cross_entropy_kernel() if kind == "cuda" else cross_entropy_with_grad
        with torch.autocast(kind, enabled=False):
            w = weight.to(compute)
            total = torch.zeros((), device=hidden.device)
            d_hidden = torch.empty_like(hidden) if needs_grad else None
            d_weight: torch.Tensor | None = None
            d_bias = torch.zeros_like(bias) if bias is not None and ctx.needs_input_grad[2] else None
            for part in _parts(len(labels), max(chunk // weight.shape[0], 1)):
                h = hidden[part].to(compute)
                losses, grad = kernel(h, w, bias, labels[part], needs_grad)
                total += losses.sum()
                if d_hidden is not None:
                    if d_bias is not None:
                        d_bias += grad.sum(0, dtype=torch.float32)
                    d_hidden[part] = grad @ w
                    if ctx.needs_input_grad[1]:
                        if d_weight is None:
                            d_weight = (grad.t() @ h).to(weight.dtype)
                        elif d_weight.dtype == compute:
                            d_weight.addmm_(grad.t(), h)
                        else:
                            d_weight += grad.t() @ h
        ctx.save_for_backward(d_hidden, d_weight, d_bias)
        return total

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        return (*(None if d is None else d.mul_(grad) for d in ctx.saved_tensors), None, None)


def cross_entropy_with_grad(
    h: torch.Tensor, w: torch.Tensor, bias: torch.Tensor | None, labels: torch.Tensor, needs_grad: bool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Each position's loss, and d loss / d logits in the type of `h` if `needs_grad`: (n,) and (n, vocabulary)."""
    logits = (h @ w.t()).float()
    if bias is not None:
        logits += bias
    most, target = logits.logsumexp(-1, keepdim=True), labels[:, None]
    losses = (most - logits.gather(-1, target))[:, 0]
    if needs_grad:  # in the logits' own memory
        logits.sub_(most).exp_().scatter_add_(-1, target, torch.full_like(most, -1.0))
    return losses, logits.to(h.dtype) if needs_grad else logits


@cache
def _cross_entropy_kernel() -> Callable[..., tuple[torch.Tensor, torch.Tensor]]:
    """The same in one pass over the logits, where PyTorch has Triton."""
    if importlib.util.find_spec("triton") is None:
        return cross_entropy_with_grad
    from orca2.training.fused_cross_entropy import fused_cross_entropy

    return fused_cross_entropy


def _parts(count: int, size: int) -> Iterator[slice]:
    """Slices of at most `size`, about as long as each other, and of whole tiles where `size` has room for some."""
    even = -(-count // max(-(-count // size), 1))
    if size >= TILE:
        even = min(-(-even // TILE) * TILE, size - size % TILE)
    return (slice(at, at + even) for at in range(0, count, max(even, 1)))


@torch.no_grad()
def ends_with_head(model: Any) -> bool:
    """Whether a model's logits are its output head applied to its body's last hidden state."""
    body, head = model.base_model, model.get_output_embeddings()
    if body is model or head is None:
        return False
    generator = torch.Generator().manual_seed(0)
    top = model.get_input_embeddings().weight.shape[0]
    ids = torch.randint(0, top, (1, PROBE), generator=generator).to(model.device)
    hidden = getattr(body(ids, use_cache=False), "last_hidden_state", None)
    if hidden is None:
        return False
    ours, own = head(hidden).float(), model(ids, use_cache=False).logits.float()
    return ours.shape == own.shape and bool((ours - own).abs().max() <= 1e-5 * own.abs().max())
