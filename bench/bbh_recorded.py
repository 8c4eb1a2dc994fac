"""Grade recorded answers to 13 BIG-Bench Hard tasks and hold the accuracy against the published one.

Both strategies of a 175B model were graded by the authors of the benchmark, so a difference is a fault of
our graders. Run: PYTHONPATH=src python bench/bbh_recorded.py [--data FOLDER]
"""

import argparse
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import TypedDict

from orca2.graders import auto

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "bbh_recorded"
# Our name of a strategy, and the authors' one in `published_accuracy.json`.
STRATEGIES = {"step_by_step": "cot", "direct": "direct"}


class Figure(TypedDict):
    """The accuracy of one task under one strategy, in per cent, and how the answers came out."""

    task: str
    strategy: str
    ours: float
    published: float
    difference: float
    outcomes: dict[str, int]


def figures(data: Path) -> list[Figure]:
    """Grade every recorded answer under `data`, in the order of the published tasks."""
    published = json.loads((data / "published_accuracy.json").read_text())
    return [
        _figure(data, task, strategy, accuracy[key])
        for task, accuracy in published.items()
        for strategy, key in STRATEGIES.items()
    ]


def _figure(data: Path, task: str, strategy: str, published: float) -> Figure:
    with gzip.open(data / f"{task}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    verdicts = [auto.load().grade(row["target"], row[strategy], row["question"]) for row in rows]
    outcomes: Counter[str] = Counter(verdict.outcome for verdict in verdicts)
    ours = 100 * outcomes["correct"] / len(rows)
    return Figure(
        task=task,
        strategy=strategy,
        ours=round(ours, 2),
        published=round(published, 2),
        difference=round(ours - published, 2) + 0.0,  # never "-0.0"
        outcomes=dict(outcomes),
    )


def main() -> None:
    """Print the table, and every figure as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the recorded answers")
    found = figures(parser.parse_args().data)
    print(f"{'task':40} {'strategy':14} {'ours':>6} {'published':>9} {'difference':>10}")
    for row in found:
        print(
            f"{row['task']:40} {row['strategy']:14} {row['ours']:6.1f} {row['published']:9.1f} "
            f"{row['difference']:+10.2f}"
        )
    worst = max(abs(row["difference"]) for row in found)
    print(json.dumps({"figures": found, "largest_difference": worst}))


if __name__ == "__main__":
    main()
