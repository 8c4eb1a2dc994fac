"""The flow of a run in numbers: what each stage made, what it asked for, and what came back."""

import json
from collections.abc import Callable
from pathlib import Path

from orca2.reporting.report._artifacts import read
from orca2.reporting.report._flow import costs, flow, ledger, trainings


def test_every_stage_has_a_step(make_run: Callable[..., Path]) -> None:
    found = read(make_run(["sums", "words"]))
    names = [step.stage for step in flow(found)]
    assert names == ["tasks", "explain", "profile", "teach", "verify", "erase", "train", "evaluate"]
    assert [stage for stage, _ in trainings(found)] == ["explain", "train"]
    assert [row.stage for row in costs(found)] == ["explain", "profile", "teach", "evaluate"]


def test_asked_is_accepted_and_rejected(make_run: Callable[..., Path]) -> None:
    rows = ledger(read(make_run(["sums", "words"])))
    assert [row.stage for row in rows] == ["explain", "teach"]
    for row in rows:
        assert row.asked == row.accepted + row.rejected and row.answered <= row.asked
    assert rows[0].answered == rows[0].asked - 8  # failed calls were asked, and not answered


def test_a_skipped_stage_is_said(make_run: Callable[..., Path]) -> None:
    found = read(make_run(["sums"], skip_explain=True))
    assert next(step for step in flow(found) if step.stage == "explain").unit == "skipped"
    assert [stage for stage, _ in trainings(found)] == ["train"]


def test_thoughts_are_told_of_the_tokens_that_hold_them(make_run: Callable[..., Path]) -> None:
    folder = make_run(["sums"])
    record = json.loads((folder / "record.json").read_text())
    record["stages"]["teach"]["tokens_thought"] = 7
    (folder / "record.json").write_text(json.dumps(record))
    thoughts = {row.stage: row.thought for row in costs(read(folder))}
    assert thoughts == {"explain": 0, "profile": 0, "teach": 7, "evaluate": 0}  # records of before have none
