"""Train the tiny student and write the gradient of its last step: alone, or under torchrun.

python one_step.py FOLDER OUT KEY=VALUE...   (keys of the recipe's section)
"""

import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import torch

from orca2.models._loading import load_tokenizer
from orca2.recipe import Training
from orca2.student.trainer import StepTrainer
from orca2.student.training import train
from tests.student.conftest import flat, lessons, load_tiny


def main(folder: str, out: str, *settings: str) -> None:
    real, seen = StepTrainer._clip_grad_norm, {}

    def recording(trainer: StepTrainer, model: Any) -> Any:
        seen["gradient"] = torch.cat([p.grad.flatten().clone() for p in model.parameters()])
        return real(trainer, model)

    tiny = Path(folder)
    model = load_tiny(tiny)
    before = flat(model)
    keys: dict[str, Any] = {
        key: int(value) if value.isdigit() else value == "True"
        for key, value in (setting.split("=") for setting in settings)
    }
    with patch.object(StepTrainer, "_clip_grad_norm", recording):
        record = train(model, load_tokenizer(str(tiny)), lessons(24), Training(dtype="fp32", **keys), 0, "test")
    if not torch.distributed.is_initialized() or torch.distributed.get_rank() == 0:
        torch.save({**seen, "update": flat(model) - before, "loss": record["loss"]}, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
