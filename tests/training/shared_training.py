"""Train the tiny student with a checkpoint at each step: alone, or under torchrun.

python shared_training.py TINY CHECKPOINTS OUT SECONDS   (SECONDS are waited after each step, so that a kill meets it)
"""

import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch

from orca2 import processes
from orca2.checkpoints.loading import load_tokenizer
from orca2.sections import Training
from orca2.training.loop import Loop
from orca2.training.training import train
from tests.training.conftest import flat, lessons, load_tiny

SETTINGS = Training(row_tokens=128, batch_tokens=90, epochs=4, learning_rate=1e-3, save_minutes=0.0, dtype="fp32")


def main(tiny: str, checkpoints: str, out: str, seconds: str) -> None:
    real = Loop._save

    def slow(loop: Loop, *words: Any) -> bool:
        saved = real(loop, *words)
        time.sleep(float(seconds))
        return saved

    Path(f"{out}.{os.getpid()}.pid").touch()
    model = load_tiny(Path(tiny))
    if "ACCELERATE_USE_FSDP" in os.environ:  # weights are sharded over GPUs only
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        model.cuda()
    with patch.object(Loop, "_save", slow):
        record = train(model, load_tokenizer(tiny), lessons(24), SETTINGS, 5, "t", Path(checkpoints))
    weights = flat(model)  # of all processes together, where they are sharded
    if not processes.rank():
        torch.save({"weights": weights, "loss": [asdict(p) for p in record.loss], "processes": record.processes}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
