"""The page of an ablation: planted rates come out as the verdicts that they are, in words and in a browser."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from orca2.evidence import page
from orca2.evidence.folders import Ablation
from tests.apps.conftest import browser
from tests.evidence.conftest import RATES

__all__ = ["browser"]

MakeAblation = Callable[..., Ablation]


def verdicts(ablation: Ablation) -> dict[str, str]:
    page.write(ablation)
    found = json.loads((ablation.path / "results.json").read_text())
    return {claim["claim"]: claim["verdict"] for claim in found["matchings"]["lessons"]["claims"]}


def test_arms_of_the_same_lessons_cannot_differ(make_ablation: MakeAblation) -> None:
    ablation = make_ablation(same={"cautious_unverified": "cautious"})
    assert verdicts(ablation)["verifying"] == "undecided"
    said = (ablation.path / "ablation.md").read_text()
    assert "cautious and cautious_unverified learned the very same lessons" in said
    assert "cautious_unverified (that of cautious)" in said


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
