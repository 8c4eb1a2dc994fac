"""The figures of an ablation: what the units answered, as means over seeds and items with what stands beside them."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from orca2.core.arms import BASE
from orca2.core.comparing import UNREADABLE
from orca2.core.intervals import wilson
from orca2.core.statistics import Crossed, crossed, holm, never_seen
from orca2.evidence.claims import Claim, claims, judge, single
from orca2.evidence.folders import Ablation, Unit
from orca2.evidence.unit import ANSWERS, MESSAGES, RECORD
from orca2.files import read_json, read_json_lines

LEADING = "default"  # the message under which claims are judged
PARTS = {"trained": "families learned from", "held_out": "families held out"}

Measure = Literal["points", "tokens"]
Values = NDArray[np.float64]  # (seeds, items)
Row = dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """One arm in one view: its answers by message, and per seed what its training was like."""

    seeds: tuple[int, ...]
    items: Mapping[str, list[str]]  # message -> task ids
    families: Mapping[str, str]
    correct: Mapping[str, Values]
    tokens: Mapping[str, Values]
    outcomes: Mapping[str, list[list[str]]]
    trainings: Sequence[Row]
    same_as: str

    def some(self, message: str, families: Sequence[str]) -> list[int]:
        """The columns of the items of these families."""
        return [place for place, task in enumerate(self.items[message]) if self.families[task] in families]


def results(ablation: Ablation) -> Row:
    """Everything that the page shows, as data."""
    plans = {seed: ablation.plan(seed) for seed in ablation.seeds}
    held_out = list(ablation.recipe.tasks.held_out)
    views, missing = {}, list[str]()
    for view in ablation.views:
        arms = {name: _answered(ablation, view, name, plans) for name in ablation.arms}
        found = {name: arm for name, arm in arms.items() if arm is not None}
        missing += _missing(ablation, view, arms)
        views[view] = _view(ablation, found, held_out)
    first = next(iter(plans.values()))
    return {
        "name": ablation.recipe.name,
        "student": ablation.recipe.student.model,
        "teacher": ablation.recipe.teacher.model,
        "start": ablation.recipe.ablate.start,
        "seeds": list(ablation.seeds),
        "messages": MESSAGES,
        "leading": LEADING,
        "held_out": held_out,
        "margin": ablation.recipe.ablate.margin,
        "arms": ablation.described(),
        "chosen": {seed: plan["chosen"] for seed, plan in plans.items()},
        "demonstrations": first["demonstrations"],
        "missing": missing,
        "views": views,
    }


def _view(ablation: Ablation, arms: Mapping[str, Answered], held_out: Sequence[str]) -> Row:
    rows = [row for name, arm in arms.items() for row in _rows(name, arm, held_out)]
    lengths = {(r["arm"], r["message"], r["part"]): r["tokens"] for r in rows if r["family"] == "all"}
    singles = [name for name in single(ablation.arms) if name in arms]
    longest = max(singles, key=lambda name: lengths[name, LEADING, "trained"], default=None)
    wanted = claims({name: arm for name, arm in ablation.arms.items() if name in arms}, longest, bool(held_out))
    compared = _comparisons(wanted, arms, held_out)
    return {
        "arms": {name: {"same_as": arm.same_as, "trainings": list(arm.trainings)} for name, arm in arms.items()},
        "rows": rows,
        "comparisons": compared,
        "claims": [_judged(claim, compared, ablation.recipe.ablate.margin) for claim in wanted],
    }


def _judged(claim: Claim, compared: Sequence[Row], margin: float) -> Row:
    rows = {message: [r for r in compared if (r["claim"], r["message"]) == (claim.name, message)]
            for message in (LEADING, "none")}  # fmt: skip
    leading, without = judge(claim, rows[LEADING], margin), judge(claim, rows["none"], margin)
    return {**leading, "without": {key: without[key] for key in ("verdict", "said", "because")}}


def _missing(ablation: Ablation, view: str, arms: Mapping[str, Answered | None]) -> list[str]:
    """The arms that are not there, and the seeds that are not of the others."""
    whole = [f"{name} (equal {view})" for name, arm in arms.items() if arm is None]
    return whole + [
        f"{name} of seed {seed} (equal {view})"
        for name, arm in arms.items() if arm for seed in ablation.seeds if seed not in arm.seeds
    ]  # fmt: skip


def _answered(ablation: Ablation, view: str, name: str, plans: Mapping[int, Row]) -> Answered | None:
    """An arm's answers of all seeds that are there; None if there are none."""
    seeds, read, trainings, alike = [], [], [], set()
    for seed in ablation.seeds:
        source = name
        if name != BASE:
            same = plans[seed]["views"][view][name]["same_as"]
            alike.add(same)
            source = same or name
        place = ablation.folder(Unit(seed, view, source)).path
        if not (place / RECORD).exists():
            continue
        seeds.append(seed)
        again = f"remove {place / RECORD}, and ablate again"
        read.append(read_json_lines(place / ANSWERS, again))
        record = read_json(place / RECORD, again)
        plan = plans[seed]["views"][view][name] if name != BASE else {}
        trainings.append({"seed": seed, **(record["training"] or {}), "took": record["seconds"],
                          "strategies": plan.get("strategies", {})})  # fmt: skip
        if name == BASE:
            break  # it is the same for all
    if not seeds:
        return None
    items = {m: [row["task"] for row in read[0] if row["system"] == m] for m in MESSAGES}
    cells = [{(row["system"], row["task"]): row for row in rows} for rows in read]

    def grid(field: str) -> dict[str, list[list[Any]]]:
        return {m: [[by[m, task][field] for task in items[m]] for by in cells] for m in MESSAGES}

    outcomes = grid("outcome")
    return Answered(
        tuple(ablation.seeds) if name == BASE else tuple(seeds),
        items,
        {row["task"]: row["family"] for row in read[0]},
        {m: np.asarray([[o == "correct" for o in row] for row in found], float) for m, found in outcomes.items()},
        {m: np.asarray(found, float) for m, found in grid("tokens").items()},
        outcomes,
        trainings,
        alike.pop() if len(alike) == 1 else "",
    )


