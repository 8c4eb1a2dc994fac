"""What one strategy for every family would lose against the strategy chosen for each, from the profile's trials."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Tries = Mapping[str, tuple[bool, int]]  # task -> right or not, and tokens
Grid = Mapping[str, Mapping[str, Tries]]  # family -> strategy -> tries; any cell may be missing

DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class SingleStrategyBaseline:
    """Means over families, each family weighing the same; `mix` is the chosen strategies on the very same tasks.

    `families` counts those with tasks that both the strategy and the chosen one were tried on, of `of`. `low` and
    `high` bound `difference` (one strategy minus the mix): 95 % percentile bootstrap, tasks drawn within families.
    """

    strategy: str
    families: int
    of: int
    tasks: int
    accuracy: float
    tokens: float
    mix_accuracy: float
    mix_tokens: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        return self.accuracy - self.mix_accuracy


def single_strategy_baselines(grid: Grid, chosen: Mapping[str, str], seed: int) -> list[SingleStrategyBaseline]:
    """One row a strategy that shares tasks with the chosen one in some family, the least loss first."""
    names = sorted({name for cells in grid.values() for name in cells})
    rows = [row for name in names if (row := _row(name, grid, chosen, seed))]
    return sorted(rows, key=lambda row: (-row.families, -row.difference, row.tokens))


def _row(name: str, grid: Grid, chosen: Mapping[str, str], seed: int) -> SingleStrategyBaseline | None:
    pairs = []
    for family, best in chosen.items():
        ours, theirs = grid.get(family, {}).get(name, {}), grid.get(family, {}).get(best, {})
        if shared := [task for task in ours if task in theirs]:
            pairs.append(np.asarray([(*ours[task], *theirs[task]) for task in shared], dtype=float))
    if not pairs:
        return None
    accuracy, tokens, mix_accuracy, mix_tokens = np.mean([rows.mean(axis=0) for rows in pairs], axis=0)
    rng = np.random.default_rng(seed)
    drawn = np.zeros(DRAWS)
    for rows in pairs:
        kinds, counts = np.unique(rows[:, 0] - rows[:, 2], return_counts=True)
        drawn += rng.multinomial(len(rows), counts / len(rows), size=DRAWS) @ kinds / len(rows)
    low, high = np.percentile(drawn / len(pairs), [2.5, 97.5])
    return SingleStrategyBaseline(
        name, len(pairs), len(chosen), sum(map(len, pairs)),
        float(accuracy), float(tokens), float(mix_accuracy), float(mix_tokens), float(low), float(high),
    )  # fmt: skip
