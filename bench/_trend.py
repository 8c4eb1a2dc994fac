"""What recorded trainings of `trend.py` say: choices at a third, now and by the trend, against those in the end."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from orca2.core.choosing import Evidence, choose
from orca2.core.racing import Rules
from orca2.core.trend import Forecast, Point, forecasts
from orca2.core.types import Choice, Completion, Trial, Verdict

RULES = Rules()
THIRD, END = 3, 9  # ninths
LEAST = (0.0, 0.55, 0.6, 0.7, 0.8, 0.9)  # chances from which a dearer strategy might be taken
EVAL_TASKS = 12  # tasks of an eval point on the way, as in a recipe; the last one of the third has all

Cell = Mapping[str, Any]  # the trials of a family under a strategy at one eval point: a line of the file
Cells = dict[tuple[int, str, str], Cell]  # by ninths, family and strategy


def read(files: Iterable[Path]) -> dict[int, Cells]:
    """The trials of each seed."""
    found: dict[int, Cells] = defaultdict(dict)
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            cell = json.loads(line)
            found[cell["seed"]][cell["ninths"], cell["family"], cell["strategy"]] = cell
    return dict(found)


def compare(cells: Cells, seed: int) -> list[dict[str, Any]]:
    """Of each family of one training the choices: at a third, plain and by trend, and in the end."""
    families = sorted({family for _, family, _ in cells})
    names = sorted({name for *_, name in cells})
    curves = {f: {s: [_point(cells, n, f, s) for n in range(1, THIRD + 1)] for s in names} for f in families}
    total = {family: float(cells[END, family, names[0]]["lessons"]) for family in families}
    ahead = forecasts(curves, total, {}, seed)
    rows = []
    for family in families:
        third, end = ({s: _trials(cells[n, family, s]) for s in names} for n in (THIRD, END))
        pool = len(next(iter(end.values())))
        trend, full = choose(third, pool, RULES, Evidence(ahead[family])), choose(end, pool, RULES)
        rows.append({
            "seed": seed, "family": family, "plain": choose(third, pool, RULES).chosen, "by_trend": trend.chosen,
            "status": trend.status, "full": full.chosen, "full_status": full.status,
            "chance": _chance(trend, ahead[family]),
            "tokens": {name: cell.tokens for name, cell in full.strategies.items()},
            "comes_to": {name: cell.accuracy for name, cell in full.strategies.items()},
        })  # fmt: skip
    return rows


def _chance(choice: Choice, forecast: Forecast) -> float:
    """How likely the strategy chosen is to pay more in the end than the other one."""
    [other] = set(choice.strategies) - {choice.chosen}
    dearer_by = choice.strategies[choice.chosen].tokens - choice.strategies[other].tokens
    return forecast.win_probability(choice.chosen, other, dearer_by / (100 * RULES.tokens_per_point))


def _point(cells: Cells, ninths: int, family: str, name: str) -> Point:
    cell = cells[ninths, family, name]
    right = cell["right"] if ninths == THIRD else cell["right"][:EVAL_TASKS]
    return Point(cell["lessons"] * ninths / END, right.count("1"), len(right))


def _trials(cell: Cell) -> list[Trial]:
    verdicts = {"1": Verdict("correct", None, ""), "0": Verdict("wrong", None, "")}
    return [
        Trial(str(index), cell["family"], cell["strategy"], Completion("", "stop", 0, tokens), verdicts[bit])
        for index, (bit, tokens) in enumerate(zip(cell["right"], cell["tokens"], strict=True))
    ]


def show(files: Sequence[Path]) -> None:
    """A row a family and seed, and last one line of JSON."""
    rows = [row for seed, cells in sorted(read(files).items()) for row in compare(cells, seed)]
    print(f"{'seed':>4} {'family':15} {'plain, 1/3':>14} {'by trend, 1/3':>16} {'in the end':>14}")
    for row in rows:
        trend = row["by_trend"] + (" ?" if row["status"] == "early" else "")
        print(f"{row['seed']:>4} {row['family']:15} {row['plain']:>14} {trend:>16} {row['full']:>14}")
    dearer = [row for row in rows if row["full"] != min(row["comes_to"])]  # by name: direct is the cheaper one
    guesses = {str(least): _by_least_chance(rows, least) for least in LEAST}
    for least, guess in guesses.items():
        print(f"the dearer only with a chance of {least}: {guess}")
    print(json.dumps({
        "choices": len(rows), "by_least_chance": guesses,
        "as_full": {how: sum(row[how] == row["full"] for row in rows) for how in ("plain", "by_trend")},
        "dearer_in_the_end": len(dearer),
        "of_these_as_full": {how: sum(row[how] == row["full"] for row in dearer) for how in ("plain", "by_trend")},
        "sure": sum(row["status"] != "early" for row in rows),
        "sure_as_full": sum(row["status"] != "early" and row["by_trend"] == row["full"] for row in rows),
        "sure_and_ten_points_lost": sum(row["status"] != "early" and _lost(row) > 0.1 for row in rows),
        "accuracy_in_the_end": {
            how: round(sum(row["comes_to"][row.get(how, how)] for row in rows) / len(rows), 3)
            for how in ("plain", "by_trend", "full", "direct", "step_by_step")
        },
    }))  # fmt: skip


def _by_least_chance(rows: Sequence[Mapping[str, Any]], least: float) -> dict[str, float]:
    """What the choices come to where a dearer strategy that the trials do not call better has to be that likely."""
    chosen = [row["plain"] if row["chance"] < least else row["by_trend"] for row in rows]
    pairs = list(zip(rows, chosen, strict=True))
    return {
        "accuracy": round(sum(row["comes_to"][name] for row, name in pairs) / len(rows), 3),
        "tokens": round(sum(row["tokens"][name] for row, name in pairs) / len(rows), 1),
        "as_full": sum(row["full"] == name for row, name in pairs),
        "dearer_as_full": sum(row["full"] == name != min(row["comes_to"]) for row, name in pairs),
    }


def _lost(row: Mapping[str, Any]) -> float:
    """Of the accuracy in the end, by not having chosen the best."""
    return float(max(row["comes_to"].values()) - row["comes_to"][row["by_trend"]])
