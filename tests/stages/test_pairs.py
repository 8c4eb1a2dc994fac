"""Open answers of a run in pairs: against every other student and the teacher, by the rubric of the family."""

from pathlib import Path

from orca2 import recipe as recipes
from orca2.core.auditing import measure
from orca2.core.golds import GoldCounts
from orca2.core.records import Golds
from orca2.core.types import Choice, Profile, Task
from orca2.run.folder import RunFolder
from orca2.stages import _pairs
from tests.answers import made

NOTES = [Task(f"n{n}", "notes", f"Note {n}?", "", "judge", "test", {}, {"rubric": "Kind."}, "judged") for n in range(4)]
SUM = Task("s", "sums", "1+1?", "2", "number", "test")


def run_folder(tmp_path: Path, tiny: Path) -> RunFolder:
    recipe = {
        "name": "x", "student": {"model": str(tiny)}, "cache": str(tmp_path / "answers.sqlite"),
        "teacher": {"model": "scripted", "options": {"default": "From the teacher."}},
        "tasks": {"source": "jsonl", "gold": "judged", "rubric": "Kind."},
        "judge": {"model": "scripted", "options": {"default": "Verdict: tie"},
                  "panel": {"first": {"model": "scripted", "options": {"default": "Verdict: A"}}}},
    }  # fmt: skip
    folder = RunFolder(tmp_path, recipes.check(recipe, "x"), tmp_path, {"stages": {}})
    folder.write_rows("tasks.jsonl", [*NOTES, SUM])
    folder.write_rows("golds.jsonl", [])
    folder.write_json("gold.json", Golds(families={"notes": GoldCounts(ways={"judged": 4})}, audit=measure([])))
    folder.write_json("profile.json", Profile("teacher", 0, {"notes": Choice("step_by_step", "", {})}))
    return folder


def test_the_student_is_held_against_each_other_one_and_the_teacher(tmp_path: Path, tiny: Path) -> None:
    answers = [
        made(
            task.id,
            "correct",
            task.family,
            student=student,
            system=system,
            response=f"{student} {task.id}",
            gold="judged",
        )
        for student in ("base", "cautious")
        for system in ("none", "default")
        for task in (*NOTES, SUM)
    ]
    found = _pairs.compare(run_folder(tmp_path, tiny), [*NOTES, SUM], answers)
    assert found is not None
    result, pairs = found
    assert [(pair.against, pair.task) for pair in pairs] == [(a, t.id) for a in ("base", "teacher") for t in NOTES]
    assert {pair.theirs for pair in pairs if pair.against == "teacher"} == {"From the teacher."}
    assert pairs[0].ours == "cautious n0" and pairs[0].theirs == "base n0"
    assert set(pairs[0].judges) == {"judge", "first"} and result.labels is None
    assert {(row.comparison.against, row.comparison.family) for row in result.rows} == {
        ("base", "all"), ("base", "notes"), ("teacher", "all"), ("teacher", "notes"),
    }  # fmt: skip


def test_a_run_without_open_answers_asks_nobody(tmp_path: Path, tiny: Path) -> None:
    assert _pairs.compare(run_folder(tmp_path, tiny), [SUM], [made("s", "correct", "sums")]) is None
