"""What is right goes on, and what nearly repeats it does not."""

import json
from pathlib import Path

from tests.conftest import Run
from tests.stages.test_teach import Teacher


def test_right_answers_that_nearly_agree_count_once(teacher: tuple[Teacher, Path], run: Run) -> None:
    folder = teacher[1]
    words = (folder / "recipe.toml", "--run", folder / "run", "teach.min_correct=2", "teach.strategies=1")
    code, _, said = run("run", *words, "--until", "verify")
    assert code == 0, said
    counts = json.loads((folder / "run/verify.json").read_text())
    assert counts["asked"] == 18 and counts["rejected"] == {"duplicate": 12}
    assert (counts["accepted"], counts["short"], counts["set_aside"]) == (6, 6, 0)


def test_only_the_shortest_right_answers_go_on(teacher: tuple[Teacher, Path], run: Run) -> None:
    folder = teacher[1]
    words = (folder / "recipe.toml", "--run", folder / "run", "teach.min_correct=2", "teach.strategies=1")
    assert run("run", *words, "--until", "verify", "verify.shortest=1")[0] == 0
    counts = json.loads((folder / "run/verify.json").read_text())
    assert counts["asked"] == counts["accepted"] + sum(counts["rejected"].values())
    code, _, said = run("run", *words, "--until", "verify", "verify.max_tokens=1", "--redo")
    assert code in (0, 2) and (code == 0 or "raise it, or ask for shorter thoughts" in said)
