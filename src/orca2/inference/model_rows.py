"""Rows of any model whose layers attend to keys and values, by its own `forward`; on a GPU a step is a CUDA graph.

A step of one id a row is hundreds of small kernels, which take longer to launch one by one than to run. A graph
launches them at once, but it is of fixed shapes and addresses: one is made for each number of rows and of columns that
comes up often, with a few rows and columns to spare, and all are dropped when the cache moves.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import torch

from orca2.inference.kernels.fused import LLAMAS
from orca2.inference.kv_cache.batched import BatchedKVCache, additive_mask, attention_masks
from orca2.inference.seams import attention_of

OFTEN = 3  # steps of one shape before a graph is made for it, which takes as long as a few steps
MOST = 64  # graphs at a time: each takes some of the card's memory
COLUMNS = 128  # the finest step between two graphs' columns
COPIED = 2_000_000_000  # ids times weights that a GPU reads in the time in which it copies a layer of a row
FEW = 64  # rows up to which a step's are a multiple of 8; beyond, a power of two, so that few graphs serve a batch


class ModelRows:
    """What `Rows` says, over `cache`."""

    def __init__(self, model: Any, limit: int, graphed: bool = True) -> None:
        self.model, self.cache = model, BatchedKVCache(limit)
        self._config = model.config.get_text_config()
        self.shared_from = 8
        if model.device.type == "cuda":  # reading is nearly free there, and a copy starts two kernels a layer
            weights = sum(weight.numel() for weight in model.parameters())
            self.shared_from = max(32, COPIED * self._config.num_hidden_layers // weights)
        self._graphed = graphed and model.device.type == "cuda"
        # PyTorch's attention would make such a mask of a boolean one in each layer anew, and `eager` takes no other
        kind = attention_of(model)
        self._additive = kind == "eager" or (kind == "sdpa" and self._graphed and type(model).__name__ in LLAMAS)
        self._graphs: dict[tuple[int, int], _Graph] = {}
        self._seen: Counter[tuple[int, int]] = Counter()
        self._moves = 0
        self._pool: Any = None

    def padded_rows(self, count: int) -> int:
        if not self._graphed:
            return count
        if count > FEW:
            return 1 << (count - 1).bit_length()
        return next((few for few in (1, 2, 4, 8) if few >= count), -(-count // 8) * 8)

    def prefill(
        self, row: int, parts: Sequence[Sequence[int]], starts: Sequence[int], every: bool = False
    ) -> Sequence[torch.Tensor]:
        """A part that is shorter than the longest has ids of no meaning before its own, which are written to columns
        after them: none sees those until they are written anew."""
        device, counts = self.model.device, [len(part) for part in parts]
        most, ends = max(counts), [start + count for start, count in zip(starts, counts, strict=True)]
        ids = torch.tensor([[*[0] * (most - len(part)), *part] for part in parts], device=device)
        if len(parts) == 1:
            columns: torch.Tensor | slice = slice(starts[0], ends[0])
            positions = torch.arange(starts[0], ends[0], device=device)[None]
        else:
            places = [[*range(end, start + most), *range(start, end)] for start, end in zip(starts, ends, strict=True)]
            columns = positions = torch.tensor(places, device=device)
            last = getattr(self._config, "max_position_embeddings", 1 << 30) - 1
            positions = positions.clamp(max=last)  # of what has no meaning
        logits = self.forward(ids, slice(row, row + len(parts)), columns, positions, max(starts) + most, every)
        return [own[-count if every else -1 :] for own, count in zip(logits, counts, strict=True)]

    @torch.inference_mode()
    def forward(
        self, ids: torch.Tensor, rows: slice, columns: torch.Tensor | slice, positions: torch.Tensor, span: int,
        every: bool = False,
    ) -> torch.Tensor:  # fmt: skip
        """Logits (rows, 1, vocabulary) after the last of the ids (rows, tokens), which see up to their positions; with
        `every` (rows, tokens, vocabulary)."""
        mask = attention_masks(self._config, positions, self.cache.set_target(rows, columns, span))
        if self._additive:
            mask = additive_mask(mask, self.model.dtype)
        output = self.model(
            ids,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=0 if every else 1,
        )
        logits: torch.Tensor = output.logits
        return logits

    @torch.inference_mode()
    def decode_step(self, ids: Sequence[int], columns: Sequence[int], spare: Sequence[int] = ()) -> torch.Tensor:
        """Rows after those asked for that a graph takes along have an id written at the columns `spare`, then at 0."""
        count, device = len(ids), self.model.device
        if self._graphed:
            rows = min(self.padded_rows(count), self.cache.rows)
            key = (rows, min(padded_span(max(columns) + 1), self.cache.width))
            idle = rows - count
            given = torch.tensor([[*ids, *[0] * idle], [*columns, *[*spare, *[0] * idle][:idle]]])
            graph = self._graph(key, given)
            if graph is not None:
                return graph.replay(given)[:count, -1]
        at = torch.tensor(columns, device=device)
        feed = torch.tensor(ids, device=device)[:, None]
        return self.forward(feed, slice(0, count), at, at[:, None], max(columns) + 1)[:, -1]

    def _graph(self, key: tuple[int, int], given: torch.Tensor) -> "_Graph | None":
        if self._moves != self.cache.reallocations or len(self._graphs) >= MOST:
            self._graphs.clear()
            self._moves = self.cache.reallocations
        if key not in self._graphs:
            self._seen[key] += 1
            if self._seen[key] < OFTEN:
                return None
            if self._pool is None:
                self._pool = torch.cuda.graph_pool_handle()
            try:
                self._graphs[key] = _Graph(self, *key, given, self._pool)
            except RuntimeError:  # a model that looks at its own numbers on the way cannot be recorded
                self._graphed = False
                self._graphs.clear()
                torch.cuda.synchronize()
                return None
        return self._graphs[key]


class _Graph:
    """A step of so many rows that sees so many columns. `given` are the ids and columns of the first one."""

    def __init__(self, model_rows: ModelRows, rows: int, columns: int, given: torch.Tensor, pool: Any) -> None:
        self._given = given.to(model_rows.model.device)
        ids, at = self._given[0, :, None], self._given[1]
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            # what is set up once is not to be recorded
            model_rows.forward(ids, slice(0, rows), at, at[:, None], columns)
            self._graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self._graph, pool=pool, stream=side, capture_error_mode="thread_local"):
                self._logits = model_rows.forward(ids, slice(0, rows), at, at[:, None], columns)
        torch.cuda.current_stream().wait_stream(side)

    def replay(self, given: torch.Tensor) -> torch.Tensor:
        self._given.copy_(given)
        self._graph.replay()
        logits: torch.Tensor = self._logits
        return logits


def padded_span(span: int) -> int:
    """A little more than is asked for: at most a quarter, so that few graphs serve many lengths."""
    unit = max(COLUMNS, (1 << (span - 1).bit_length()) // 8)
    return -(-span // unit) * unit
