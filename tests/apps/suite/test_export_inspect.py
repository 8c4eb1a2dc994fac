"""Logs of inspect_ai: one for each benchmark and system message, with each answer's turns and score."""

import json
from pathlib import Path

from orca2.apps.suite import _export_inspect
from tests.apps.suite.items import benchmark, item, suite


def test_a_log_holds_each_answer_with_its_turns_and_score(tmp_path: Path) -> None:
    answers = [item("a"), item("b", outcome="truncated", answer=None, finish_reason="length", why="cut")]
    (tmp_path / "answers.jsonl").touch()
    for _ in range(2):  # a second export replaces the first
        _export_inspect.write(tmp_path, suite([benchmark(answers)], systems={"none": ""}), answers)
    (file,) = (tmp_path / "inspect").glob("*.json")
    log = json.loads(file.read_text())
    assert log["eval"]["model"] == "orca2/org/stub" and log["results"]["completed_samples"] == 2
    assert log["results"]["scores"][0]["metrics"]["truncated"]["value"] == 0.5
    first, second = log["samples"]
    assert [turn["role"] for turn in first["messages"]] == ["user", "assistant"]
    assert (first["scores"]["orca2_grader"]["value"], second["scores"]["orca2_grader"]["value"]) == ("C", "I")
    assert second["output"]["choices"][0]["stop_reason"] == "max_tokens"
