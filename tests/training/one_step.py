"""Train the tiny student and write the gradient of its last step: alone, or under torchrun.

python one_step.py FOLDER OUT KEY=VALUE...   (keys of the recipe's section, and device=cuda)
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch
from accelerate import Accelerator

from orca2.checkpoints.loading import load_tokenizer
from orca2.sections import Training
from orca2.training.adapters import attach, load_quantised
from orca2.training.training import train
from tests.training.conftest import flat, lessons, load_tiny, whole


def main(folder: str, out: str, *settings: str) -> None:
    real, seen = Accelerator.clip_grad_norm_, {}

    def recording(accelerator: Accelerator, parameters: Iterator[torch.nn.Parameter], most: float) -> Any:
        learned = list(parameters)
        seen["gradient"] = torch.cat([whole(p.grad).flatten().clone().cpu() for p in learned if p.grad is not None])
        return real(accelerator, learned, most)

    tiny = Path(folder)
    given = dict(setting.split("=") for setting in settings)
    device = given.pop("device", "cpu")
    rank = int(os.environ.get("LOCAL_RANK", 0))
    if device == "cuda":
        torch.cuda.set_device(rank)
    if given.get("method") == "qlora":
        model = load_quantised(folder, torch.device(device, rank))
        attach(model, Training(lora_rank=4), 0)
    else:
        model = load_tiny(tiny).to(device)
    before = flat(model)
    keys: dict[str, Any] = {"dtype": "fp32"} | {
        key: int(value) if value.isdigit() else value == "True" if value in ("True", "False") else value
        for key, value in given.items()
    }
    with patch.object(Accelerator, "clip_grad_norm_", recording):
        record = train(model, load_tokenizer(str(tiny)), lessons(24), Training(**keys), 0, "test")
    update = flat(model) - before  # of all processes together, where the weights are sharded
    if rank == 0:
        torch.save({**seen, "update": update, "loss": [asdict(p) for p in record.loss], "tokens": record.tokens}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
