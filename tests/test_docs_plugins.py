"""The plug-ins of docs/plugins.md are whole: each is written to its file and used."""

import json
import re
from pathlib import Path

import pytest

from orca2.benchmarks import load_benchmark
from tests.conftest import Run

PAGE = (Path(__file__).parents[1] / "docs" / "plugins.md").read_text()
FILES = {
    name: code for kind, name, code in re.findall(r"```(python|toml)\n# (\S+)\n(.*?)```", PAGE, re.DOTALL)
}  # by the name in the first line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, code in FILES.items():
        (tmp_path / name).write_text(code)
    return tmp_path


def test_there_is_one_of_each_kind() -> None:
    assert list(FILES) == ["work_backwards.py", "close_enough.py", "sums.py", "adder.py", "own.toml", "halves.py"]


@pytest.mark.slow
def test_a_recipe_of_own_plug_ins_runs(folder: Path, tiny: Path, run: Run) -> None:
    words = (f"student.model={tiny}", "tasks.limits.train=6")
    code, _, said = run("run", folder / "own.toml", "--run", folder / "run", "--until", "erase", *words)
    assert code == 0, said
    shown = [json.loads(line) for line in (folder / "run" / "verified.jsonl").read_text().splitlines()]
    assert len(shown) == 6 and {row["verdict"]["grader"] for row in shown} == {"close_enough"}
    assert all(row["completion"]["text"].startswith("Gladly. The answer is") for row in shown)
    assert {row["strategy"] for row in shown} <= {"direct", "work_backwards"}


def test_a_wrong_option_is_said_by_its_key(folder: Path, tiny: Path, run: Run) -> None:
    words = (f"student.model={tiny}", "tasks.options.rows=many", "teacher.options.polite=3")
    code, _, said = run("run", folder / "own.toml", "--run", folder / "run", *words)
    assert code == 2 and "tasks.options.rows" in said and "teacher.options.polite" in said
    assert not (folder / "run" / "tasks.jsonl").exists()


def test_a_benchmark_of_ones_own_loads(folder: Path) -> None:
    (folder / "halves.jsonl").write_text('{"number": 8}\n{"number": 10}\n')
    loaded = load_benchmark(str(folder / "halves.py"), folder)
    assert [(item.task.prompt, item.task.target) for item in loaded.items][1] == ("What is half of 10?", "5")
