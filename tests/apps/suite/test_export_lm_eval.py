"""The suite as lm-eval and inspect write it: every row, and the same figures."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orca2.apps.suite import _export_lm_eval
from tests.apps.suite.items import benchmark, item, suite

Run = Callable[..., tuple[int, str, str]]


def test_exports_hold_every_row(run: Run, data: Path, endpoint: Any, tmp_path: Path) -> None:
    url, _ = endpoint
    out = tmp_path / "out"
    words = ("suite", url, "--model", "org/stub", "--benchmarks", "gsm8k,race", "--data", data, "--out", out)
    assert run(*words, "--export", "inspect,lm-eval")[0] == 0
    assert run(*words, "--export", "inspect,lm-eval")[0] == 0  # once more replaces
    logs = [json.loads(file.read_text()) for file in sorted((out / "inspect").glob("*.json"))]
    assert [log["eval"]["task"] for log in logs] == ["gsm8k", "gsm8k", "race", "race"]
    assert [sample["scores"]["orca2_grader"]["value"] for sample in logs[0]["samples"]] == ["C", "I"]
    (results,) = (out / "lm-eval").glob("results_*.json")
    found = json.loads(results.read_text())
    assert found["results"]["gsm8k_none"]["exact_match,orca2"] == 0.5
    assert found["group_subtasks"]["race_none"] == ["race_none_high", "race_none_middle"]
    assert found["n-samples"]["gsm8k_none"] == {"original": 2, "effective": 2}
    (file,) = (out / "lm-eval").glob("samples_gsm8k_none_*")
    samples = [json.loads(line) for line in file.read_text().splitlines()]
    assert [sample["exact_match"] for sample in samples] == [1.0, 0.0]


def test_errors_are_those_of_means_of_zeros_and_ones(tmp_path: Path) -> None:
    answers = [item(f"t{n}", outcome="correct" if n < 3 else "wrong") for n in range(4)]
    (tmp_path / "answers.jsonl").touch()
    _export_lm_eval.write(tmp_path, suite([benchmark(answers)]), answers)
    (file,) = (tmp_path / "lm-eval").glob("results_*.json")
    figures = json.loads(file.read_text())["results"]["gsm8k_none"]
    assert figures["exact_match,orca2"] == 0.75
    assert abs(figures["exact_match_stderr,orca2"] - (0.75 * 0.25 / 3) ** 0.5) < 1e-9
    assert _export_lm_eval._error(0.0, 1) is None
