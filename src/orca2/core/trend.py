"""Where each strategy is heading while a student is still learning: learning curves, fitted together.

A profile taken early sees reasoning that is not yet learned, and finds answering directly best. So the student is
tried at several points of its explanation tuning. The log-odds of being right are taken as a straight line in the
logarithm of the lessons learned, one line for each family and strategy. Lines of one strategy have slopes that are
alike: a family with few trials borrows from the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

LEVEL, LEVEL_SPREAD = -1.0, 2.5  # prior of the log-odds at the last point: 27 %, and next to nothing said
SLOPE, SLOPE_SPREAD = 1.0, 1.0  # of a strategy's mean slope: lessons doubled, odds doubled
FAMILY_SPREAD = 0.7  # of the slopes of one strategy around their mean
DRAWS = 4000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Point:
    """How a strategy did on a family's tasks once `lessons` of that family and strategy were learned."""

    lessons: float
    correct: int
    trials: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Draws of the accuracy that each strategy of a family comes to, (DRAWS,) a strategy, drawn together.

    `extrapolation` is how many times the lessons seen so far those are that the curves are drawn out to.
    """

    draws: Mapping[str, Floats]
    extrapolation: float = 1.0

    def projected(self, strategy: str) -> tuple[float, float, float]:
        """Mean, and the ends of the 95 % interval; rounded: the last bits depend on how many threads the fit had."""
        draws = self.draws[strategy]
        low, high = np.percentile(draws, [2.5, 97.5])
        return round(float(draws.mean()), 6), round(float(low), 6), round(float(high), 6)

    def win_probability(self, strategy: str, other: str, margin: float) -> float:
        """That the one strategy ends up more than `margin` above the other."""
        return float((self.draws[strategy] - self.draws[other] > margin).mean())


Curves = Mapping[str, Mapping[str, Sequence[Point]]]  # by family and strategy


def forecasts(
    curves: Curves, horizon: Mapping[str, float], ceilings: Mapping[str, Mapping[str, float]], seed: int
) -> dict[str, Forecast]:
    """Where each strategy of each family stands when `horizon[family]` lessons are learned in all.

    `ceilings` are the teacher's own verified rates, which a student does not pass; 1 where not given.
    """
    cells = [(family, name) for family in sorted(curves) for name in sorted(curves[family])]
    names = sorted({name for _, name in cells})
    best, spread = _fit(curves, cells, names)
    factor = np.linalg.cholesky(spread + 1e-9 * np.eye(len(best)))
    drawn = best + np.random.default_rng(seed).standard_normal((DRAWS, len(best))) @ factor.T
    draws_by_family: dict[str, dict[str, Floats]] = {}
    for number, (family, name) in enumerate(cells):
        growth = log(_extrapolation(horizon[family], curves[family][name]))
        odds = drawn[:, number] + drawn[:, len(cells) + number] * growth
        draws_by_family.setdefault(family, {})[name] = expit(odds) * ceilings.get(family, {}).get(name, 1.0)
    extrapolation = {
        family: max(_extrapolation(horizon[family], points) for points in curves[family].values())
        for family in draws_by_family
    }
    return {family: Forecast(draws, extrapolation[family]) for family, draws in draws_by_family.items()}


def _fit(curves: Curves, cells: Sequence[tuple[str, str]], names: Sequence[str]) -> tuple[Floats, Floats]:
    """The most likely levels, slopes and mean slopes, and their covariance there (Laplace)."""
    count = len(cells)
    size = 2 * count + len(names)
    rows, right, tries = [], [], []
    for number, (family, name) in enumerate(cells):
        for point in curves[family][name]:
            row = np.zeros(size)
            row[number] = 1.0
            row[count + number] = log(max(point.lessons, 1e-9) / _last(curves[family][name]))
            rows.append(row)
            right.append(point.correct)
            tries.append(point.trials)
    design, correct, trials = np.array(rows), np.array(right, float), np.array(tries, float)
    precision, centre = np.zeros((size, size)), np.zeros(size)
    for number, (_, name) in enumerate(cells):
        precision[number, number] += LEVEL_SPREAD**-2
        centre[number] += LEVEL * LEVEL_SPREAD**-2
        slope, mean = count + number, 2 * count + names.index(name)
        tied = np.zeros(size)
        tied[slope], tied[mean] = 1.0, -1.0
        precision += np.outer(tied, tied) * FAMILY_SPREAD**-2
    for mean in range(2 * count, size):
        precision[mean, mean] += SLOPE_SPREAD**-2
        centre[mean] += SLOPE * SLOPE_SPREAD**-2
    best, curvature = _newton(design, correct, trials, precision, centre)
    # a student in training swings more from one point to the next than its tasks explain: trials count for less
    rate = expit(design @ best)
    unexplained = (correct - trials * rate) ** 2 / np.maximum(trials * rate * (1 - rate), 1e-9)
    swing = max(1.0, float(unexplained.sum()) / max(len(rows) - count, 1))
    best, curvature = _newton(design, correct / swing, trials / swing, precision, centre)
    return best, np.asarray(np.linalg.inv(curvature), np.float64)


def _newton(
    design: Floats, correct: Floats, trials: Floats, precision: Floats, centre: Floats
) -> tuple[Floats, Floats]:
    """The mode of the posterior, and its curvature there."""
    best = np.zeros(design.shape[1])
    for _ in range(100):
        rate = expit(design @ best)
        curvature = design.T @ (design * (trials * rate * (1 - rate))[:, None]) + precision
        step = np.linalg.solve(curvature, design.T @ (correct - trials * rate) + centre - precision @ best)
        best = best + step * min(1.0, 2.0 / float(np.abs(step).max() + 1e-12))
        if np.abs(step).max() < 1e-8:
            break
    return best, curvature


def _extrapolation(horizon: float, points: Sequence[Point]) -> float:
    return max(horizon / _last(points), 1.0)


def _last(points: Sequence[Point]) -> float:
    return max(max(point.lessons for point in points), 1e-9)
