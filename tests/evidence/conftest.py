"""An ablation's folder as its units leave it, with answers drawn at known rates."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from orca2 import recipe
from orca2.core.arms import BASE
from orca2.evidence.folders import Ablation, Unit

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
            rows = {
                name: {"same_as": (same or {}).get(name, ""), "lessons": 90, "steps": 12, "supervised_tokens": 900,
                       "strategies": {"direct": 40, "step_by_step": 50}}
                for name in rates if name != BASE
            }  # fmt: skip
            plan = {
                "key": "", "views": dict.fromkeys(ablation.views, rows),
                "chosen": dict.fromkeys(FAMILIES[:2], "direct"),
                "demonstrations": {"asked": 100, "accepted": 90, "rejected": {"wrong": 10}, "wrong": {}},
            }  # fmt: skip
            (ablation.path / f"seed-{seed}").mkdir(parents=True)
            (ablation.path / f"seed-{seed}" / "plan.json").write_text(json.dumps(plan))
        for unit in ablation.units():
            answer(ablation, unit, rates[unit.arm], items, held_out)
        return ablation

    return make


def answer(ablation: Ablation, unit: Unit, rate: float, items: int, held_out: float) -> None:
    rng, rows = Random(f"{unit}"), []
    for message in ("none", "default", "hinted"):
        for family in FAMILIES if message != "hinted" else FAMILIES[:2]:
            for number in range(items):
                hard = Random(f"{family}/{number}").uniform(-0.15, 0.15)  # the same for all: items differ
                right = rng.random() < (rate if family != "never_seen" else rate * held_out) + hard
                rows.append({
                    "system": message, "task": f"{family}-{number}", "family": family,
                    "outcome": "correct" if right else rng.choice(["wrong", "wrong", "truncated"]),
                    "tokens": TOKENS.get(unit.arm, 27) + rng.randrange(4),
                })  # fmt: skip
    place = ablation.folder(unit).path
    (place / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    learned = {"documents": 90, "supervised_tokens": 900, "tokens": 4000, "steps": 12, "seconds": 3.0}
    training, seconds = None if unit.arm == BASE else learned, {"training": 3.0, "answering": 2.0}
    record = {
        "key": "",
        "seed": unit.seed,
        "view": unit.view,
        "arm": unit.arm,
        "training": training,
        "seconds": seconds,
    }
    (place / "unit.json").write_text(json.dumps(record))
