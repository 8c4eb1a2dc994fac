"""The page of an ablation: planted rates come out as the verdicts that they are, in words and in a browser."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from orca2.core.claims import BETTER, Paired
from orca2.evidence import claims, page
from orca2.evidence.folders import Ablation
from tests.apps.conftest import browser
from tests.evidence.conftest import RATES

__all__ = ["browser"]

MakeAblation = Callable[..., Ablation]


def verdicts(ablation: Ablation) -> dict[str, str]:
    page.write(ablation)
    found = json.loads((ablation.path / "results.json").read_text())
    return {claim["claim"]: claim["verdict"] for claim in found["matchings"]["lessons"]["claims"]}


def test_a_method_that_works_is_said_to(make_ablation: MakeAblation) -> None:
    assert set(verdicts(make_ablation(items=400, ablate={"seeds": 5})).values()) == {"holds"}


def test_a_method_that_does_nothing_is_said_to(make_ablation: MakeAblation) -> None:
    level = dict.fromkeys(RATES, 0.5) | {"instruction_tuning": 0.62, "cautious_unverified": 0.6}
    found = verdicts(make_ablation(level, items=400, ablate={"seeds": 5}))
    assert found["choosing_single"] == "fails" and found["verifying"] == "fails"
    assert found["choosing_random"] != "holds" and found["transfer"] != "holds"
    assert found["erasing"] in ("holds", "undecided") and found["tokens"] == "holds"


def test_a_difference_within_chance_is_not_called_worse() -> None:
    chance = Paired("cautious", "random_erased", BETTER, -1.2, -4.0, 1.6, 0.4, 1.0)
    assert claims._said(chance, "fails", 2.0).endswith("no gain that matters")
    shown = Paired("cautious", "base", BETTER, -3.2, -5.1, -1.2, 0.004, 0.01)
    assert claims._said(shown, "fails", 2.0).endswith("which is worse")


def test_few_data_decide_nothing(make_ablation: MakeAblation) -> None:
    level = dict.fromkeys(RATES, 0.5)
    found = verdicts(make_ablation(level, items=12))
    assert {found[name] for name in ("choosing_single", "choosing_random", "erasing", "verifying")} == {"undecided"}


def test_arms_of_the_same_lessons_cannot_differ(make_ablation: MakeAblation) -> None:
    ablation = make_ablation(same={"cautious_unverified": "cautious"})
    assert verdicts(ablation)["verifying"] == "undecided"
    said = (ablation.path / "ablation.md").read_text()
    assert "cautious and cautious_unverified learned the very same lessons" in said
    assert "cautious_unverified (that of cautious)" in said


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


@pytest.mark.parametrize("width", [1280, 375])
def test_in_a_browser(make_ablation: MakeAblation, browser: Any, width: int) -> None:
    path = page.write(make_ablation(ablate={"match_by": ["lessons", "tokens"]}))
    troubles: list[str] = []
    asked: list[str] = []
    shown = browser.new_page(viewport={"width": width, "height": 900})
    shown.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
    shown.on("pageerror", lambda error: troubles.append(str(error)))
    shown.on("request", lambda request: asked.append(request.url))
    shown.goto(path.as_uri())
    assert shown.locator(".claims li").count() == 12  # six claims in two views
    for heading in shown.locator("h1, h2, h3, h4").all():
        assert heading.is_visible()
    assert shown.locator("svg .dot").count() == 4 * len(RATES)
    labels = shown.evaluate(
        "[...document.querySelector('svg').querySelectorAll('.number')].map(e => e.getBoundingClientRect().toJSON())"
    )
    for first in labels:
        apart = [abs(first["x"] - b["x"]) > 4 or abs(first["y"] - b["y"]) > 4 for b in labels if b is not first]
        assert all(apart), "every dot's number can be read"
    assert shown.get_by_text("name<b>").first.is_visible()
    widths = shown.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    shown.close()
    assert widths[0] <= widths[1]
    assert troubles == []
    assert {url for url in asked if not url.startswith("data:")} == {path.as_uri()}
