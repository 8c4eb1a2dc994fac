"""check: what a run would do, and every fault of a recipe, with nothing asked or written."""

import json
from pathlib import Path

import pytest

from orca2 import recipe as recipes
from orca2.apps.check import check as foresee
from orca2.errors import DataError, Faults, Orca2Error

RECIPE = """
name = "mine"

[tasks]
source = "jsonl"
options = { path = "rows.jsonl" }
grader = "number"

[tasks.splits]
profile = [0.0, 0.3]
train = [0.3, 0.7]
test = [0.7, 1.0]

[student]
model = "TINY"

[teacher]
model = "openai"
options = { model = "gpt-4o-mini", base_url = "http://127.0.0.1:9/v1", key_env = "" }
max_cost = 2.0
prices = { in = 1.0, out = 10.0 }

[explain]
tasks = 5

[teach]
tasks_per_family = 10
"""


@pytest.fixture
def recipe(tiny: Path, tmp_path: Path) -> Path:
    rows = [{"prompt": f"What is {n} + {n}? Say only the number.", "target": str(2 * n)} for n in range(60)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "mine.toml").write_text(RECIPE.replace("TINY", str(tiny)))
    return tmp_path / "mine.toml"


def check(path: Path, words: list[str]) -> None:
    foresee(recipes.load(path, words), path.parent)


def test_it_says_what_a_run_would_do_and_does_nothing(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(recipe.parent.rglob("*"))
    check(recipe, [])
    said = " ".join(capsys.readouterr().out.split())
    assert "60 rows read" in said and "would not show" in said
    assert "the teacher may cost $" in said and "bounds it at $2.00" in said
    assert "explain: up to 10 lessons, about" in said and "train: up to 10 lessons, about" in said
    assert sorted(recipe.parent.rglob("*")) == before


def test_the_calls_and_their_price_are_those_of_the_recipe(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(recipe, ["explain.tasks=2", "strategies=['direct']", "teach.samples=3", "teacher.temperature=1"])
    rows = [line.replace("│", " ").split() for line in capsys.readouterr().out.splitlines()]
    calls = {row[0]: row[1:] for row in rows if row and row[0] in ("explain", "teach") and row[1] == "teacher"}
    assert calls["explain"][1] == "2" and calls["explain"][3] == "1,024", "two tasks under one strategy"
    assert calls["teach"][1:4] == ["10", "to", "30"], "up to three samples of each of ten tasks"
    assert calls["teach"][-1] == f"${30 * (int(calls['teach'][4]) / 30 + 512 * 10) / 1e6:.2f}"


def test_every_fault_is_said_at_once(recipe: Path) -> None:
    words = [
        "tasks.options.path=none.jsonl",
        "tasks.grader=nubmer",
        "strategies=['dirct']",
        "teacher.options.retires=1",
    ]
    with pytest.raises(Faults) as caught:
        check(recipe, words)
    said = str(caught.value)
    assert all(part in said for part in ("none.jsonl", "'number'", "'direct'", "'retries'")) and said.count("\n") == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["evaluate.cluster_by=passage"], "no task has a field 'passage'"),
        (["family_strategies={nowhere=['direct']}"], "no family 'nowhere'"),
        (["tasks.families=['other']"], "other"),
    ],
)
def test_what_only_the_tasks_show_is_said_too(recipe: Path, words: list[str], said: str) -> None:
    with pytest.raises(Orca2Error, match=said):
        check(recipe, words)


def test_a_missing_recipe_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(Orca2Error, match=r"none\.toml does not exist"):
        check(tmp_path / "none.toml", [])


def test_bad_rows_are_told_before_anything_is_asked(recipe: Path) -> None:
    (recipe.parent / "rows.jsonl").write_text('{"prompt": "What is 2?", "target": ""}\n')
    with pytest.raises(DataError, match=r"rows\.jsonl:1"):
        check(recipe, [])


def test_golds_to_agree_on_are_priced_teacher_by_teacher(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"prompt": f"What is {n} + {n}? Say only the number."} for n in range(60)]
    (recipe.parent / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    other = (
        'tasks.agreed.teachers.big={model="openai",options={model="gpt-4o",base_url="http://127.0.0.1:9/v1",key_env=""}'
    )
    words = ["tasks.gold=agreed", "tasks.agreed.samples=4", "teacher.temperature=0.7", f"{other},temperature=1.0}}"]
    check(recipe, words)
    said = " ".join(capsys.readouterr().out.split())
    assert "gold teacher 240" in said.replace("│", "").replace("  ", " ") or "240" in said
    assert "big" in said and "the teachers may cost $" in said
