"""Decoding on a GPU against `transformers`: Orca-2-7B's own shape with random weights, greedy.

One conversation (128 ids read, 256 written), in bfloat16 and in 4 bits (nf4), through the session that `orca2 chat`
has: tokens a second, and which share that is of what the card's memory allows if every weight is read once a token at
the rate of a large copy (bytes read and written) measured in the same run. `first` is a new session's first answer,
which makes its graphs on the way; the other figure is of its next. `transformers` is its eager `generate`.

64 conversations at once (128 ids each, 128 written), through the server's scheduler, against `transformers`' continuous
batching (`generate_batch`, its manager kept, second call) and its `generate`: tokens written over the time of all.

Run: python bench/gpu/decode.py [--quick] [--only PARTS]. The last line is one JSON object; with $OUT set it is also in
$OUT/decode.json, and profiles of eight steps in $OUT/decode-profile.txt.
"""

import asyncio
import random
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from transformers import GenerationConfig

from gpu._card import DEVICE, ceilings, memory, synchronize
from gpu._made import model, tokenizer
from gpu._parts import Part, measure, save
from orca2.models._bounds import Bounds
from orca2.models._chat import Chat
from orca2.models._rows import Ask
from orca2.models._sampling import Sampling
from orca2.models._scheduler import Scheduler
from orca2.models._session import LocalSession
from orca2.models.transformers import ready


def made(kind: str, quick: bool) -> Any:
    network = model("7b", torch.bfloat16, quick).eval().requires_grad_(False)
    network.generation_config = GenerationConfig(eos_token_id=None, pad_token_id=0, do_sample=False)
    network.config.eos_token_id = None
    if kind == "4bit":
        _quantise(network)
    return network


def _quantise(network: Any) -> None:
    """As `quantize = "4bit"` does it on loading, which takes weights from files only."""
    from bitsandbytes.nn import Linear4bit, Params4bit

    for layer in network.model.layers:
        for part in (layer.self_attn, layer.mlp):
            for name, child in list(part.named_children()):
                if isinstance(child, torch.nn.Linear):
                    small = Linear4bit(
                        child.in_features, child.out_features, bias=False, compute_dtype=torch.bfloat16,
                        quant_type="nf4", device="meta",
                    )  # fmt: skip
                    small.weight = Params4bit(child.weight.data.cpu(), requires_grad=False, quant_type="nf4")
                    setattr(part, name, small.to(DEVICE))


def weight_bytes(network: Any) -> int:
    """What one token reads of the weights: all but the embeddings, of which it reads a row."""
    skipped, total = network.get_input_embeddings().weight, 0
    for parameter in network.parameters():
        if parameter is not skipped:
            total += parameter.numel() * parameter.element_size()
            state = getattr(parameter, "quant_state", None)
            total += state.absmax.numel() * state.absmax.element_size() if state is not None else 0
    return total


def prompts(count: int, length: int, seed: int, top: int) -> list[list[int]]:
    rng = random.Random(seed)
    return [[rng.randrange(10, top) for _ in range(length)] for _ in range(count)]


def profiled(name: str, work: Callable[[], Any]) -> None:
    kinds = [torch.profiler.ProfilerActivity.CPU]
    kinds += [torch.profiler.ProfilerActivity.CUDA] if DEVICE.type == "cuda" else []
    with torch.profiler.profile(activities=kinds) as profiler:
        work()
        synchronize()
    for order in ["self_cpu_time_total", *(["self_cuda_time_total"] if DEVICE.type == "cuda" else [])]:
        table = profiler.key_averages().table(sort_by=order, row_limit=15, max_name_column_width=90)
        save("decode-profile.txt", f"{name} by {order}\n{table}")


def one_ours(kind: str, quick: bool) -> dict[str, Any]:
    network = made(kind, quick)
    weights = weight_bytes(network)
    ready(network)
    session, count = LocalSession(network, set()), 16 if quick else 256
    (ids,) = prompts(1, 128, 0, network.config.vocab_size)
    rates = []
    for _ in range(3):
        times = []
        for _ in session.stream(ids, count, Sampling()):
            times.append(time.perf_counter())
        rates.append((len(times) - 1) / (times[-1] - times[0]))
    profiled(f"7b {kind}, one conversation", lambda: list(session.stream(ids, 8, Sampling())))
    steps = getattr(session._cache, "_steps", None)
    return {
        "tokens_per_second": round(max(rates[1:]), 2), "first": round(rates[0], 2), "weight_gb": weights / 1e9,
        "graphs": None if steps is None else len(steps._graphs), **memory(),
    }  # fmt: skip


