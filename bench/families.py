"""Families found in unlabelled prompts, held against the true ones by the adjusted Rand index.

Seven FLAN CoT families, 13 and 27 BIG-Bench Hard ones, mixed; with the number of families given and not.
Needs the extra `families`. Run: PYTHONPATH=src python bench/families.py [--data FOLDER] [--quick]
"""

import argparse
import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orca2.core.grouping import assign, find
from orca2.core.identity import task_id
from orca2.sources import jsonl

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
Labelled = dict[str, tuple[str, str]]  # prompt and true family of each task


def flan_cot(data: Path) -> Labelled:
    """The tasks of `examples/flan_cot.toml`; a prompt of two families counts as of the first."""
    fields, columns = {"prompt": "question", "target": "answer"}, ["question", "answer", "rationale"]
    rows = jsonl.load(data / "flan_cot", "*.tsv.gz", fields, columns=columns, escapes=True)
    return {task_id(row.prompt): (row.prompt, row.family) for row in rows}


def bbh_recorded(data: Path) -> Labelled:
    rows = jsonl.load(data / "bbh_recorded", "*.jsonl.gz", {"prompt": "question"})
    return {task_id(row.prompt): (row.prompt, row.family) for row in rows}


def bbh(data: Path) -> Labelled:
    found: Labelled = {}
    for file in sorted((data / "eval" / "bbh").glob("*.json.gz")):
        for row in json.loads(gzip.decompress(file.read_bytes()))["examples"]:
            found[task_id(row["input"].strip())] = (row["input"].strip(), file.name.split(".")[0])
    return found


SETS: tuple[Callable[[Path], Labelled], ...] = (flan_cot, bbh_recorded, bbh)


def measure(name: str, tasks: Labelled, groups: int, seed: int) -> dict[str, Any]:
    """One grouping of all tasks, from prompts to families."""
    from sklearn.metrics import adjusted_rand_score

    prompts = {identity: prompt for identity, (prompt, _) in tasks.items()}
    started = time.monotonic()
    found = find(prompts, groups, seed)
    places = assign(found, prompts)
    seconds = time.monotonic() - started
    true = [family for _, family in tasks.values()]
    return {
        "set": name,
        "tasks": len(tasks),
        "true": len(set(true)),
        "given": groups,
        "seed": seed,
        "found": len(found.families),
        "ari": round(float(adjusted_rand_score(true, [places[identity] for identity in tasks])), 3),
        "seconds": round(seconds, 1),
        "families": found.families,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--quick", action="store_true", help="one seed, FLAN CoT and the 13 recorded tasks only")
    words = parser.parse_args()
    print(
        "| tasks | n | true families | number given | seed | found | ARI | seconds |\n|---|---|---|---|---|---|---|---|"
    )
    figures = []
    for load in SETS[: 2 if words.quick else 3]:
        tasks = load(words.data)
        for groups in (0, len({family for _, family in tasks.values()})):
            for seed in range(1 if words.quick else 3):
                figures.append(made := measure(load.__name__, tasks, groups, seed))
                row = [made["set"], f"{made['tasks']:,}", made["true"], groups or "no", seed, made["found"]]
                print("|", " | ".join(map(str, [*row, f"{made['ari']:.3f}", made["seconds"]])), "|", flush=True)
    print(json.dumps({"quick": words.quick, "figures": figures}))


if __name__ == "__main__":
    main()
