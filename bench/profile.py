"""Planted truth for the choice of a strategy: synthetic students whose accuracies are known.

A draw has four strategies of 5 to 200 tokens an answer. The best one's accuracy, tokens paid for, is 0, 5, 10 or 20
points above the second's; the others are lower still. Run: python bench/profile.py [--quick]. The last line is one JSON
object.
"""

import argparse
import json
import os
import random
import time
from collections.abc import Hashable
from pathlib import Path
from typing import Any

from orca2.core.racing import Rules, TrialRecord, race, upcoming

POOL = 800  # tasks of a family: enough for the whole grid to find a gap of ten points 95 times in 100
GAPS = (0, 5, 10, 20)
RULES = Rules()


def planted(rng: random.Random, gap: int) -> dict[str, tuple[float, float]]:
    """Accuracy and tokens by strategy; in points with tokens paid for, the best leads the second by `gap`."""
    while True:
        tokens = sorted(rng.uniform(5, 200) for _ in range(4))
        top = rng.uniform(0.1, 0.9)
        behind = [0.0, gap / 100, *(gap / 100 + rng.uniform(0, 0.2) for _ in range(2))]
        rng.shuffle(behind)
        found = {
            f"s{i}": (top - less + (cost - tokens[0]) / (100 * RULES.tokens_per_point), cost)
            for i, (less, cost) in enumerate(zip(behind, tokens, strict=True))
        }
        if all(0.1 <= accuracy <= 0.9 for accuracy, _ in found.values()):
            return found


def draw(rng: random.Random, truth: dict[str, tuple[float, float]], racing: bool) -> tuple[str, int, int, int]:
    """The chosen strategy, trials, claims that a dearer one is better, and false ones among them."""
    right: dict[str, dict[Hashable, bool]] = {name: {} for name in truth}
    left, tried = tuple(truth), 0
    claims: dict[str, str] = {}
    while True:
        tried = upcoming(tried, POOL) if racing else POOL
        for name in left:
            right[name] |= {task: rng.random() < truth[name][0] for task in range(len(right[name]), tried)}
        tracks = {name: TrialRecord(right[name], truth[name][1]) for name in truth}
        found = race(tracks, POOL, RULES)
        claims |= {loser: why.split(" beats")[0] for loser, why in found.eliminated.items() if " beats it" in why}
        left = found.surviving
        if found.over or tried == POOL:
            false = sum(truth[winner][0] <= truth[loser][0] for loser, winner in claims.items())
            return left[0], sum(map(len, right.values())), len(claims), false


def measure(draws: int, gap: int, racing: bool, seed: int) -> dict[str, Any]:
    rng = random.Random(f"{seed}/{gap}/{racing}")
    right = trials = claims = false = 0
    for _ in range(draws):
        truth = planted(rng, gap)
        chosen, tried, claimed, wrong = draw(rng, truth, racing)
        net = {name: accuracy - tokens / (100 * RULES.tokens_per_point) for name, (accuracy, tokens) in truth.items()}
        right += net[chosen] >= max(net.values()) - 1e-9
        trials, claims, false = trials + tried, claims + claimed, false + (wrong > 0)
    return {
        "gap": gap, "draws": draws, "right": right / draws, "grid_share": trials / (draws * 4 * POOL),
        "claims": claims, "draws_with_a_false_claim": false / draws,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="50 draws, under a minute")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draws, started = 50 if options.quick else 1000, time.monotonic()
    rows = []
    print(f"{'gap':>4} {'':8} {'right':>7} {'of the grid':>12} {'false claim':>12}")
    for gap in GAPS:
        for racing in (True, False):
            row = measure(draws, gap, racing, options.seed) | {"racing": racing}
            rows.append(row)
            said = f"{gap:4} {'racing' if racing else 'grid':8} {row['right']:7.1%} {row['grid_share']:12.1%}"
            print(f"{said} {row['draws_with_a_false_claim']:12.1%}")
    seconds = round(time.monotonic() - started, 1)
    print(json.dumps({"pool": POOL, "error": RULES.alpha, "seed": options.seed, "seconds": seconds, "rows": rows}))


if __name__ == "__main__":
    main()
elif __name__ == "profile":  # a script beside this one, or a library of its, wants Python's own module of that name
    exec(Path(os.__file__).with_name("profile.py").read_text(), globals())
