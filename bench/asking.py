"""Asking a teacher: our engine against a bare loop of its HTTP client and three peers, and where it is hard.

Run: python bench/asking.py [--quick] [--only speed kills resume million storm]. Everything is asked of
`orca2 fake-teacher` on loopback, a fresh one for each run. The last line is one JSON object.
"""

import argparse
import json
import os
import statistics
from collections.abc import Sequence
from typing import Any

import _ask_hard
import _asking
import _environments
from _asking import Took

PARTS = ("speed", "kills", "resume", "million", "storm")
FLIGHT = 256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes, under a minute; only peers that are there")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    quick: bool = options.quick
    figures: dict[str, Any] = {"quick": quick, "machine_cores": os.cpu_count()}
    if "speed" in options.only:
        figures |= _speed(quick)
    if "kills" in options.only:
        figures["kills"] = _ask_hard.kills(500 if quick else 20_000, FLIGHT, 3 if quick else 50)
        print("\nkills:", figures["kills"], flush=True)
    if "resume" in options.only:
        figures["resume"] = _ask_hard.resume(5_000 if quick else 1_000_000, FLIGHT)
        print("\nresume:", figures["resume"], flush=True)
    if "million" in options.only:
        figures["million"] = _ask_hard.million(5_000 if quick else 1_000_000, FLIGHT)
        print("\nmillion:", figures["million"], flush=True)
    if "storm" in options.only:
        told = ("seconds",) if quick else ("seconds", "date", "none")
        figures["storm"] = [_ask_hard.storm(6 if quick else 90, 6000, each, FLIGHT) for each in told]
        for found in figures["storm"]:
            print("\nstorm:", found, flush=True)
    print(json.dumps(figures))


def _speed(quick: bool) -> dict[str, Any]:
    """Ours and all others, at once answered and with skewed latencies; sizes are smaller for slow tools if quick."""
    peers = [] if quick else list(_asking.PEERS)
    for name in peers:
        _environments.make(name)
    turns = 1 if quick else 3
    rows = 2_000 if quick else 20_000
    instant = _rounds(("bare", "ours"), "calm", rows, turns) | _rounds(peers, "calm", rows, 1)
    _show(f"{rows} rows answered at once, {FLIGHT} in flight", instant)
    rows = 500 if quick else 10_000
    skewed = _rounds(("bare", "ours"), "skewed", rows, turns) | _rounds(peers, "skewed", rows, 1)
    _show(f"{rows} rows, answers after 50 ms to 2 s (skewed), {FLIGHT} in flight", skewed)
    imports = {name: _asking.import_seconds(name) for name in ("ours", *peers)}
    print("\nimport, s:", imports, flush=True)
    ratios = {
        f"{kind}_to_{other}": round(_rate(found["ours"]) / _rate(found[other]), 3)
        for kind, found in (("instant", instant), ("skewed", skewed))
        for other in found
        if other != "ours"
    }
    print("requests/s, ours over theirs:", ratios, flush=True)
    return {"instant": instant, "skewed": skewed, "import_s": imports, "ratios": ratios}


def _rounds(names: Sequence[str], scenario: str, rows: int, turns: int) -> dict[str, list[Took]]:
    """The tools take turns, so that what else the machine does falls on all."""
    found: dict[str, list[Took]] = {name: [] for name in names}
    for _ in range(turns):
        for name in names:
            found[name].append(_asking.measure(name, scenario, rows, FLIGHT))
    return found


def _rate(runs: Sequence[Took]) -> float:
    return statistics.median(run["per_second"] for run in runs)


def _show(title: str, found: dict[str, list[Took]]) -> None:
    print(f"\n{title}; median requests/s, the rest of the fastest run")
    print(f"{'':14} {'requests/s':>10} {'CPU s/1,000':>12} {'peak MB':>8} {'first s':>8} {'whole s':>8}")
    for name, runs in found.items():
        best = min(runs, key=lambda run: run["seconds"])
        once = "" if all(run["asked_once"] for run in runs) else "   NOT each row asked once and rightly answered"
        print(
            f"{name:14} {_rate(runs):>10,.0f} {best['cpu_per_1000']:>12.2f} {best['peak_mb']:>8.0f}"
            f" {best['first']:>8.2f} {best['seconds']:>8.2f}{once}",
            flush=True,
        )


if __name__ == "__main__":
    main()
