"""A grader that rejects every answer of a family is named, with three of them, a file of all, and one that fits."""

import json
from pathlib import Path

from tests.conftest import Run
from tests.stages.test_teach import Teacher

STRICT = """
from orca2.core.types import Verdict

def grade(target, response, question):
    right = response == target
    return Verdict("correct" if right else "wrong", response, "the very text" if right else "not the very text")
"""


def test_a_grader_that_rejects_all_is_named_with_the_one_that_fits(teacher: tuple[Teacher, Path], run: Run) -> None:
    folder = teacher[1]
    (folder / "strict.py").write_text(STRICT)
    words = ("run", folder / "recipe.toml", "--run", folder / "run")
    code, _, said = run(*words, "tasks.grader=strict.py", "--until", "verify")
    line = said.splitlines()[-1]
    assert code == 2 and "is right (" in line and "wrong)" in line and "strict.py rejects them: '" in line
    rows = [json.loads(row) for row in (folder / "run/rejected.jsonl").read_text().splitlines()]
    assert (
        line.count("(not the very text)") == 3
        and f"All are in {folder / 'run/rejected.jsonl'}; the grader number" in line
    )
    assert 'then set tasks.graders.doubles = "number"' in line
    assert all(row["outcome"] == "wrong" and row["response"] and row["target"] for row in rows)
    assert f"none of the {len(rows)} demonstrations" in line
    code, _, said = run(*words, "tasks.graders.doubles=number", "tasks.grader=strict.py", "--until", "verify", "--redo")
    assert code == 0 and not (folder / "run/rejected.jsonl").exists(), said
