"""Everything that the page shows, in its order, ready for the templates."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from orca2.core.records import TrainingRecord
from orca2.core.results import Result
from orca2.reporting import formats, judged, profiles, trust
from orca2.reporting.charts import Bar, accuracy_bars, loss_curve
from orca2.reporting.report._agreement import agreement
from orca2.reporting.report._artifacts import Artifacts
from orca2.reporting.report._cautions import cautions
from orca2.reporting.report._examples import demonstration, side_by_side
from orca2.reporting.report._flow import costs, flow, ledger, trainings
from orca2.reporting.report._unread import anchor, reading

SYSTEMS = {"none": "No system message", "default": "Default system message"}
DESCRIPTIONS = {
    "base": "the untouched model",
    "explained": "after explanation tuning, instructions kept",
    "cautious": "after training on erased lessons",
}

SNIPPET = """from transformers import AutoModelForCausalLM, AutoTokenizer

student = {place!r}
tokenizer = AutoTokenizer.from_pretrained(student)
model = AutoModelForCausalLM.from_pretrained(student)
chat = [{{"role": "user", "content": "Your question"}}]
inputs = tokenizer.apply_chat_template(
    chat, add_generation_prompt=True, return_dict=True, return_tensors="pt"
)
output = model.generate(**inputs, max_new_tokens=256)
print(tokenizer.decode(output[0, inputs["input_ids"].shape[1]:], skip_special_tokens=True))"""


def page(found: Artifacts) -> dict[str, Any]:
    """The templates' context. Text is unescaped; only the charts are ready markup."""
    record, recipe = found.record, found.record["recipe"]
    return {
        "name": record["name"],
        "facts": {"student": recipe["student"]["model"], "teacher": _teacher(recipe), "seed": record["seed"]},
        "truth": trust.first_line(found.gold),
        "measure": trust.measure(found.evaluate.golds),
        "profiled": trust.measure(found.gold.ways),
        "by_gold": by_gold(found),
        "judged": found.evaluate.judging,
        "judges": list(judged.lines(found.evaluate.judging)),
        "headline": headline(found),
        "flow": flow(found),
        "who": found.profile.subject,
        "strategies": profiles.strategies(found.profile, recipe.get("strategies", [])),
        "choices": profiles.families(found.profile, recipe.get("strategies", [])),
        "profile_page": (found.folder / "profile.html").exists(),
        "demonstration": demonstration(found),
        "trainings": [(kind, training, _curve(kind, training)) for kind, training in trainings(found)],
        "skipped": found.explain.skipped,
        "bars": [(title, _bars(found, system, title)) for system, title in SYSTEMS.items()],
        "students": {name: DESCRIPTIONS.get(name, "") for name in found.students},
        "totals": found.evaluate.totals,
        "families": _families(found),
        "reading": reading(found),
        "agreement": agreement(found),
        "costs": costs(found),
        "ledger": ledger(found),
        "examples": side_by_side(found),
        "cautions": cautions(found),
        "command": f"orca2 chat {shlex.quote(str(found.folder))}",
        "snippet": SNIPPET.format(place=str(found.folder / "student")),
        "made": {
            "orca2": record.get("orca2", "unknown"), **record.get("versions", {}),
            "recipe": json.dumps(recipe, indent=2, ensure_ascii=False),
        },
    }  # fmt: skip


def headline(found: Artifacts) -> str:
    """The main result in one sentence: cautious against base under the default message; or why there is none."""
    if refusal := trust.refusal(found.gold, found.evaluate.golds):
        return refusal
    ours, theirs = found.total("cautious", "default"), found.total("base", "default")
    test = found.comparison("base")
    size = f"{abs(test.difference):.1f} points {'more' if test.difference > 0 else 'fewer'}"
    change = size if test.difference else "no difference"
    doubt = "" if test.p < 0.05 else ", which chance alone could explain"
    does = trust.does(found.evaluate.golds, _accuracy(ours), formats.count(ours.items))
    return (
        f"With the default system message, the cautious student {does} (95% interval {_interval(ours)}),"
        f" the untouched base student {_accuracy(theirs)} ({_interval(theirs)}):"
        f" {change}{doubt} (95% interval {formats.point_range(test.low, test.high)} points, paired p"
        f" {formats.p_value(test.p)}),"
        f" at {formats.tokens(ours.tokens)} tokens an answer against {formats.tokens(theirs.tokens)}."
    )


def by_gold(found: Artifacts) -> list[tuple[str, list[Result]]]:
    """Where several kinds of gold decide, what each of them says of every student under the default message."""
    if len(found.evaluate.golds) < 2:
        return []
    return [
        (trust.MEASURES[gold], [r for r in found.evaluate.by_gold if r.gold == gold and r.system == "default"])
        for gold in found.evaluate.golds
    ]


def _teacher(recipe: Mapping[str, Any]) -> str:
    teacher = recipe["teacher"]
    kind, model = teacher.get("source") or teacher.get("model"), teacher.get("options", {}).get("model")
    return f"{model} ({kind})" if model else str(kind)


def _families(found: Artifacts) -> list[dict[str, Any]]:
    """One row for all families, then one each: every student's figures and the paired comparison."""
    rows = [*found.evaluate.totals, *found.evaluate.rows]
    cells = {(row.family, row.student): row for row in rows if row.system == "default"}
    families = dict.fromkeys(["all", *(family for family, _ in cells)])
    return [
        {
            "family": family,
            "items": cells[family, "cautious"].items,
            "cells": [cells[family, student] for student in found.students],
            "anchors": [anchor(found, student, "default", family) for student in found.students],
            "test": found.comparison("base", family),
        }
        for family in families
    ]


def _bars(found: Artifacts, system: str, title: str) -> Markup:
    totals = [found.total(student, system) for student in found.students]
    bars = [Bar(t.student, t.correct / t.items, t.low, t.high) for t in totals]
    said = ", ".join(f"{t.student} {_accuracy(t)} (95% interval {_interval(t)})" for t in totals)
    return accuracy_bars(bars, f"{title}: {trust.measure(found.evaluate.golds)} of {said}")


def _curve(kind: str, training: TrainingRecord) -> Markup:
    points = training.loss
    ends = f" from {points[0].loss:.2f} to {points[-1].loss:.2f}" if points else ""
    label = f"Loss while training in {kind}, over {training.steps:,} steps{ends}"
    return loss_curve([{"step": point.step, "loss": point.loss} for point in points], label)


def _accuracy(row: Result) -> str:
    return formats.percent(row.correct, row.items)


def _interval(row: Result) -> str:
    return formats.interval(row.low, row.high)
