"""Labelled rows go the way of rows without a label: what is agreed on, checked or judged is held against the label."""

from dataclasses import replace
from pathlib import Path

from orca2 import recipe as recipes
from orca2.core.auditing import LabelledTask, measure
from orca2.core.types import Completion, Task
from orca2.run.agreeing import golds
from orca2.run.auditing import _by_agreement, audit
from orca2.run.folder import RunFolder
from tests.run.test_agreeing import TASK, cast
from tests.run.test_agreeing import folder as agreeing_folder

LABEL = replace(TASK, target="8", gold="given")


def test_a_gold_that_the_label_denies_is_false_and_what_it_accepts_is_wrong(tmp_path: Path) -> None:
    said = [Completion(f"The answer is {n}.", "stop") for n in (9, 9, 8)]
    votes = cast(agreeing_folder(tmp_path), *said)
    (gold,) = golds([TASK], votes, 0.6)
    found = _by_agreement(LabelledTask(task=TASK, label=LABEL), gold, said[0])
    assert (found.agreed, found.false, found.accepted, found.right) == ("9", True, True, False)
    found = _by_agreement(LabelledTask(task=TASK, label=LABEL), gold, said[2])
    assert (found.accepted, found.right) == (False, True)
    judged = _by_agreement(LabelledTask(task=TASK, response="It is 9.", right=True), gold, said[0])
    assert (judged.false, judged.accepted, judged.right) == (None, True, True)
    cut = _by_agreement(LabelledTask(task=TASK, label=LABEL), gold, replace(said[0], finish_reason="length"))
    assert not cut.accepted and not cut.right


def test_a_judge_is_held_against_what_people_say(tmp_path: Path) -> None:
    made = {
        "name": "x", "student": {"model": "none"}, "teacher": {"model": "scripted"},
        "tasks": {"source": "jsonl", "gold": "judged", "rubric": "It is kind."},
        "judge": {"model": "scripted", "options": {"default": "Score: 9"}}, "cache": str(tmp_path / "answers.sqlite"),
    }  # fmt: skip
    folder = RunFolder(tmp_path, recipes.check(made, "x"), tmp_path, {"stages": {}})
    task = Task("t", "notes", "Write.", "", "judge", "test", {}, {"rubric": "It is kind."}, "judged")
    rows = [LabelledTask(task=replace(task, id=str(n)), response=f"Note {n}", right=n % 4 > 0) for n in range(8)]
    found, asked = audit(folder, rows)
    assert all(row.accepted for row in found) and [row.right for row in found] == [row.right for row in rows]
    (of_all, _) = measure(found)
    assert (of_all.false_accepts.count, of_all.false_accepts.of) == (2, 8) and of_all.wide and asked == []


def test_several_answers_to_one_question_are_each_held_against_what_people_say(tmp_path: Path) -> None:
    run = agreeing_folder(tmp_path, "teacher.model=scripted", "teacher.options.default=The answer is 8.")
    rows = [LabelledTask(task=TASK, response=f"The answer is {n}.", right=n == 8) for n in (8, 9, 8)]
    said = cast(run, *[Completion("The answer is 8.", "stop")] * 3)
    (gold,) = golds([TASK], said, 0.6)
    found = [_by_agreement(row, gold, said[0].chain.completion) for row in rows]
    assert [(row.accepted, row.right) for row in found] == [(True, True), (False, False), (True, True)]
