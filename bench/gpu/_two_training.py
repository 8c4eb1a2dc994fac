"""One training of a model of a given shape by as many processes as torchrun started: its record and each one's memory.

python -m torch.distributed.run --standalone --nproc_per_node 2 bench/gpu/_two_training.py SHAPE STEPS ROW OUT [--quick]
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
import torch.distributed as dist

from orca2.sections import Training
from orca2.training.training import train

ROWS = 4  # a step


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shape", choices=("7b", "135m"))
    parser.add_argument("steps", type=int)
    parser.add_argument("row", type=int, help="tokens")
    parser.add_argument("out", type=Path)
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))  # before the model is made on it
    from gpu._card import memory
    from gpu._made import lessons, model, tokenizer

    made = model(given.shape, torch.float32, given.quick)  # as a stage loads it
    settings = Training(
        row_tokens=given.row, steps=given.steps, learning_rate=1e-5, dtype="bf16",
        gradient_checkpointing=given.shape == "7b",
    )  # fmt: skip
    some = lessons(int(given.steps * ROWS * given.row * 0.98), given.row)
    record = train(made, tokenizer(), some, settings, 0, "two")
    kept = {"tokens": record.tokens, "seconds": record.seconds, "processes": record.processes}
    losses = [record.loss[at].loss for at in (0, -1)]
    memories: list[Any] = [memory()]
    if dist.is_initialized():
        memories = [None] * dist.get_world_size()
        dist.all_gather_object(memories, memory())
    if os.environ.get("RANK", "0") == "0":
        given.out.write_text(json.dumps({**kept, "losses": losses, "memory": memories}))


if __name__ == "__main__":
    main()
