"""The loss head alone."""

import gc
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from gpu._card import DEVICE, seconds
from gpu._made import TYPES, config
from orca2.training.loss import answer_loss


def head(quick: bool) -> dict[str, Any]:
    """The loss of 4,096 supervised positions, forward and backward, against the three plain products it needs.

    `plain` are those at the vocabulary as it is, `aligned` at the next multiple of 64, which is faster where it is odd.
    `whole` is the usual way: all logits, float32 cross-entropy.
    """
    found = {}
    for shape in ("7b", "135m"):
        keys, kind = config(shape, quick), TYPES[shape]
        count = 256 if quick else 4096
        layer = torch.nn.Linear(keys.hidden_size, keys.vocab_size, bias=False, dtype=kind, device=DEVICE)
        hidden = torch.randn(count, keys.hidden_size, dtype=kind, device=DEVICE, requires_grad=True)
        labels = torch.randint(0, keys.vocab_size, (count,), device=DEVICE)

        def both(make: Callable[[], torch.Tensor], layer: Any = layer, hidden: torch.Tensor = hidden) -> None:
            layer.weight.grad = hidden.grad = None
            with torch.autocast(DEVICE.type, torch.bfloat16):
                loss = make()
            loss.backward()  # type: ignore[no-untyped-call]

        ways = {
            "ours": partial(answer_loss, hidden, layer, labels),
            "whole": partial(_whole, hidden, layer, labels),
        }
        row: dict[str, Any] = {}
        for way, make in ways.items():
            gc.collect()
            if DEVICE.type == "cuda":
                both(make)
                layer.weight.grad = hidden.grad = None
                torch.cuda.reset_peak_memory_stats()
                before = torch.cuda.memory_allocated()
                both(make)
                row[f"{way}_peak_mb"] = round((torch.cuda.max_memory_allocated() - before) / 1e6, 1)
            row[f"{way}_ms"] = round(1000 * seconds(partial(both, make), 10), 3)
        row["gradients_mb"] = round(sum(t.numel() * t.element_size() for t in (layer.weight, hidden)) / 1e6, 1)
        row["logits_mb"] = round(count * keys.vocab_size * 2 / 1e6, 1)
        for name, wide in (("plain", keys.vocab_size), ("aligned", -(-keys.vocab_size // 64) * 64)):
            h, w, g = (
                torch.randn(*size, dtype=torch.bfloat16, device=DEVICE)
                for size in ((count, keys.hidden_size), (wide, keys.hidden_size), (count, wide))
            )
            row[f"{name}_ms"] = round(1000 * seconds(partial(_products, h, w, g), 10), 3)
            row[f"over_{name}"] = round(row["ours_ms"] / row[f"{name}_ms"], 3)
        found[shape] = row
    return found


def _whole(hidden: torch.Tensor, layer: Any, labels: torch.Tensor) -> torch.Tensor:
    return cross_entropy(layer(hidden).float(), labels, reduction="sum")


def _products(h: torch.Tensor, w: torch.Tensor, g: torch.Tensor) -> None:
    h @ w.t(), g @ w, g.t() @ h
