"""Who reads which family: said, chosen by hand, or refused before anything is asked."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.stages.test_tasks import RECIPE


def graded(folder: Path, run: Run, rows: list[dict[str, str]], *words: str) -> tuple[int, str, dict[str, Any]]:
    (folder / "data.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "recipe.toml").write_text(RECIPE)
    code, _, said = run("run", folder / "recipe.toml", "--run", folder / "run", "--until", "tasks", *words)
    file = folder / "run" / "tasks.json"
    return code, said, json.loads(file.read_text())["graders"] if file.exists() else {}


MIXED = [
    {"prompt": f"{family} {n}?", "target": targets[n % len(targets)], "family": family, "split": split}
    for family, targets in {
        "sums": ["112,80", "7", "3,5"], "tickets": ["billing", "refund", "shipping"], "names": ["Mia Berg", "x^2 + 1"],
    }.items()
    for n, split in enumerate(("profile", "train", "test") * 5)
]  # fmt: skip


def test_each_family_says_who_reads_it_and_why(run: Run, tmp_path: Path) -> None:
    code, said, graders = graded(tmp_path, run, MIXED)
    assert code == 0
    assert graders["sums"]["read_by"] == {"number": 15} and graders["sums"]["options"] == {"decimal": ","}
    assert graders["tickets"]["read_by"] == {"label": 15}
    assert graders["tickets"]["options"] == {"labels": ["billing", "refund", "shipping"]}
    assert graders["names"]["read_by"] == {"span": 8, "math": 7}
    assert "tickets 15: read by label, labels billing/refund/shipping (tasks.grader = auto, picked" in said
    tasks = [json.loads(line) for line in (tmp_path / "run" / "tasks.jsonl").read_text().splitlines()]
    assert {task["grader_options"].get("decimal") for task in tasks if task["family"] == "sums"} == {","}


def test_a_family_may_have_a_grader_of_its_own(run: Run, tmp_path: Path) -> None:
    own = 'tasks.graders.tickets={name="exact"}'
    code, said, graders = graded(tmp_path, run, MIXED, own, 'tasks.graders.sums={name="number", decimal=","}')
    assert code == 0 and graders["tickets"] == {
        "read_by": {"exact": 15}, "options": {}, "why": "tasks.graders.tickets = exact"
    }  # fmt: skip
    assert graders["sums"]["options"] == {"decimal": ","} and "tasks.graders.sums = number" in said


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("tasks.graders.ticket=exact", "tasks.graders: no row of 'ticket' (did you mean 'tickets'?)"),
        ("tasks.graders.tickets=exakt", "no 'exakt' (did you mean 'exact'?)"),
        ('tasks.graders.sums={name="number", decimals=","}', "tasks.graders.sums: number: unknown option 'decimals'"),
        ('tasks.grader={decimal=","}', "a table of a grader needs its name"),
        ("tasks.graders.names=judge", "no section [judge] says who that is"),
    ],
)
def test_a_wrong_grader_is_said_before_a_row_is_read(run: Run, tmp_path: Path, word: str, said: str) -> None:
    code, line, _ = graded(tmp_path, run, MIXED, word)
    assert code == 2 and said in line and not (tmp_path / "run" / "tasks.jsonl").exists()


def test_a_missing_extra_is_said_before_anything_is_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"prompt": f"Integrate {n}.", "target": "\\int_0^1 x^{n} \\, dx", "split": split}
        for n, split in enumerate(("profile", "train", "test"))
    ]
    assert graded(tmp_path, run, rows)[0] == 0
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, said, _ = graded(tmp_path, run, rows, "--redo", "tasks.max_prompt_chars=99")
    assert code == 2 and "3 gold answers can be compared with an extra only" in said and "orca2[math]" in said


def test_of_a_list_of_gold_answers_any_is_right(run: Run, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"prompt": f"Who wrote book {n}?", "target": ["Mia", "Mia Berg"] if n else "Mia", "split": split}
        for n, split in enumerate(("profile", "train", "test", "train"))
    ]
    code, said, graders = graded(tmp_path, run, rows)
    assert code == 0 and graders["data"]["read_by"] == {"alternatives": 3, "span": 1}
    assert "a list of them goes to alternatives" in said
