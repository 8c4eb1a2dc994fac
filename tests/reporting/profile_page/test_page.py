"""The profile page: every figure beside what it rests on, whatever cells are missing, in a real browser too."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orca2.errors import RunError
from orca2.reporting import profile_page, profiles, report

MakeProfile = Callable[..., Path]


def _html(folder: Path) -> str:
    path = profile_page.write(folder)
    assert path == folder / "profile.html"
    assert not list(folder.glob("*.partial"))
    return path.read_text(encoding="utf-8")


def _change(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    path = folder / "profile.json"
    profile = json.loads(path.read_text())
    change(profile)
    path.write_text(json.dumps(profile))


def test_every_status_and_every_missing_cell_is_said(make_profile: MakeProfile) -> None:
    html = _html(make_profile())
    for status, said in profiles.SAID.items():
        assert f">{status}</small>" in html
        assert said in html
    assert html.count("✓ chosen</span>") == 6 + 5  # in the map, and over the trials of the five tried families
    assert html.count(">not tried<") == 10
    assert "dropped after 24 trials" in html and "dropped after 12 trials" in html
    assert "few trials: 16" in html
    assert "Strategies that fell behind were dropped early in 1 family (word_sorting)" in html


def test_headings_and_curves_where_they_were_measured(make_profile: MakeProfile) -> None:
    html = _html(make_profile())
    assert "→ heading for 71.2%, 46–86%" in html
    assert html.count('<svg class="spark"') == 2  # a lone point is no curve
    assert "4% right after 50 lessons, 25% after 200, heading for 35% (10% to 50%)" in html


def test_a_profile_without_forecasts_and_curves(make_profile: MakeProfile) -> None:
    html = _html(make_profile(heading=False, curves=False))
    assert "heading for" not in html and "<svg" not in html


def test_one_strategy_for_all_is_compared_on_shared_tasks(make_profile: MakeProfile) -> None:
    html = _html(make_profile(hostile=False))
    assert "One strategy for all, step_by_step at best, would get" in html
    assert "over the 5 families where it was tried" in html
    assert ">5 of 6</td>" in html and ">2 of 6</td>" in html


def test_hostile_text_is_shown_not_run(make_profile: MakeProfile) -> None:
    html = _html(make_profile())
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html and "&lt;/details&gt;&lt;/pre&gt;" in html
    assert html.count("<details") == html.count("</details>")


def test_trials_and_tasks_that_are_not_there(make_profile: MakeProfile) -> None:
    folder = make_profile()
    (folder / "tasks.jsonl").write_text("")
    assert "This task is not in tasks.jsonl." in _html(folder)
    (folder / "trials.jsonl").write_text("")
    html = _html(folder)
    assert "No trial of it is in trials.jsonl." in html and "nothing can be compared" in html
    _change(folder, lambda profile: profile.update(families={}))
    assert "No family was profiled." in _html(folder)


def test_missing_artifact_names_its_verb(make_profile: MakeProfile) -> None:
    folder = make_profile()
    (folder / "trials.jsonl").unlink()
    with pytest.raises(RunError, match=r"trials\.jsonl is missing in .*; run: orca2 profile"):
        profile_page.write(folder)


def test_same_artifacts_same_page(make_profile: MakeProfile) -> None:
    folder = make_profile()
    assert _html(folder) == _html(folder)


def test_the_report_of_such_a_profile_links_the_page(make_profile: MakeProfile, make_run: Callable[..., Path]) -> None:
    folder, measured = make_run(("word_sorting", "snarks")), make_profile(hostile=False)
    for name in ("tasks.jsonl", "trials.jsonl"):
        (measured / name).replace(folder / name)
    found = json.loads((measured / "profile.json").read_text())
    found["families"] = {name: found["families"][name] for name in ("word_sorting", "snarks")}
    (folder / "profile.json").write_text(json.dumps(found))
    report.write(folder)
    assert 'href="profile.html"' not in (folder / "report.html").read_text()
    profile_page.write(folder)
    markdown, html = (path.read_text() for path in report.write(folder))
    assert 'href="profile.html"' in html
    for text in (markdown, html):
        assert "dropped after 24 trials" in text and "not tried" in text and "heading for 71.2%" in text
        assert "4 strategies in 2 families" in text
    assert "| undecided |" in markdown
    assert "The trials are too few to choose in 1 family (snarks)" in html


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("hostile", [True, False])
def test_in_a_browser(make_profile: MakeProfile, browser: Any, hostile: bool, width: int, scheme: str) -> None:
    path = profile_page.write(make_profile(hostile=hostile))
    troubles: list[str] = []
    asked: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    shown = page.locator("#trials-1-1")
    assert not shown.is_visible()
    page.get_by_label("trials of word_sorting under direct", exact=True).click()
    assert shown.is_visible() and "✓ correct" in shown.inner_text() and "expected" in shown.inner_text()
    whole = shown.locator("details.whole")
    assert whole.count()
    whole.first.locator("summary").click()
    assert whole.first.locator("pre").is_visible()
    for cell in page.locator("details.cell").all()[1:]:
        cell.locator("> summary").click()
        assert cell.locator("article").first.is_visible()
    for heading in page.locator("h1, h2, h3").all():
        assert heading.is_visible()
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    page.close()
    assert widths[0] <= widths[1]
    assert troubles == []
    assert {url.partition("#")[0] for url in asked if not url.startswith("data:")} == {path.as_uri()}
