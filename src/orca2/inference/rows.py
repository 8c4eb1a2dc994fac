"""Rows: what the scheduler asks of a model, of which each answer under way has one.

Three ways hold to it: `LlamaRows` for LLaMA's shape on a CPU, `ModelRows` for any other model whose layers all attend
to keys and values, on a GPU as CUDA graphs, and `PlainRows` for everything else that `transformers` loads.
"""

import inspect
from collections.abc import Sequence
from typing import Any, Protocol

import torch
from transformers.cache_utils import DynamicLayer

from orca2.inference.kv_cache.batched import KVSegment
from orca2.inference.llama_rows import LlamaRows, is_llama_shaped
from orca2.inference.model_rows import ModelRows
from orca2.inference.seams import attention_of, is_stateful

ATTENDING = {"full_attention", "sliding_attention", "chunked_attention"}
MASKED = {"sdpa", "eager", "orca2_grouped"}  # attention that takes a mask for each query


class Store(Protocol):
    """Where rows lie: `BatchedKVCache`, or something like it."""

    rows: int
    width: int

    def can_allocate(self, rows: int, width: int) -> bool: ...
    def reserve(self, rows: int, width: int, ahead: tuple[int, int] = (0, 0)) -> None: ...
    def copy_rows(self, sources: Sequence[int], targets: Sequence[int], length: int) -> None: ...
    def copy_out(self, row: int, length: int) -> KVSegment: ...
    def copy_in(self, row: int, segment: KVSegment, length: int) -> None: ...
    def crop(self, row: int, length: int) -> int: ...


class Rows(Protocol):
    """`shared_from` is how many ids two prompts must begin with alike for copying to pay; 0: nothing can be copied."""

    shared_from: int

    @property
    def cache(self) -> Store: ...

    def padded_rows(self, count: int) -> int:
        """How many rows a step of `count` takes if there is room for them."""
        ...

    def prefill(
        self, row: int, parts: Sequence[Sequence[int]], starts: Sequence[int], every: bool = False
    ) -> Sequence[torch.Tensor]:
        """Read a part of a prompt into each of the rows from `row` on, after the `starts` ids that it holds.

        Gives the logits (1, vocabulary) after each part's last id, or with `every` (ids, vocabulary).
        """
        ...

    def decode_step(self, ids: Sequence[int], columns: Sequence[int], spare: Sequence[int] = ()) -> torch.Tensor:
        """Add an id to each of the first rows, which hold `columns` ids; logits (rows, vocabulary) until the next step.

        The rows after them hold `spare` ids; what lies beyond those is nothing that is kept.
        """
        ...


def make_rows(model: Any, limit: int, graphed: bool = True, alone: bool = False) -> Rows:
    """For a model, of at most `limit` tokens. `graphed` allows CUDA graphs; `alone` says that there is one row."""
    if is_llama_shaped(model):
        return LlamaRows(model, limit, alone)
    return ModelRows(model, limit, graphed) if _attends(model) else PlainRows(model, limit)


def _attends(model: Any) -> bool:
    """Whether all layers of a model attend to keys and values, and it takes masks and positions as they are given."""
    config = model.config.get_text_config()
    return (
        not is_stateful(model)
        and set(getattr(config, "layer_types", None) or ()) <= ATTENDING
        and attention_of(model) in MASKED
        and "position_ids" in inspect.signature(type(model).forward).parameters
    )


class PlainRows:
    """Each row a cache of the model's own, and a call of the model: slow, and right for whatever it is made of."""

    shared_from = rows = width = 0

    def __init__(self, model: Any, limit: int) -> None:
        self._model, self._limit = model, limit
        self._held: list[tuple[Any, int]] = []  # each row's cache, and how many ids that holds

    @property
    def cache(self) -> Store:
        return self

    def padded_rows(self, count: int) -> int:
        return count

    def can_allocate(self, rows: int, width: int) -> bool:
        return rows * width <= self._limit

    def reserve(self, rows: int, width: int, ahead: tuple[int, int] = (0, 0)) -> None:
        self._held += [(None, 0)] * (rows - len(self._held))

    def copy_rows(self, sources: Sequence[int], targets: Sequence[int], length: int) -> None:
        """What a row holds goes elsewhere, and the row is used no more before it begins anew."""
        for source, target in zip(sources, targets, strict=True):
            self._held[target] = self._held[source]

    def copy_out(self, row: int, length: int) -> KVSegment:
        return []

    def copy_in(self, row: int, segment: KVSegment, length: int) -> None:
        raise AssertionError("nothing is shared")

    def crop(self, row: int, length: int) -> int:
        """What has a window or a state has forgotten the way to where it was, and is left."""
        cache: Any
        cache, held = self._held[row] if row < len(self._held) else (None, 0)
        if length >= held:
            return held
        layers: Sequence[Any] = getattr(cache, "layers", ())
        plain = all(isinstance(layer, DynamicLayer) and not layer.is_sliding for layer in layers)
        if not length or not layers or not plain:
            cache, length = None, 0
        else:
            cache.crop(length - held)  # how many to take off, as a negative number
        self._held[row] = cache, length
        return length

    def prefill(
        self, row: int, parts: Sequence[Sequence[int]], starts: Sequence[int], every: bool = False
    ) -> Sequence[torch.Tensor]:
        return [
            self._extend(place, part, start, every)
            for place, (part, start) in enumerate(zip(parts, starts, strict=True), row)
        ]

    def decode_step(self, ids: Sequence[int], columns: Sequence[int], spare: Sequence[int] = ()) -> torch.Tensor:
        rows = enumerate(zip(ids, columns, strict=True))
        return torch.cat([self._extend(row, [token], start) for row, (token, start) in rows])

    @torch.inference_mode()
    def _extend(self, row: int, ids: Sequence[int], start: int, every: bool = False) -> torch.Tensor:
        cache = self._held[row][0] if start else None
        self._held[row] = None, 0  # Ctrl-C too: some layers may then hold the ids and others not
        feed = torch.tensor([list(ids)], device=self._model.device)
        output = self._model(feed, past_key_values=cache, use_cache=True, logits_to_keep=0 if every else 1)
        self._held[row] = output.past_key_values, start + len(ids)
        logits: torch.Tensor = output.logits[0]
        return logits
