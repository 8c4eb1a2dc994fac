"""Learning curves: planted ones are seen where they are heading, and uncertainty is said."""

import random
from math import exp, log

from orca2.core.trend import Forecast, Point, forecasts


def planted(rng: random.Random, level: float, slope: float, trials: int) -> list[Point]:
    """A straight line in the log-odds, seen at four points up to 60 lessons."""
    points = []
    for lessons in (15, 30, 45, 60):
        rate = 1 / (1 + exp(-level - slope * log(lessons / 60)))
        points.append(Point(lessons, sum(rng.random() < rate for _ in range(trials)), trials))
    return points


def look(level: float, slope: float, rng: random.Random) -> Forecast:
    """Six families: direct is flat at a third, steps as given; 180 lessons in the end."""
    curves = {
        f"f{i}": {"direct": planted(rng, -0.7, 0.2, 24), "steps": planted(rng, level, slope, 24)} for i in range(6)
    }
    return forecasts(curves, dict.fromkeys(curves, 180.0), {}, 0)["f0"]


def test_what_rises_is_seen_to_pass_what_is_flat() -> None:
    rng = random.Random(0)
    forecasts_ = [look(-1.5, 2.5, rng) for _ in range(20)]  # now 18 % against 33 %, in the end 78 % against 38 %
    probabilities = [forecast.win_probability("steps", "direct", 0.0) for forecast in forecasts_]
    assert min(probabilities) > 0.5 and sum(probabilities) / 20 > 0.85


def test_what_is_flat_is_not_seen_to_rise() -> None:
    rng = random.Random(1)
    forecasts_ = [look(-2.5, 0.0, rng) for _ in range(20)]
    probabilities = [forecast.win_probability("steps", "direct", 0.0) for forecast in forecasts_]
    assert max(probabilities) < 0.65 and sum(probabilities) / 20 < 0.25


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = random.Random(2)
    truth = 1 / (1 + exp(1.0 - 1.0 * log(3)))
    inside = sum(low <= truth <= high for _, low, high in (look(-1.0, 1.0, rng).projected("steps") for _ in range(40)))
    assert inside >= 34


def test_the_teacher_is_the_ceiling_and_seeds_repeat() -> None:
    curves = {"f": {"a": [Point(30, 29, 30), Point(60, 30, 30)]}}
    first, again = (forecasts(curves, {"f": 200.0}, {"f": {"a": 0.6}}, 3)["f"] for _ in range(2))
    assert max(first.draws["a"]) <= 0.6 and first.projected("a") == again.projected("a")


def test_nothing_ahead_is_where_it_stands() -> None:
    curves = {"f": {"a": [Point(60, 120, 240)]}}
    there = forecasts(curves, {"f": 60.0}, {}, 0)["f"]
    mean, low, high = there.projected("a")
    assert abs(mean - 0.5) < 0.02 and low < 0.5 < high and there.extrapolation == 1.0
    assert forecasts(curves, {"f": 150.0}, {}, 0)["f"].extrapolation == 2.5
