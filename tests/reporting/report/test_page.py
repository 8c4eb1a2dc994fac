"""The report: right figures, hostile text harmless, nothing loaded, and a page that a browser shows well."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from orca2.core.preferring import judging
from orca2.errors import RunError
from orca2.reporting import report
from tests.answers import made
from tests.core.test_preferring import TWELVE, pairs

THREE = ("arithmetic", "date_understanding", "logical_deduction")
THIRTEEN = (*THREE, *(f"reasoning_about_colored_objects_and_other_long_names_{n}" for n in range(10)))
MakeRun = Callable[..., Path]


class _Page(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())


def _write(folder: Path) -> tuple[str, _Page]:
    markdown, html = report.write(folder)
    assert (markdown, html) == (folder / "report.md", folder / "report.html")
    assert not list(folder.glob("*.partial"))
    return markdown.read_text(encoding="utf-8"), _Page(html.read_text(encoding="utf-8"))


def test_figures_are_those_of_the_artifacts(make_run: MakeRun) -> None:
    folder = make_run(THREE)
    markdown, page = _write(folder)
    result = json.loads((folder / "evaluate.json").read_text())
    total = {row["student"]: row for row in result["totals"] if row["system"] == "default"}
    wanted = ("base", "all", "default")
    test = next(r for r in result["comparisons"] if (r["against"], r["family"], r["system"]) == wanted)
    accuracy = {name: f"{row['correct'] / row['items']:.1%}" for name, row in total.items()}
    for text in (markdown, page.text):
        assert f"the cautious student answers {accuracy['cautious']} of 120 test questions correctly" in text
        assert f"the untouched base student {accuracy['base']}" in text
        assert f"{test['difference']:.1f} points more" in text
        assert f"95% interval {test['low']:+.1f} to {test['high']:+.1f} points" in text
        assert f"cut off {total['base']['truncated'] / 120:.1%}" in text
        assert accuracy["explained"] in text
        assert "54,321" in text  # tokens asked
        assert "91,356" in text  # 45,678 tokens x 2 epochs
        assert "1:35" in text  # 95.2 seconds
    assert page.text.count("✓ chosen") == markdown.count("✓ chosen") == len(THREE)


def test_cautions_are_said(make_run: MakeRun) -> None:
    _, page = _write(make_run(THREE))
    assert "Cautious against base is underpowered: 120 items, a difference under" in page.text
    assert "4 test tasks share 80% or more of their n-grams with the train split" in page.text
    assert "tie in 1 family (arithmetic)" in page.text
    assert "Every strategy fails in 1 family (date_understanding)" in page.text
    assert "teacher is recorded" in page.text


def test_agreement_is_said_with_how_far_it_can_be_told(make_run: MakeRun) -> None:
    folder = make_run(THREE)
    markdown, page = _write(folder)
    for text in (markdown, page.text):
        assert "Does the student use the chosen strategy unprompted?" in text
        assert "of 40: none 40" in text or "of 40: step_by_step 40" in text
        assert "40 of 40" in text  # known answers of the first family
        assert "cannot be told apart from step_by_step" in text
        assert "too few known answers under direct" in text
    assert "mostly does not use the chosen strategy in 1 family (arithmetic: 0.0% direct)" in page.text
    assert "cannot be told in 2 families (date_understanding; logical_deduction)" in page.text


def test_hostile_text_is_shown_not_run(make_run: MakeRun) -> None:
    markdown, page = _write(make_run(THREE))
    tags = [tag for tag, _ in page.tags]
    assert not {"script", "img"} & set(tags)
    assert "<script>alert(1)</script> <|im_end|> 🐋" in page.text
    outside = re.sub(r"^(`{3,})\w*\n.*?\n\1$", "", markdown, flags=re.S | re.M)
    assert "<script>" not in outside
    assert "evil" not in outside


def test_names_are_escaped_in_markdown_tables(make_run: MakeRun) -> None:
    markdown, page = _write(make_run(("<i>name</i> | *pipe*", *THREE)))
    assert "| \\<i\\>name\\</i\\> \\| \\*pipe\\* |" in markdown
    assert "i" not in [tag for tag, _ in page.tags]


def test_page_loads_nothing_and_is_labelled(make_run: MakeRun) -> None:
    _, page = _write(make_run(THREE))
    loading = ("src", "href", "srcset", "action", "poster")
    loads = [value for tag, attrs in page.tags for key, value in attrs.items() if key in loading and tag != "a"]
    assert [value.partition(":")[0] for value in loads if value] == ["data"]  # the icon
    assert ("html", {"lang": "en"}) in page.tags
    charts = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert len(charts) == 4
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in charts)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert [index for index, level in enumerate(levels) if level == 1] == [0]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_answer_that_is_not_right_is_one_click_from_its_cell(make_run: MakeRun) -> None:
    folder = make_run(THREE)
    _, page = _write(folder)
    answers = _Page((folder / "answers.html").read_text(encoding="utf-8"))
    assert not {"script", "img"} & {tag for tag, _ in answers.tags}
    rows = [json.loads(line) for line in (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()]
    wrong = [row for row in rows if row["outcome"] != "correct"]
    assert sum(attrs.get("class") == "cell" for tag, attrs in answers.tags if tag == "details") == len(wrong)
    anchors = {attrs["id"] for _, attrs in answers.tags if attrs.get("id")}
    links = [attrs["href"] for tag, attrs in page.tags if tag == "a" and "#" in (attrs.get("href") or "")]
    assert len(links) == 9 and {link.partition("#")[2] for link in links} <= anchors
    assert "the closing statement" in answers.text and "no answer found" in answers.text


def test_who_reads_what_and_where_that_is_doubtful(make_run: MakeRun) -> None:
    markdown, page = _write(make_run(THREE))
    for text in (markdown, page.text):
        assert "number 39, span 1" in text and "decimal: ," in text and "picked by gold answer and question" in text
        assert "No answer could be read in more than 2% of what the base student says in" in text


def test_skipped_explain(make_run: MakeRun) -> None:
    markdown, page = _write(make_run(THREE, skip_explain=True))
    for text in (markdown, page.text):
        assert "The explain stage was skipped: explain.tasks = 0." in text
    assert len([tag for tag, _ in page.tags if tag == "svg"]) == 3


def test_improved_and_worsened_are_both_quoted(make_run: MakeRun) -> None:
    _, page = _write(make_run(THIRTEEN, tests=12))
    assert " improved " in page.text
    assert " worsened " in page.text


def test_same_artifacts_same_report(make_run: MakeRun) -> None:
    folder = make_run(THREE)
    first = [path.read_bytes() for path in report.write(folder)]
    assert [path.read_bytes() for path in report.write(folder)] == first


@pytest.mark.parametrize(
    ("name", "verb"),
    [("tasks.json", "tasks"), ("explain.json", "explain"), ("profile.json", "profile"),
     ("verified.jsonl", "verify"), ("lessons.jsonl", "erase"), ("train.json", "train"),
     ("evaluate.json", "evaluate"), ("answers.jsonl", "evaluate")],
)  # fmt: skip
def test_missing_artifact_names_its_verb(make_run: MakeRun, name: str, verb: str) -> None:
    folder = make_run(THREE)
    (folder / name).unlink()
    said = f"{name} is missing in {folder}; run: orca2 {verb} {folder}"
    with pytest.raises(RunError, match=re.escape(said)):
        report.write(folder)
    assert not (folder / "report.html").exists()


def test_broken_artifact_and_no_run_folder(make_run: MakeRun, tmp_path: Path) -> None:
    folder = make_run(THREE)
    (folder / "answers.jsonl").write_text('{"student": "ba', encoding="utf-8")
    said = r"answers\.jsonl:1 in .* is not valid JSON.* remake it: orca2 evaluate"
    with pytest.raises(RunError, match=said):
        report.write(folder)
    with pytest.raises(RunError, match=r"not a run folder \(record\.json is missing\)"):
        report.write(tmp_path)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("families", [THREE, THIRTEEN], ids=["3", "13"])
def test_in_a_browser(make_run: MakeRun, browser: Any, families: tuple[str, ...], width: int, scheme: str) -> None:
    _, path = report.write(make_run(families, tests=12))
    troubles: list[str] = []
    asked: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("requestfailed", lambda request: troubles.append(request.url))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    for heading in page.locator("h1, h2, h3, h4").all():
        assert heading.is_visible()
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    page.close()
    assert widths[0] <= widths[1]
    assert troubles == []
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]


def _by_other_golds(folder: Path, golds: dict[str, int], audit: list[dict[str, Any]]) -> None:
    """Have the tasks of a made run decided by other golds."""
    families = {"arithmetic": {"ways": golds, "set_aside": 7}}
    (folder / "gold.json").write_text(json.dumps({"families": families, "audit": audit}))
    found = json.loads((folder / "evaluate.json").read_text())
    by_gold = [{**row, "gold": gold} for gold in golds for row in found["totals"]]
    (folder / "evaluate.json").write_text(json.dumps({**found, "golds": golds, "by_gold": by_gold}))


def _row(count: int, of: int, low: float, high: float) -> dict[str, Any]:
    rate = {"count": count, "of": of, "low": low, "high": high}
    return {"family": "all", "gold": "agreed", "labelled": of, "false_golds": rate, "false_accepts": rate,
            "false_rejects": rate}  # fmt: skip


def test_agreement_with_the_teacher_is_never_called_accuracy(make_run: MakeRun) -> None:
    folder = make_run(THREE)
    _by_other_golds(folder, {"agreed": 120}, [])
    markdown, page = _write(folder)
    first = "Golds: 120 agreed of 120; how many are false is not known: no labelled rows (tasks.audit) measure it."
    assert markdown.splitlines()[0] == f"> {first}" and first in page.text
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", " ", (folder / "report.html").read_text(), flags=re.DOTALL)
    for text in (markdown, shown):
        assert "the cautious student agrees with the teacher on " in text
        assert "Agreement with the teacher before and after" in text and "accuracy" not in text.lower()


def test_several_kinds_of_gold_are_told_apart(make_run: MakeRun) -> None:
    folder = make_run(THREE)
    rows = [_row(2, 100, 0.002, 0.07), {**_row(2, 100, 0.002, 0.07), "family": "arithmetic"}]
    _by_other_golds(folder, {"given": 60, "agreed": 60}, rows)
    markdown, page = _write(folder)
    for text in (markdown, page.text):
        assert "the cautious student meets the gold of " in text and "By what decides" in text
        assert "agreed, by 100 labelled rows: of golds 2.0% (0\u20137%, 2 of 100) are false" in text
        assert "Golds by family: agreed in arithmetic, by 100 labelled rows" in text
        assert "set aside: 7 of arithmetic. What is left may be easier." in text
    assert "| agreement with the teacher |" in markdown and "| accuracy |" in markdown


def test_a_headline_on_golds_that_nobody_knows_is_refused(make_run: MakeRun) -> None:
    folder = make_run(THREE)
    _by_other_golds(folder, {"agreed": 120}, [_row(3, 12, 0.055, 0.572)])
    markdown, page = _write(folder)
    for text in (markdown, page.text):
        assert "No headline: agreed, by 12 labelled rows" in text and "label more rows" in text
        assert "the cautious student agrees with the teacher" not in text


def test_open_answers_in_pairs_stand_with_what_their_judges_are_worth(make_run: MakeRun) -> None:
    folder = make_run(THREE)
    assert "Open answers in pairs" not in _write(folder)[0]
    found = pairs(*TWELVE)
    answers = {pair.task: made(pair.task, "correct", pair.family) for pair in found}
    evaluated = json.loads((folder / "evaluate.json").read_text())
    judged = json.loads(json.dumps(judging(found, answers, 0, None), default=asdict))
    (folder / "evaluate.json").write_text(json.dumps({**evaluated, "judging": judged}))
    markdown, page = _write(folder)
    assert "| base | all families | 12 | 8 | 1 | 1 | 1 | 1 | +58.3 points (" in markdown
    for text in (markdown, page.text):
        assert "judge judge: the same in both orders in 90.9% (59\u2013100%, 10 of 11)" in text
        assert "the judges are not held against what people say" in text