def _rows(name: str, arm: Answered, held_out: Sequence[str]) -> Iterator[Row]:
    """Accuracy, tokens and unreadable outcomes of an arm: all families of a part, then each."""
    families = sorted(set(arm.families.values()))
    parts = {"trained": [f for f in families if f not in held_out], "held_out": list(held_out)}
    for message in MESSAGES:
        for part, members in parts.items():
            for label, some in [("all", members), *((family, [family]) for family in members)]:
                places = arm.some(message, some)
                if not places:
                    continue
                found = _accuracy(arm.correct[message][:, places])
                outcomes = [row[place] for row in arm.outcomes[message] for place in places]
                yield {
                    "arm": name, "message": message, "part": part, "family": label, "items": len(places),
                    "seeds": len(arm.correct[message]), "accuracy": found.mean,
                    "low": found.low, "high": found.high,
                    "per_seed": [float(row.mean()) for row in arm.correct[message][:, places]],
                    "tokens": float(arm.tokens[message][:, places].mean()),
                    "format_ok": sum(o in ("correct", "wrong") for o in outcomes) / len(outcomes),
                    **{kind: outcomes.count(kind) / len(outcomes) for kind in UNREADABLE},
                }  # fmt: skip


def _accuracy(correct: Values) -> Crossed:
    found = crossed(correct)
    if found.low == found.high:  # all right or all wrong: the items alone say how far that can be trusted
        low, high = wilson(int(correct[0].sum()), correct.shape[1])
        return dataclasses.replace(found, low=low, high=high)
    return dataclasses.replace(found, low=max(0.0, found.low), high=min(1.0, found.high))


def _comparisons(wanted: Sequence[Claim], arms: Mapping[str, Answered], held_out: Sequence[str]) -> list[Row]:
    """The comparisons of all claims under each message; Holm corrects over those of one message."""
    found: list[Row] = []
    for message in (LEADING, "none"):
        rows = [
            _compared(claim, arm, against, message, arms, held_out) for claim in wanted for arm, against in claim.pairs
        ]
        ps = [row["tokens" if row["aim"] == "fewer tokens" else "points"]["p"] for row in rows]
        found += [row | {"p_holm": p} for row, p in zip(rows, holm(ps), strict=True)]
    return found


def _compared(
    claim: Claim, arm: str, against: str, message: str, arms: Mapping[str, Answered], held_out: Sequence[str]
) -> Row:
    ours, theirs = arms[arm], arms[against]
    families = set(ours.families.values())
    part = [family for family in families if (family in held_out) == (claim.part == "held_out")]
    same = bool(ours.same_as or theirs.same_as) and (ours.same_as or arm) == (theirs.same_as or against)
    return {
        "claim": claim.name, "aim": claim.aim, "message": message, "part": claim.part, "arm": arm, "against": against,
        "same_lessons": same,
        "points": dataclasses.asdict(difference(ours, theirs, message, part, "points")),
        "tokens": dataclasses.asdict(difference(ours, theirs, message, part, "tokens")),
    }  # fmt: skip


def difference(ours: Answered, theirs: Answered, message: str, families: Sequence[str], measure: Measure) -> Crossed:
    """Ours minus theirs on the seeds that both have: in points of accuracy, or in tokens an answer."""
    shared = [seed for seed in ours.seeds if seed in theirs.seeds]
    assert ours.items[message] == theirs.items[message], "arms answer the same test tasks"
    places = ours.some(message, families)

    def of(arm: Answered) -> Values:
        values = (100.0 * arm.correct[message] if measure == "points" else arm.tokens[message])[:, places]
        if len(values) == 1 < len(arm.seeds):  # the base, once for all seeds
            return np.repeat(values, len(shared), axis=0)
        return values[[arm.seeds.index(seed) for seed in shared]]

    apart = of(ours) - of(theirs)
    found = crossed(apart)
    if measure == "points" and not apart.any():  # nothing was seen to differ, which is not that nothing does
        reach = 100.0 * never_seen(len(places))
        return dataclasses.replace(found, low=-reach, high=reach)
    return found
