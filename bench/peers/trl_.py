"""TRL's side of bench/train.py, run by TRL's own interpreter: `trl_.py JOB.json`, one line of JSON out.

A job names the model's folder, a file of rows (`ids`, `start`), the mode (`packed`, `default`, `update`), the tokens
of a row and what else SFTTrainer is to be told.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset, disable_progress_bars
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback, set_seed
from trl import SFTConfig, SFTTrainer


class Clock(TrainerCallback):
    """Times the steps after the first, which warms up."""

    def __init__(self) -> None:
        self.started, self.steps = 0.0, 0

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self.steps += 1
        self.ended = time.perf_counter()
        if self.steps == 1:
            self.started = self.ended


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    disable_progress_bars()
    set_seed(0)
    rows = [json.loads(line) for line in Path(job["rows"]).read_text().splitlines()]
    data = Dataset.from_dict(
        {
            "input_ids": [row["ids"] for row in rows],
            "completion_mask": [[0] * row["start"] + [1] * (len(row["ids"]) - row["start"]) for row in rows],
        }
    )
    tokenizer = AutoTokenizer.from_pretrained(job["tokenizer"])
    model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32)
    clock = Clock()
    trainer = SFTTrainer(
        model,
        SFTConfig(
            output_dir=job["scratch"], use_cpu=True, num_train_epochs=1, report_to="none", save_strategy="no",
            disable_tqdm=True, logging_strategy="no", completion_only_loss=True, seed=0, **job["settings"],
        ),
        train_dataset=data,
        processing_class=tokenizer,
        callbacks=[clock],
    )  # fmt: skip
    before = {name: p.detach().clone() for name, p in model.named_parameters()} if job.get("update") else {}
    useful, fed, first = 0, 0, 0
    for batch in trainer.get_train_dataloader():
        labels = batch["labels"]
        tokens = int(batch["attention_mask"].sum()) if "attention_mask" in batch else batch["input_ids"].numel()
        first = first or tokens
        useful, fed = useful + tokens, fed + labels.numel()
    trainer.train()
    if job.get("update"):
        rate = job["settings"]["learning_rate"]
        moved = {name: (p.detach() - before[name]) / rate for name, p in model.named_parameters()}
        torch.save(moved, job["update"])
    seconds = clock.ended - clock.started
    print(
        json.dumps(
            {
                "tokens": useful - first, "tokens_fed": fed, "useful_share": useful / fed, "seconds": seconds,
                "steps": clock.steps, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "tokens_per_second": (useful - first) / seconds if seconds else None,
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
