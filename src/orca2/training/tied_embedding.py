"""An embedding whose weight is the head's too: one gradient in place of two, each as large as the vocabulary."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch.autograd.function import once_differentiable

DeferredGrads = list[tuple[torch.Tensor, torch.Tensor]]  # ids (n,) and what is to be added to their rows (n, width)


class DeferredEmbedding(torch.autograd.Function):
    """Rows of the weight. In the backward pass they are owed: autograd would make a gradient of zeros but for them."""

    @staticmethod
    def forward(ctx: Any, ids: torch.Tensor, weight: torch.Tensor, deferred: DeferredGrads) -> torch.Tensor:
        ctx.ids, ctx.deferred = ids, deferred
        return weight[ids]

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[None, None, None]:
        ctx.deferred.append((ctx.ids.flatten(), grad.flatten(0, -2)))
        return None, None, None


@contextmanager
def tied_embedding_grad(model: Any) -> Iterator[None]:
    """The model with such an embedding where it has one; on a CPU, and in one process: several exchange a gradient
    as soon as it is there, before what is owed has been added."""
    embedding = model.get_input_embeddings()
    if not _fits(embedding, model.get_output_embeddings()):
        yield
        return
    deferred: DeferredGrads = []

    def pay(learned: torch.Tensor) -> None:
        assert learned.grad is not None
        for ids, grad in deferred:
            if embedding.padding_idx is not None:
                grad = grad * (ids != embedding.padding_idx)[:, None]
            learned.grad.index_add_(0, ids, grad.to(learned.grad.dtype))
        deferred.clear()

    embedding.forward = partial(_look_up, embedding, deferred)  # of a copy of the model, its own
    hook = embedding.weight.register_post_accumulate_grad_hook(pay)  # after the head's part of the gradient
    try:
        yield
    finally:
        hook.remove()
        del embedding.forward


def _look_up(embedding: torch.nn.Embedding, deferred: DeferredGrads, ids: torch.Tensor) -> torch.Tensor:
    rows: torch.Tensor = DeferredEmbedding.apply(ids, embedding.weight, deferred)  # type: ignore[no-untyped-call]
    return rows


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
