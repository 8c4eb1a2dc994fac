"""Recorded answers to BIG-Bench Hard through the whole suite: the accuracies that their authors published."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from orca2.apps.suite import Options, evaluate
from tests.server import serve

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
RECORDED = SHARED / "bbh_recorded"


@pytest.mark.slow
@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers are not beside the checkout")
@pytest.mark.parametrize(("strategy", "key"), [("direct", "direct"), ("step_by_step", "cot")])
def test_the_published_accuracies(strategy: str, key: str, tmp_path: Path) -> None:
    published = json.loads((RECORDED / "published_accuracy.json").read_text())
    said: dict[str, str] = {}
    (tmp_path / "data" / "bbh").mkdir(parents=True)
    for task in published:
        text = gzip.decompress((RECORDED / f"{task}.jsonl.gz").read_bytes()).decode()
        rows = [json.loads(line) for line in text.splitlines()]
        said |= {row["question"].strip(): row[strategy] for row in rows}
        (tmp_path / "data" / "bbh" / f"{task}.json.gz").symlink_to(SHARED / "eval" / "bbh" / f"{task}.json.gz")

    def answer(messages: list[dict[str, str]]) -> Any:
        return said[messages[-1]["content"]]

    with serve(answer) as (url, received):
        options = Options("bbh", tmp_path / "data", tmp_path / "out", systems=("none",), model_name="recorded")
        evaluate(url, options)
    result = json.loads((tmp_path / "out" / "suite.json").read_text())
    (entry,) = result["benchmarks"]
    found = {row["subset"]: 100 * row["correct"] / row["items"] for row in entry["systems"]["none"]["subsets"]}
    assert entry["systems"]["none"]["failed"] == 0 and len(received) <= entry["items"]
    assert set(found) == set(published)
    assert not {task: found[task] for task in found if abs(found[task] - published[task][key]) > 0.5}
