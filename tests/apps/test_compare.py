"""compare: the figures of two runs on shared tasks, and every reason to refuse."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orca2.core.statistics import mcnemar
from tests.conftest import Run

SETTINGS = {
    "zero_shot": True, "decoding": "greedy", "max_tokens": 64, "cluster_by": "", "judge": None,
    "systems": {"none": "", "default": "Be careful."},
}  # fmt: skip
MakeSide = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> MakeSide:
    """make(name, right, settings) -> a run folder; `right` maps a task to whether it was answered right."""

    def folder(name: str, right: dict[str, bool], row: dict[str, Any] | None = None, **settings: Any) -> Path:
        path = tmp_path / name
        path.mkdir()
        rows = [
            {"student": "cautious", "system": system, "task": task, "family": f"f{int(task) % 2}", "prompt": task,
             "target": "1", "grader": "number", "response": "1", "tokens": 5, "answer": "1", "why": "",
             "where": "whole", "read_by": "number", "cluster": None, "finish_reason": "stop",
             "outcome": "correct" if correct else "truncated", **(row or {})}
            for system in ("none", "default") for task, correct in right.items()
        ]  # fmt: skip
        (path / "record.json").write_text("{}")
        nothing = {"families": {}, "rows": [], "totals": []}
        found = {"seed": 3, "settings": {**SETTINGS, **settings}, "rows": [], "totals": [], "comparisons": []}
        (path / "evaluate.json").write_text(json.dumps({**found, "agreement": nothing}))
        (path / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        return path

    return folder


def right(first: int, last: int, every: int) -> dict[str, bool]:
    return {str(i): i % every == 0 for i in range(first, last)}


def test_figures_on_the_shared_tasks(run: Run, make: MakeSide, tmp_path: Path) -> None:
    ours, theirs = make("a", right(0, 100, 2)), make("b", right(10, 130, 5))
    out = tmp_path / "out.json"
    code, printed, _ = run("compare", ours, theirs, "--out", out)
    assert code == 0
    assert "90 shared tasks; not shared: 10 of the first, 30 of the second" in printed
    assert "underpowered: 90 items, a difference under" in printed and "truncated" in printed
    found = json.loads(out.read_text())
    total, *families = found["comparisons"]
    gained = sum(i % 2 == 0 and i % 5 != 0 for i in range(10, 100))
    lost = sum(i % 2 != 0 and i % 5 == 0 for i in range(10, 100))
    assert (total["items"], total["gained"], total["lost"]) == (90, gained, lost)
    assert total["p"] == mcnemar(gained, lost) and total["low"] < total["difference"] < total["high"]
    assert [row["family"] for row in families] == ["f0", "f1"] and all(row["p_holm"] >= row["p"] for row in families)
    assert [row["correct"] for row in found["totals"]] == [45, 18]
    again = tmp_path / "again.json"
    run("compare", ours, theirs, "--out", again)
    assert again.read_bytes() == out.read_bytes()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"max_tokens": 128}, "max_tokens (64 and 128)"),
        ({"decoding": "sampled"}, "decoding ('greedy' and 'sampled')"),
        ({"zero_shot": False}, "zero_shot (True and False)"),
        ({"systems": {"default": "Be bold."}}, "system ('Be careful.' and 'Be bold.')"),
        ({"row": {"grader": "exact"}}, "grader of 20 tasks (first 0: 'number' and 'exact')"),
        ({"row": {"target": "2"}}, "target of 20 tasks (first 0: '1' and '2')"),
    ],
)
def test_other_settings_are_refused_by_name(run: Run, make: MakeSide, settings: dict[str, Any], said: str) -> None:
    code, printed, error = run("compare", make("a", right(0, 20, 2)), make("b", right(0, 20, 3), **settings))
    assert code == 2 and not printed
    assert error.startswith("orca2: ") and error.count("\n") == 1 and said in error


def test_another_system_message_matters_only_where_it_was_used(run: Run, make: MakeSide) -> None:
    other = {"none": "", "default": "Be bold."}
    folders = make("a", right(0, 20, 2)), make("b", right(0, 20, 3), systems=other)
    assert run("compare", *folders, "--system", "none")[0] == 0


def test_bad_input_is_one_line(run: Run, make: MakeSide, tmp_path: Path) -> None:
    good = make("good", right(0, 20, 2))
    none, older, broken = tmp_path / "none", make("older", {"0": True}), make("broken", {"0": True})
    (older / "evaluate.json").write_text('{"seed": 0, "settings": {}}')
    (broken / "answers.jsonl").write_text("{")
    missing = make("missing", {"0": True})
    (missing / "answers.jsonl").unlink()
    for words, said in (
        ((good, none), "is not a run folder"),
        ((good, older), f"evaluate.json in {older}: rows: Field required; remake it: orca2 evaluate"),
        ((good, broken), "answers.jsonl:1"),
        ((good, missing), "answers.jsonl is missing"),
        ((good, make("apart", right(50, 60, 2))), "share no test task"),
        ((good, good, "--student", "base"), "no student 'base' in answers.jsonl; there: cautious"),
        ((good, good, "--system", "hinted"), "no 'hinted'; one of none, default"),
        ((good, good, "--out", none / "out.json"), "give the path of a file in a folder that is there"),
    ):
        code, _, error = run("compare", *words)
        assert code == 2 and error.count("\n") == 1 and said in error, error
