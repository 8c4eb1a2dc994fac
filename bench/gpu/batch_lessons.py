"""A step's batch counted in supervised tokens against one counted in lessons: the quickstart, large, on a GPU.

    python bench/gpu/batch_lessons.py --out DIR [--seeds 3] [--quick]

For each seed one run with `train.batch_tokens`; then its copy is trained and evaluated again with
`train.batch_lessons`, so that both learn the same lessons from the same explained student, epoch for epoch. Seeds run
side by side. The last line is JSON.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LARGE = [
    "tasks.limits={profile=100,train=1200,test=300}", "explain.tasks=300", "explain.row_tokens=4096",
    "explain.batch_tokens=2048", "teach.tasks_per_family=1000", "train.row_tokens=4096",
]  # fmt: skip
QUICK = [
    "tasks.limits={profile=6,train=30,test=6}", "explain.tasks=3", "teach.tasks_per_family=8", "profile.max_tokens=8",
    "evaluate.max_tokens=8",
]  # fmt: skip
BATCHES = {"tokens": "train.batch_tokens=2048", "lessons": "train.batch_lessons=32"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the folder of the runs")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="so small that it says nothing, on any machine")
    asked = parser.parse_args()
    sizes = QUICK if asked.quick else LARGE
    with ThreadPoolExecutor(asked.seeds) as pool:
        seeds = list(pool.map(lambda seed: _seed(asked.out, seed, sizes), range(asked.seeds)))
    for seed, batches in enumerate(seeds):
        for batch, row in batches.items():
            print(f"seed {seed}, by {batch}: {json.dumps(row)}")
    print(json.dumps({"bench": "batch_lessons", "quick": asked.quick, "seeds": seeds}))


def _seed(out: Path, seed: int, sizes: list[str]) -> dict[str, Any]:
    first, second = (out / f"{batch}-{seed}" for batch in BATCHES)
    _orca2("run", str(ROOT / "examples" / "quickstart.toml"), "--run", str(first), f"seed={seed}", *sizes,
           BATCHES["tokens"])  # fmt: skip
    shutil.copytree(first, second, dirs_exist_ok=True)
    _orca2("run", str(second), "--redo", "train.batch_tokens=0", BATCHES["lessons"])
    return {batch: _told(folder) for batch, folder in zip(BATCHES, (first, second), strict=True)}


def _orca2(*words: str) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    subprocess.run([sys.executable, "-m", "orca2", *words], check=True, env=environment)


def _told(folder: Path) -> dict[str, Any]:
    """Steps, lessons, and the cautious student's accuracy and tokens, whole and by family."""
    evaluation, made = (json.loads((folder / name).read_text()) for name in ("evaluate.json", "train.json"))
    rows = [row for row in evaluation["rows"] if (row["student"], row["system"]) == ("cautious", "default")]
    total = next(row for row in evaluation["totals"] if (row["student"], row["system"]) == ("cautious", "default"))
    return {
        "steps": made["training"]["steps"],
        "lessons": made["lessons"],
        "accuracy": round(total["correct"] / total["items"], 4),
        "items": total["items"],
        "tokens": round(total["tokens"], 2),
        "families": {row["family"]: round(row["correct"] / row["items"], 3) for row in rows},
    }


if __name__ == "__main__":
    main()
