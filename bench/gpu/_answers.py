"""One conversation and many, ours and `transformers`' ways."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

import torch
from transformers import ContinuousBatchingConfig, GenerationConfig

from gpu._card import DEVICE, memory, synchronize
from gpu._made import model, tokenizer
from gpu._parts import save
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.core.types import Message, Request
from orca2.inference.kernels.availability import kernels
from orca2.inference.limits import EngineLimits
from orca2.inference.local import LocalModel
from orca2.inference.optimize import optimize_for_inference
from orca2.inference.requests import GenerationRequest
from orca2.inference.sampling import Sampling
from orca2.inference.scheduler_thread import SchedulerThread
from orca2.inference.session import LocalSession


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
                    small.weight = Params4bit(
                        child.weight.data, requires_grad=False, quant_type="nf4", compress_statistics=False
                    )
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


def one_ours(kind: str, *, quick: bool) -> dict[str, Any]:
    started = time.perf_counter()
    network = made(kind, quick)
    weights = weight_bytes(network)
    synchronize()
    there = time.perf_counter()
    optimize_for_inference(network)
    synchronize()
    prepared = time.perf_counter()
    session, count = LocalSession(network, set()), 16 if quick else 128
    (ids,) = prompts(1, 128, 0, network.config.vocab_size)
    rates = []
    for _ in range(3):
        times = []
        for _ in session.stream(ids, count, Sampling()):
            times.append(time.perf_counter())
        rates.append((len(times) - 1) / (times[-1] - times[0]))
    profiled(f"7b {kind}, one conversation", lambda: list(session.stream(ids, 5, Sampling())))
    graphs = getattr(session._rows, "_graphs", None)
    return {
        "tokens_per_second": round(max(rates[1:]), 2), "first": round(rates[0], 2), "weight_gb": weights / 1e9,
        "graphs": None if graphs is None else len(graphs), "kernels": kernels(DEVICE) is not None,
        "made_seconds": round(there - started, 2), "ready_seconds": round(prepared - there, 2), **memory(),
    }  # fmt: skip


def one_theirs(kind: str, *, quick: bool, **keys: Any) -> dict[str, Any]:
    network = made(kind, quick)
    weights, count = weight_bytes(network), 8 if quick else 64
    ids = torch.tensor(prompts(1, 128, 0, network.config.vocab_size), device=DEVICE)
    rates = []
    _generate(network, ids, 5, **keys)
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
    optimize_for_inference(network)
    rows, length, count = _sizes(quick)
    scheduler = SchedulerThread(
        network, ChatCodec(tokenizer(network.config.vocab_size)), set(), EngineLimits(rows, 32_768, 1024, 2048, rows)
    )

    async def answer(seed: int) -> int:
        requests = [GenerationRequest(ids, count) for ids in prompts(rows, length, seed, network.config.vocab_size)]
        tokens = [0] * rows
        async for index, chunk in scheduler.stream(requests):
            assert chunk.finish != "error", chunk.text
            tokens[index] = chunk.tokens
        return sum(tokens)

    rates = []
    for seed in range(2):
        started = time.perf_counter()
        rates.append(asyncio.run(answer(seed)) / (time.perf_counter() - started))
    graphs = len(getattr(scheduler.scheduler._rows, "_graphs", ()))
    scheduler.close()
    return {"tokens_per_second": round(max(rates[1:]), 1), "first": round(rates[0], 1), "graphs": graphs, **memory()}


def batch_ours(temperature: float, *, quick: bool) -> dict[str, Any]:
    """As a run asks its student: prompts of many lengths, most with the same beginning."""
    network = model("135m", torch.bfloat16, quick).eval().requires_grad_(False)
    network.generation_config = GenerationConfig(eos_token_id=None, pad_token_id=0, do_sample=False)
    optimize_for_inference(network)
    student = LocalModel("made", network, tokenizer(network.config.vocab_size))
    count, most = (8, 8) if quick else (1024, 64)
    rng, system = random.Random(0), Message("system", "abcd" * 10)

    async def answer(seed: int) -> int:
        texts = ["".join(rng.choices("abcdefgh", k=20 + index % 100)) for index in range(count)]
        requests = [
            Request((system, Message("user", text)), most, temperature, seed + n) for n, text in enumerate(texts)
        ]
        return sum([completion.tokens_out async for _, completion in student.generate(requests)])

    rates = []
    for seed in range(3):
        started = time.perf_counter()
        rates.append(asyncio.run(answer(seed)) / (time.perf_counter() - started))
    return {"tokens_per_second": round(max(rates[1:]), 1), "first": round(rates[0], 1), **memory()}


def many_theirs(quick: bool) -> dict[str, Any]:
    network = made("bf16", quick)
    rows, length, count = _sizes(quick)
    # on a CPU it would take most of the machine's memory for its cache
    bounds = (
        {"continuous_batching_config": ContinuousBatchingConfig(num_blocks=64, max_batch_tokens=64)} if quick else {}
    )
    how = GenerationConfig(max_new_tokens=count, do_sample=False, eos_token_id=-1, pad_token_id=0)
    rates = []
    for seed in range(2):
        asked = prompts(rows, length, seed, network.config.vocab_size)
        started = time.perf_counter()
        results = network.generate_batch(inputs=asked, generation_config=how, persistent_manager=True, **bounds)
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
