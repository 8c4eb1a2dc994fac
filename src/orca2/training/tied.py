"""An embedding whose weight is the head's too: one gradient in place of two, each as large as the vocabulary."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch.autograd.function import once_differentiable

Owed = list[tuple[torch.Tensor, torch.Tensor]]  # ids (n,) and what is to be added to their rows (n, width)


class Embedded(torch.autograd.Function):
    """Rows of the weight. In the backward pass they are owed: autograd would make a gradient of zeros but for them."""

    @staticmethod
    def forward(ctx: Any, ids: torch.Tensor, weight: torch.Tensor, owed: Owed) -> torch.Tensor:
        ctx.ids, ctx.owed = ids, owed
        return weight[ids]

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[None, None, None]:
        ctx.owed.append((ctx.ids.flatten(), slope.flatten(0, -2)))
        return None, None, None


@contextmanager
def tied(model: Any) -> Iterator[None]:
    """The model with such an embedding where it has one; on a CPU, and in one process: several exchange a gradient
    as soon as it is there, before what is owed has been added."""
    embedding = model.get_input_embeddings()
    if not _fits(embedding, model.get_output_embeddings()):
        yield
        return
    owed: Owed = []

    def pay(learned: torch.Tensor) -> None:
        assert learned.grad is not None
        for ids, slope in owed:
            if embedding.padding_idx is not None:
                slope = slope * (ids != embedding.padding_idx)[:, None]
            learned.grad.index_add_(0, ids, slope.to(learned.grad.dtype))
        owed.clear()

    embedding.forward = partial(_look_up, embedding, owed)  # of a copy of the model, its own
    hook = embedding.weight.register_post_accumulate_grad_hook(pay)  # after the head's part of the gradient
    try:
        yield
    finally:
        hook.remove()
        del embedding.forward


def _look_up(embedding: torch.nn.Embedding, owed: Owed, ids: torch.Tensor) -> torch.Tensor:
    found: torch.Tensor = Embedded.apply(ids, embedding.weight, owed)  # type: ignore[no-untyped-call]
    return found


def _fits(embedding: Any, head: Any) -> bool:
    return (
        type(embedding) is torch.nn.Embedding
        and embedding.max_norm is None
        and not embedding.scale_grad_by_freq
        and getattr(head, "weight", None) is embedding.weight
        and embedding.weight.requires_grad
        and embedding.weight.device.type == "cpu"
        and not torch.distributed.is_initialized()
    )
