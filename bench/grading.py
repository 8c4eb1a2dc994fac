"""Reading answers and judging whole evaluations: ours against lm-eval, inspect-ai, lighteval and Math-Verify.

Rules are made on the first half of the labelled answers and figures are quoted from the second; a peer is read by
the extractor that is best for it on the first. Run: python bench/grading.py [--quick | --first] [--rows FOLDER].
The last line is one JSON object. `--first` shows our errors on the first half, row by row, and stops there.
"""

import argparse
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import _environments
import _extraction
import _hostile
import _speed
from _extraction import Accepts, Row

ROWS = Path(__file__).resolve().parent / "extraction"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="100 items, only peers whose environment is there")
    parser.add_argument("--first", action="store_true", help="our errors on the first half, row by row, and no more")
    parser.add_argument("--rows", type=Path, default=ROWS, help="folder with first.jsonl and second.jsonl")
    options = parser.parse_args()
    halves = _extraction.read(options.rows)
    brief = options.quick or options.first
    peers = _peers(make=not brief)
    if options.first:
        _list_errors(halves["first"])
        halves = {"first": halves["first"]}
    found = {name: _extraction.theirs(name, halves, anew=not brief) for name in peers}
    chosen = {name: _extraction.choose(halves["first"], found[name]["first"]) for name in peers}
    figures: dict[str, Any] = {"quick": options.quick, "machine_cores": os.cpu_count(), "versions": _versions(peers)}
    for half, rows in halves.items():
        figures[half] = _extract(half, rows, {name: found[name][half] for name in peers}, chosen)
    figures["chosen"] = chosen
    if not options.first:
        figures["judged_per_minute"] = _extraction.per_minute(
            [row for half in halves.values() for row in half], 2 if options.quick else 10
        )
        print(f"\nours: {figures['judged_per_minute']:,} answers judged a minute on one core, math left out")
        figures["hostile_ms"] = _hostile.slowest()
        print(f"100 kB of hostile text: {figures['hostile_ms']['grade']} ms at most to grade, math left out")
        figures["speed"] = _compare_speed(options.quick, [name for name in _speed.PEERS if name in peers])
    print(json.dumps(figures))


def _peers(make: bool) -> list[str]:
    for name in _extraction.PEERS if make else ():
        _environments.make(name)
    there = [name for name in _extraction.PEERS if _environments.there(name)]
    for name in _extraction.PEERS:
        if name not in there:
            print(f"{name}: no environment; python bench/_environments.py makes it")
    return there


def _versions(peers: Sequence[str]) -> dict[str, str]:
    pins = [pin.split("==") for name in peers for pin in _environments.PEERS[name]]
    return {name.split("[")[0]: version for name, version in pins if not name.startswith(("torch", "antlr"))}


def _extract(
    half: str, rows: Sequence[Row], found: Mapping[str, Accepts], chosen: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Print and give errors and false accepts by kind and in all, of ours and of each peer."""
    accepted = {"ours": [verdict.correct for verdict in _extraction.ours(rows)]}
    accepted |= {name: _extraction.combine(rows, found[name], chosen[name]) for name in found}
    kinds = _extraction.kinds(rows)
    table = {
        kind or "all": {name: _extraction.count(rows, said, kind) for name, said in accepted.items()}
        for kind in (*kinds, None)
    }
    whole = [at for at, row in enumerate(rows) if row["finish_reason"] == "stop"]
    table["all, not cut"] = {
        name: _extraction.count([rows[at] for at in whole], [said[at] for at in whole])
        for name, said in accepted.items()
    }  # fmt: skip
    print(f"\n{half} half: errors (false accepts)")
    print(f"{'kind':14} {'rows':>5}" + "".join(f" {name:>13}" for name in accepted))
    for kind, cells in table.items():
        shown = "".join(f" {cell['errors']:>7} ({cell['false_accepts']:>3})" for cell in cells.values())
        print(f"{kind:14} {cells['ours']['rows']:>5}{shown}")
    # the most generous reading of all: the extractor picked on the very rows it is counted on
    best = {name: _extraction.combine(rows, found[name], _extraction.choose(rows, found[name])) for name in found}
    return {"table": table, "chosen_on_these_rows": {name: _extraction.count(rows, best[name]) for name in best}}


def _list_errors(rows: Sequence[Row]) -> None:
    for row, verdict in zip(rows, _extraction.ours(rows), strict=True):
        if verdict.correct != (row["label"] == "correct"):
            print(f"{row['id']}  {row['kind']}  label {row['label']}, ours {verdict.outcome} ({verdict.why})")
            print(f"    target {row['target']!r}, read {verdict.answer!r}, finish {row['finish_reason']}")
            print(f"    question ...{row['question'][-200:]!r}")
            print(f"    response {row['response'][-600:]!r}")


def _compare_speed(quick: bool, peers: Sequence[str]) -> dict[str, Any]:
    count = 100 if quick else 1000
    found = _speed.timings(count, quick, peers)
    print(f"\n{count} items, whole process, best of {len(found['ours']['seconds'])}:")
    for name, timing in found.items():
        ratio = timing["best"] / found["ours"]["best"]
        work = "same work" if timing["same_work"] else "NOT THE SAME WORK"
        print(
            f"{name:21} {timing['best']:6.2f} s {ratio:5.1f} x   processor {timing['best_cpu']:6.2f} s"
            f"   concurrency {timing['concurrency']:>3}   {work}"
        )
    ratios = {name: round(timing["best"] / found["ours"]["best"], 2) for name, timing in found.items()}
    cpu_ratios = {name: round(timing["best_cpu"] / found["ours"]["best_cpu"], 2) for name, timing in found.items()}
    return {"items": count, "timings": found, "ratios": ratios, "cpu_ratios": cpu_ratios}


if __name__ == "__main__":
    main()
