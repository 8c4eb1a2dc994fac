"""Train the tiny student slowly, and say each step as it begins: alone, or under torchrun.

python stopped.py TINY CHECKPOINTS OUT SECONDS   (of a step, and of a try on the way, which is said too)
"""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch

from orca2 import processes
from orca2.checkpoints.loading import load_tokenizer
from orca2.inference.local import LocalModel
from orca2.sections import Training
from orca2.training.batch_plan import BatchPlan
from orca2.training.mid_training_eval import EvalPoints, Told
from orca2.training.training import train
from tests.training.conftest import flat, lessons, load_tiny

SETTINGS = Training(row_tokens=128, batch_tokens=300, epochs=4, learning_rate=1e-3, save_minutes=60.0, dtype="fp32")


def say(line: str) -> None:
    """At once, so that lines of two processes stay apart."""
    os.write(1, f"{line}\n".encode())


def main(tiny: str, checkpoints: str, out: str, seconds: str) -> None:
    real, seen, tries = BatchPlan.__getitem__, list[int](), dict[float, torch.Tensor]()

    def slow(plan: BatchPlan, index: int) -> Any:
        seen.append(index)
        say(f"step {index + 1}")
        time.sleep(float(seconds))
        return real(plan, index)

    def look(learned: float, student: LocalModel, told: Told) -> None:
        say(f"try {learned}")
        time.sleep(20 * float(seconds))
        tries[learned] = flat(student.model)

    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell has it for what it runs in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    model = load_tiny(Path(tiny))
    with patch.object(BatchPlan, "__getitem__", slow):
        points = EvalPoints(2, look)
        record = train(model, load_tokenizer(tiny), lessons(24), SETTINGS, 5, "t", Path(checkpoints), (), points)
    if not processes.rank():
        torch.save({"weights": flat(model), "loss": [p.loss for p in record.loss], "tries": tries, "seen": seen}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
