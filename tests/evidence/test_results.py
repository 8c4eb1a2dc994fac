"""The figures of an ablation are those of the answers, and planted rates come out as the verdicts that they are."""

import json
from collections.abc import Callable

import pytest

from orca2.evidence import page
from orca2.evidence.folders import Ablation
from tests.evidence.conftest import RATES

MakeAblation = Callable[..., Ablation]


def verdicts(ablation: Ablation) -> dict[str, str]:
    page.write(ablation)
    found = json.loads((ablation.path / "results.json").read_text())
    return {claim["claim"]: claim["verdict"] for claim in found["matchings"]["lessons"]["claims"]}


@pytest.mark.slow
def test_a_method_that_works_is_said_to(make_ablation: MakeAblation) -> None:
    assert set(verdicts(make_ablation(items=400, ablate={"seeds": 5})).values()) == {"holds"}


@pytest.mark.slow
def test_a_method_that_does_nothing_is_said_to(make_ablation: MakeAblation) -> None:
    level = dict.fromkeys(RATES, 0.5) | {"instruction_tuning": 0.62, "cautious_unverified": 0.6}
    found = verdicts(make_ablation(level, items=400, ablate={"seeds": 5}))
    assert found["choosing_single"] == "fails" and found["verifying"] == "fails"
    assert found["choosing_random"] != "holds" and found["transfer"] != "holds"
    assert found["erasing"] in ("holds", "undecided") and found["tokens"] == "holds"


def test_few_data_decide_nothing(make_ablation: MakeAblation) -> None:
    level = dict.fromkeys(RATES, 0.5)
    found = verdicts(make_ablation(level, items=12))
    assert {found[name] for name in ("choosing_single", "choosing_random", "erasing", "verifying")} == {"undecided"}


def test_an_arm_that_is_missing_is_named_and_the_rest_is_shown(make_ablation: MakeAblation) -> None:
    ablation = make_ablation()
    for seed in ablation.seeds:
        (ablation.path / f"seed-{seed}" / "lessons" / "random_erased" / "cell.json").unlink()
    (ablation.path / "seed-1" / "lessons" / "cautious" / "cell.json").unlink()
    assert verdicts(ablation)["choosing_random"] == "untested"
    found = json.loads((ablation.path / "results.json").read_text())
    assert found["missing"] == ["random_erased (equal lessons)", "cautious of seed 1 (equal lessons)"]
    rows = [row for row in found["matchings"]["lessons"]["rows"] if (row["arm"], row["family"]) == ("cautious", "all")]
    assert {row["seeds"] for row in rows} == {2}


def test_the_figures_are_those_of_the_answers(make_ablation: MakeAblation) -> None:
    ablation = make_ablation(items=60)
    verdicts(ablation)
    rows = json.loads((ablation.path / "results.json").read_text())["matchings"]["lessons"]["rows"]
    row = next(r for r in rows if (r["arm"], r["message"], r["family"]) == ("cautious", "none", "lookup"))
    right = items = tokens = 0
    for seed in ablation.seeds:
        file = ablation.path / f"seed-{seed}" / "lessons" / "cautious" / "answers.jsonl"
        for line in map(json.loads, file.read_text().splitlines()):
            if line["system"] == "none" and line["family"] == "lookup":
                right, items, tokens = right + (line["outcome"] == "correct"), items + 1, tokens + line["tokens"]
    assert items == 3 * row["items"] == 180
    assert row["accuracy"] == pytest.approx(right / items) and row["tokens"] == pytest.approx(tokens / items)
    assert row["low"] < row["accuracy"] < row["high"]
