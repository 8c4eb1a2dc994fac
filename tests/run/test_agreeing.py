"""What teachers are asked for golds, and what becomes of their answers: cut and failed ones have no vote."""

from pathlib import Path

from orca2 import recipe as recipes
from orca2.asking.converse import CallChain
from orca2.core.types import Completion, Task
from orca2.run.agreeing import Ballot, Cast, ballots, golds, judged_in_pairs, teachers
from orca2.run.demonstrating import first_request
from orca2.run.folder import RunFolder
from orca2.run.tasks import strategies_of

TASK = Task("t", "f", "How much is 4 and 4?", "", "number", "train", gold="agreed")


def folder(tmp_path: Path, *words: str) -> RunFolder:
    big = {"model": "scripted", "temperature": 1.0, "max_tokens": 9}
    agreed = {"samples": 3, "teachers": {"big": big}}
    made = {
        "name": "x", "student": {"model": "none"}, "teacher": {"model": "scripted", "temperature": 0.5},
        "tasks": {"source": "jsonl", "gold": "agreed", "grader": "number", "agreed": agreed},
    }  # fmt: skip
    return RunFolder(tmp_path, recipes.check(made, "x", words), tmp_path, {"stages": {}})


def cast(run: RunFolder, *said: Completion) -> list[Cast]:
    strategy = strategies_of(run)[0]
    request = first_request(run, TASK, strategy)
    return [Cast("teacher", Ballot(TASK, strategy, request), CallChain(request, completion)) for completion in said]


def test_each_teacher_is_asked_under_the_strategies_in_turn(tmp_path: Path) -> None:
    run = folder(tmp_path)
    asked = {name: ballots(run, [TASK], spec) for name, spec in teachers(run).items()}
    assert list(asked) == ["teacher", "big"]
    for name, (temperature, most) in {"teacher": (0.5, 512), "big": (1.0, 9)}.items():
        rows = [
            (b.request.strategy, b.request.sample, b.request.temperature, b.request.max_tokens) for b in asked[name]
        ]
        assert rows == [("direct", 0, temperature, most), ("step_by_step", 0, temperature, most),
                        ("direct", 1, temperature, most)]  # fmt: skip


def test_only_whole_answers_vote(tmp_path: Path) -> None:
    said = [Completion("The answer is 8.", "stop"), Completion("So it is $8.00.", "stop"),
            Completion("The answer is 8.", "length"), Completion("", "error", error="busy"),
            Completion("<think>9</think>The answer is 8.", "stop")]  # fmt: skip
    (found,) = golds([TASK], cast(folder(tmp_path), *said), 0.6)
    assert (found.target, found.agreeing, found.why) == ("8", 3, "3 of 5 agree on '8'")
    assert [vote.answer for vote in found.votes] == ["8", "8", None, None, "8"]


def test_judges_hold_answers_against_another_in_pairs_only(tmp_path: Path) -> None:
    open_task = Task("o", "f", "Write.", "", "judge", "test", gold="judged")
    pairs = ("judge.model=scripted", "judge.mode=pairwise")
    assert judged_in_pairs(folder(tmp_path, *pairs), [TASK, open_task]) == [open_task]
    assert judged_in_pairs(folder(tmp_path, pairs[0]), [TASK, open_task]) == []
