"""Golds hidden, and agreed on by teachers' answers: how many of those that come about are right, and how many come.

Three teachers: a program that errs in 20 % of its answers to generated tasks, anew in each answer or in the same tasks
in the same way; FLAN's human rationales (gsm8k, ecqa), which are right, so that only the reading can err; and BIG-Bench
Hard's recorded answers of a 175B model under two strategies. Then, for the program, how often the interval of 50
labelled rows holds the true rate of false golds and of false accepts, and what it says where errors are shared.

Run: python bench/golds.py [--tasks N] [--draws N]. The last line is JSON. Seconds to a minute, one core.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from orca2.core.auditing import Audited, measure
from orca2.core.golds import AgreedGold, Vote, agree
from orca2.core.identity import task_id
from orca2.core.types import Task
from orca2.data.row import Row
from orca2.graders import grade, grader_of, options_for, reads_with
from orca2.models.solver import FORMS, miss
from orca2.reading.grader import ReadsAnswers
from orca2.sources import jsonl, synthetic

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
WRONG = 0.2
SHARES = (0.5, 0.6, 0.8, 1.0)
SAMPLES = (3, 5, 9)
SLICE = 50  # labelled rows

Said = Callable[[Task, int], str]  # the answer of a task's n-th sample


@dataclass(frozen=True, slots=True)
class Made:
    """A task with its gold answer, what was agreed on, and the first answer."""

    truth: Task
    gold: AgreedGold
    first: str

    @property
    def right(self) -> bool:
        return grade(self.truth, self.gold.target).correct


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=100, help="tasks of a generated family; FLAN: ten times as many")
    parser.add_argument("--draws", type=int, default=300, help="slices of labelled rows")
    options = parser.parse_args()
    figures: dict[str, Any] = {"tasks": options.tasks, "rows": []}
    generated = typed(list(islice(synthetic.load(seed=0), options.tasks * 14)))
    for errors in ("independent", "shared"):
        for samples in SAMPLES:
            votes = cast(generated, teacher(errors), samples)
            figures["rows"] += report(f"generated, {errors}", samples, votes)
        figures[errors] = audited(cast(generated, teacher(errors), 5), options.draws)
        print(f"audit, {errors}: {figures[errors]}")
    columns = ("{answer}", "{rationale} So the answer is {answer}.", "The answer is {answer}. {rationale}")
    for name in ("gsm8k", "ecqa"):
        figures["rows"] += recorded(name, f"flan_cot/{name}_train.tsv.gz", columns, 10 * options.tasks, FLAN)
    figures["rows"] += recorded("BBH", "bbh_recorded/*.jsonl.gz", ("{direct}", "{step_by_step}"), 0, BBH)
    print(json.dumps(figures))


FLAN = {"columns": ["question", "answer", "rationale"], "escapes": True,
        "fields": {"prompt": "question", "target": "answer"}}  # fmt: skip
BBH = {"fields": {"prompt": "question", "target": "target", "family": "task"}}


def typed(rows: Sequence[Row]) -> list[Task]:
    """Tasks with their golds, each family with the grader that reads most of them, as a user would name it."""
    families: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        families[row.family].append(row)
    found = []
    for family, own in families.items():
        tasks = [Task(task_id(r.prompt), family, r.prompt, r.target, "auto", "train", r.fields) for r in own]
        name = Counter(map(reads_with, tasks)).most_common(1)[0][0]
        options = options_for(name, {}, [row.target for row in own])
        made = [replace(task, grader=name, grader_options=options) for task in tasks]
        found += [task for task in made if grade(task, task.target).correct]
    return list({task.id: task for task in found}.values())


def teacher(errors: str) -> Said:
    """A program that errs in `WRONG` of its answers: each time anew, or always in the same tasks and the same way."""

    def said(task: Task, sample: int) -> str:
        rng = Random(task.id if errors == "shared" else f"{task.id} {sample}")
        target = miss(task, rng) if rng.random() < WRONG else task.target
        form = ("direct", "step_by_step")[sample % 2]
        return FORMS[form].format(target=target, **task.fields)

    return said


def cast(tasks: Sequence[Task], said: Said, samples: int) -> list[tuple[Task, list[str]]]:
    return [(task, [said(task, sample) for sample in range(samples)]) for task in tasks]


def agreed(task: Task, answers: Sequence[str], share: float) -> AgreedGold:
    """As the stage gold does it."""
    hidden, reader = replace(task, target="", gold="agreed"), grader_of(task)
    assert isinstance(reader, ReadsAnswers)
    votes = [
        Vote(teacher="teacher", strategy="", sample=n, answer=reader.answer_in(text, task.prompt))
        for n, text in enumerate(answers)
    ]
    return agree(hidden, votes, lambda answer, n: grade(replace(task, target=answer), answers[n]).correct, share)


def report(name: str, samples: int, votes: Sequence[tuple[Task, list[str]]]) -> list[dict[str, Any]]:
    """Precision and yield by threshold, printed and returned. A threshold only selects among what most agree on."""
    loose = [Made(task, agreed(task, answers, 1 / len(answers)), answers[0]) for task, answers in votes]
    rows = []
    for share in SHARES:
        kept = [made for made in loose if made.gold.target and made.gold.share >= share - 1e-9]
        right = sum(made.right for made in kept)
        row = {"teacher": name, "k": samples, "share": share, "tasks": len(loose), "golds": len(kept), "right": right}
        first = sum(grade(made.truth, made.first).correct for made in loose)
        row["first"] = first
        print(
            f"{name:24} k={samples} share={share:.1f}: yield {len(kept) / len(loose):6.1%},"
            f" precision {right / max(len(kept), 1):6.1%}; one answer alone {first / len(loose):.1%}"
        )
        rows.append(row)
    return rows


def recorded(
    name: str, path: str, columns: Sequence[str], most: int, options: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """The same of answers that are in the data."""
    rows = list(jsonl.load(base=DATA, path=path, **options))
    tasks = typed(Random(0).sample(rows, most) if most else rows)
    votes = cast(tasks, lambda task, sample: columns[sample].format(**task.fields), len(columns))
    yield from report(f"{name}, recorded", len(columns), votes)


def audited(votes: Sequence[tuple[Task, list[str]]], draws: int) -> dict[str, Any]:
    """How often the interval of a slice holds the true rate, and how often it is too wide, at k = 5, share 0.6."""
    rows = [_audited(task, answers) for task, answers in votes]
    whole = next(row for row in measure(rows) if row.family == "all")
    held, wide, rng = Counter[str](), 0, Random(0)
    for _ in range(draws):
        found = next(row for row in measure(rng.choices(rows, k=SLICE)) if row.family == "all")
        wide += found.wide
        for kind in ("false_golds", "false_accepts"):
            true, seen = getattr(whole, kind), getattr(found, kind)
            held[kind] += seen.low <= true.count / true.of <= seen.high
    return {
        "draws": draws,
        "wide": wide,
        **{kind: f"{getattr(whole, kind).count / getattr(whole, kind).of:.2%}" for kind in held},
        **{f"{kind} held": f"{count / draws:.1%}" for kind, count in held.items()},
    }


def _audited(task: Task, answers: Sequence[str]) -> Audited:
    gold = agreed(task, answers, 0.6)
    accepts = bool(gold.target) and grade(replace(task, target=gold.target), answers[0]).correct
    return Audited(
        task=task.id, family=task.family, gold="agreed", label=task.target, agreed=gold.target,
        false=not grade(task, gold.target).correct if gold.target else None, response=answers[0], accepted=accepts,
        right=grade(task, answers[0]).correct, why=gold.why,
    )  # fmt: skip


if __name__ == "__main__":
    main()