def one_theirs(kind: str, quick: bool, **keys: Any) -> dict[str, Any]:
    network = made(kind, quick)
    weights, count = weight_bytes(network), 8 if quick else 128
    ids = torch.tensor(prompts(1, 128, 0, network.config.vocab_size), device=DEVICE)
    rates = []
    _generate(network, ids, count + 1, **keys)
    for _ in range(2):
        short, long = (_generate(network, ids, new, **keys) for new in (1, count + 1))
        rates.append(count / (long - short))
    return {"tokens_per_second": round(max(rates), 2), "weight_gb": weights / 1e9, **memory()}


def _generate(network: Any, ids: torch.Tensor, new: int, **keys: Any) -> float:
    """Seconds."""
    synchronize()
    started = time.perf_counter()
    with torch.inference_mode():
        output = network.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=new, **keys)
    synchronize()
    assert output.shape[1] == ids.shape[1] + new
    return time.perf_counter() - started


def _sizes(quick: bool) -> tuple[int, int, int]:
    """Conversations, ids of each prompt, ids of each answer."""
    return (6, 20, 8) if quick else (64, 128, 128)


def many_ours(quick: bool) -> dict[str, Any]:
    network = made("bf16", quick)
    ready(network)
    rows, length, count = _sizes(quick)
    scheduler = Scheduler(
        network, Chat(tokenizer(network.config.vocab_size)), set(), Bounds(rows, 32_768, 1024, 256 if quick else 2048)
    )

    async def answer(seed: int, new: int = count) -> int:
        asks = [Ask(ids, new) for ids in prompts(rows, length, seed, network.config.vocab_size)]
        tokens = [0] * rows
        async for index, piece in scheduler.pieces(asks):
            assert piece.finish != "error", piece.text
            tokens[index] = piece.tokens
        return sum(tokens)

    rates = []
    for seed in range(3):
        started = time.perf_counter()
        rates.append(asyncio.run(answer(seed)) / (time.perf_counter() - started))
    profiled("7b bf16, 64 conversations", lambda: asyncio.run(answer(9, 8)))
    graphs = len(scheduler._steps._graphs)
    scheduler.close()
    return {"tokens_per_second": round(max(rates[1:]), 1), "first": round(rates[0], 1), "graphs": graphs, **memory()}


def many_theirs(quick: bool) -> dict[str, Any]:
    network = made("bf16", quick)
    rows, length, count = _sizes(quick)
    how = GenerationConfig(max_new_tokens=count, do_sample=False, eos_token_id=-1, pad_token_id=0)
    rates = []
    for seed in range(2 if quick else 3):
        asked = prompts(rows, length, seed, network.config.vocab_size)
        started = time.perf_counter()
        results = network.generate_batch(inputs=asked, generation_config=how, persistent_manager=True)
        tokens = sum(len(result.generated_tokens) for result in results.values())
        rates.append(tokens / (time.perf_counter() - started))
        assert tokens == rows * count, f"{tokens} tokens of {rows * count}"
    return {"tokens_per_second": round(max(rates[1:]), 1), "first": round(rates[0], 1), **memory()}


def many_generate(quick: bool) -> dict[str, Any]:
    network = made("bf16", quick)
    rows, length, count = _sizes(quick)
    rates = []
    for seed in range(2):
        ids = torch.tensor(prompts(rows, length, seed, network.config.vocab_size), device=DEVICE)
        rates.append(rows * count / _generate(network, ids, count))
    return {"tokens_per_second": round(max(rates[1:]), 1), "first": round(rates[0], 1), **memory()}


PARTS: dict[str, Part] = {
    "ceilings": ceilings,
    "bf16 ours": partial(one_ours, "bf16"),
    "bf16 transformers": partial(one_theirs, "bf16"),
    "64 ours": many_ours,
    "64 transformers": many_theirs,
    "4bit ours": partial(one_ours, "4bit"),
    "4bit transformers": partial(one_theirs, "4bit"),
    "64 generate": many_generate,
    "bf16 transformers static": partial(one_theirs, "bf16", cache_implementation="static"),
}
EXTRA = ("bf16 transformers static",)


def summary(parts: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    copy = parts.get("ceilings", {}).get("copy_tbs")
    for name, part in parts.items():
        if copy and "weight_gb" in part:
            found[f"{name}: share of the bandwidth limit"] = round(
                part["tokens_per_second"] * part["weight_gb"] / (1000 * copy), 4
            )
    for one, other in (("bf16 ours", "bf16 transformers"), ("4bit ours", "4bit transformers"),
                       ("64 ours", "64 transformers"), ("64 ours", "64 generate")):  # fmt: skip
        rates = [parts.get(name, {}).get("tokens_per_second") for name in (one, other)]
        if all(rates):
            found[f"{one} over {other}"] = round(rates[0] / rates[1], 3)
    return found


if __name__ == "__main__":
    measure("decode", __doc__ or "", PARTS, EXTRA, summary)
