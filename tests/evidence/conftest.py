"""An ablation's folder as its cells leave it, with answers drawn at known rates."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from orca2 import recipe
from orca2.core.arms import BASE
from orca2.core.counts import DemonstrationCounts
from orca2.core.types import Answer, Outcome
from orca2.evidence.folders import Ablation, Cell
from orca2.evidence.types import ArmPlan, CellRecord, CellSeconds, CellTraining, Plan

RATES = {
    "base": 0.1, "instruction_tuning": 0.45, "step_by_step": 0.55, "explanation_tuning": 0.4, "random_erased": 0.5,
    "chosen_kept": 0.5, "cautious": 0.7, "cautious_unverified": 0.55,
}  # fmt: skip
TOKENS = {"base": 80, "instruction_tuning": 4, "step_by_step": 45, "cautious": 25, "explanation_tuning": 30}
RECIPE: dict[str, Any] = {
    "name": "a planted ablation",
    "tasks": {"source": "synthetic", "held_out": ["never_seen"]},
    "student": {"model": "models/none"},
    "teacher": {"model": "solver"},
}
ANSWER = Answer(
    student="", system="", task="", family="", prompt="?", target="1", grader="auto", response="1",
    finish_reason="stop", tokens=0, outcome="correct", answer="1", why="", where=None, read_by="number",
)  # fmt: skip
LEARNED = CellTraining(
    rows=9, documents=90, dropped={}, tokens=4000, supervised_tokens=900, epochs=1, steps=12, seconds=3.0, packing=True,
    loss="2.31 -> 0.42", families={"lookup": 90},
)  # fmt: skip
FAMILIES = ("lookup", "a_family_with_quite_a_long_name<b>", "never_seen")


@pytest.fixture
def make_ablation(tmp_path: Path) -> Callable[..., Ablation]:
    """make_ablation(rates=RATES, items=120, ablate={}, same={}) -> what the page is made of, no model involved."""

    def make(
        rates: Mapping[str, float] = RATES,
        items: int = 120,
        ablate: Mapping[str, Any] | None = None,
        same: Mapping[str, str] | None = None,
        held_out: float = 0.5,
    ) -> Ablation:
        data = {**RECIPE, "ablate": {"arms": list(rates), **(ablate or {})}}
        ablation = Ablation(tmp_path / "ablation", recipe.check(data, "test"), tmp_path)
        for seed in ablation.seeds:
            arms = {
                name: ArmPlan(
                    lessons=90, supervised_tokens=900, steps=12, strategies={"direct": 40, "step_by_step": 50},
                    same_as=(same or {}).get(name, ""),
                )
                for name in rates if name != BASE
            }  # fmt: skip
            plan = Plan(
                key="", matchings=dict.fromkeys(ablation.matchings, arms),
                demonstrations=DemonstrationCounts(asked=100, accepted=90, rejected={"wrong": 10}), wrong={},
                chosen=dict.fromkeys(FAMILIES[:2], "direct"),
            )  # fmt: skip
            (ablation.path / f"seed-{seed}").mkdir(parents=True)
            (ablation.path / f"seed-{seed}" / "plan.json").write_text(json.dumps(asdict(plan)))
        for cell in ablation.cells():
            answer(ablation, cell, rates[cell.arm], items, held_out)
        return ablation

    return make


def answer(ablation: Ablation, cell: Cell, rate: float, items: int, held_out: float) -> None:
    rng, rows = Random(f"{cell}"), list[Answer]()
    for message in ("none", "default", "hinted"):
        for family in FAMILIES if message != "hinted" else FAMILIES[:2]:
            for number in range(items):
                hard = Random(f"{family}/{number}").uniform(-0.15, 0.15)  # the same for all: items differ
                right = rng.random() < (rate if family != "never_seen" else rate * held_out) + hard
                wrong: list[Outcome] = ["wrong", "wrong", "truncated"]
                rows.append(replace(
                    ANSWER, system=message, task=f"{family}-{number}", family=family,
                    outcome="correct" if right else rng.choice(wrong),
                    tokens=TOKENS.get(cell.arm, 27) + rng.randrange(4),
                ))  # fmt: skip
    place = ablation.folder(cell).path
    (place / "answers.jsonl").write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))
    record = CellRecord(
        key="", seed=cell.seed, matching=cell.matching, arm=cell.arm, training=None if cell.arm == BASE else LEARNED,
        seconds=CellSeconds(3.0, 2.0),
    )  # fmt: skip
    (place / "cell.json").write_text(json.dumps(asdict(record)))
