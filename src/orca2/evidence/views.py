"""Everything that the page of an ablation shows, in its order, ready for the templates."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from orca2.evidence.results import PARTS
from orca2.reporting import formats
from orca2.reporting.charts import Point, frontier

Row = Mapping[str, Any]

TITLES = {"lessons": "Equal lessons", "tokens": "Equal supervised tokens"}
SAYS = {
    "lessons": "Every arm learns as many lessons; verified arms of the very same prompts.",
    "tokens": "Every arm learns from as many supervised tokens, so one with short answers learns from more prompts.",
}


def page(found: Row) -> dict[str, Any]:
    """The templates' context. Text is unescaped; only the charts are ready markup."""
    return {
        "name": found["name"],
        "facts": {
            "student": found["student"],
            "teacher": found["teacher"],
            "arms start from": f"the {found['start']} student",
            "seeds": ", ".join(map(str, found["seeds"])),
        },
        "headline": headline(found),
        "arms": {name: described(arm) for name, arm in found["arms"].items()},
        "messages": found["messages"],
        "leading": found["leading"],
        "margin": found["margin"],
        "held_out": found["held_out"],
        "views": [_view(found, name, view) for name, view in found["views"].items()],
        "cautions": cautions(found),
    }


def headline(found: Row) -> str:
    """How many of the claims hold in the first view, and the figures of the arms that they are about."""
    view = next(iter(found["views"].values()))
    verdicts = Counter(claim["verdict"] for claim in view["claims"])
    words = {"holds": "borne out", "fails": "not borne out", "undecided": "undecided", "untested": "not tested"}
    said = ", ".join(f"{verdicts[verdict]} {word}" for verdict, word in words.items() if verdicts[verdict])
    rows = [_cell(view, arm, found["leading"], "trained", "all") for arm in view["arms"]]
    shown = sorted((row for row in rows if row), key=lambda row: -row["accuracy"])
    figures = [
        f"{row['arm']} {formats.percent(row['accuracy'])} at {formats.tokens(row['tokens'])} tokens an answer"
        for row in shown
        if row["arm"] in ("base", "cautious") or found["arms"][row["arm"]]["strategy"] not in ("", "chosen", "random")
    ]
    return f"Of the method's {len(view['claims'])} claims: {said} by these data. {'; '.join(figures)}."


def described(arm: Row) -> str:
    """An arm in words."""
    if not arm["strategy"]:
        return "the untouched student"
    rules = {"chosen": "the strategy chosen for the family", "random": "a random strategy"}
    rule = rules.get(arm["strategy"], f"always {arm['strategy']}")
    kept = "instruction kept" if arm["kept"] else "instruction erased"
    return ", ".join([rule, kept, *([] if arm["verified"] else ["wrong answers left in"])])


def cautions(found: Row) -> list[str]:
    """What a reader should be careful about."""
    said = [
        f"Intervals and p-values treat seeds and items as drawn from many: two crossed random effects. With"
        f" {len(found['seeds'])} seeds the first part is rough."
        if len(found["seeds"]) > 1
        else "There is one seed, so intervals speak of other items only, and nothing of other trainings.",
        "The teacher's answers are the same for all seeds, so nothing here speaks of another teacher.",
        f"A difference under {found['margin']:g} points counts as none that matters: ablate.margin of the recipe.",
    ]
    if not found["demonstrations"]["rejected"]:
        said.append("No answer of the teacher was wrong, so whether leaving wrong ones out helps cannot be seen here.")
    if found["missing"]:
        said.append(f"Not there, because they failed or were not run: {', '.join(found['missing'])}.")
    return said


def _view(found: Row, name: str, view: Row) -> dict[str, Any]:
    parts = [part for part in PARTS if any(row["part"] == part for row in view["rows"])]
    arms = list(view["arms"])
    return {
        "name": name,
        "title": TITLES[name],
        "says": SAYS[name],
        "arms": view["arms"],
        "claims": view["claims"],
        "comparisons": view["comparisons"],
        "trainings": [_training(arm, view["arms"][arm]) for arm in arms],
        "parts": [
            {
                "title": PARTS[part],
                "totals": [(arm, [_cell(view, arm, m, part, "all") for m in found["messages"]]) for arm in arms],
                "families": _families(found, view, part, arms),
                "chart": _chart(found, view, part),
            }
            for part in parts
        ],
    }


def _cell(view: Row, arm: str, message: str, part: str, family: str) -> Row | None:
    wanted = (arm, message, part, family)
    rows = view["rows"]
    return next((row for row in rows if (row["arm"], row["message"], row["part"], row["family"]) == wanted), None)


def _families(found: Row, view: Row, part: str, arms: Sequence[str]) -> list[tuple[str, str, list[Row | None]]]:
    names = dict.fromkeys(row["family"] for row in view["rows"] if row["part"] == part and row["family"] != "all")
    picked = {name: sorted({by[name] for by in found["chosen"].values() if name in by}) for name in names}
    return [
        (name, " or ".join(picked[name]), [_cell(view, arm, found["leading"], part, name) for arm in arms])
        for name in names
    ]


def _training(name: str, arm: Row) -> dict[str, Any]:
    """Means over the seeds."""
    rows = [row for row in arm["trainings"] if "documents" in row]

    def mean(key: str) -> float:
        return sum(float(row[key]) for row in rows) / len(rows)

    figures = {key: mean(key) for key in ("documents", "supervised_tokens", "tokens", "steps")} if rows else {}
    return {"arm": name, "same_as": arm["same_as"], "figures": figures}


def _chart(found: Row, view: Row, part: str) -> Any:
    points = []
    for arm in view["arms"]:
        row = _cell(view, arm, found["leading"], part, "all")
        if row:
            points.append(Point(arm, row["tokens"], row["accuracy"], row["low"], row["high"]))
    told = "; ".join(f"{p.name} {formats.percent(p.value)} at {formats.tokens(p.tokens)} tokens" for p in points)
    return frontier(points, f"Accuracy against tokens an answer, {PARTS[part]}: {told}")
