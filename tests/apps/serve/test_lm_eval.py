"""lm-eval's `local-completions` against `orca2 serve`, and its own `hf` on the same checkpoint: the same scores."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.serving import KEY, start

SCRIPT = Path(__file__).parents[3] / "bench" / "peers" / "loglikelihood_lm_eval_.py"
WAYS = ("served, ids", "served, ids, 4 in a request", "served, texts")


@pytest.mark.slow
def test_scores_are_those_of_its_own_back_end(tiny: Path, tmp_path: Path) -> None:
    """In float32, whether prompts are sent as ids or as texts, alone or several in a request."""
    pytest.importorskip("lm_eval", reason="lm-eval is not installed (bench/loglikelihood.py makes an environment)")
    rows = tmp_path / "rows.jsonl"
    questions = [
        {"query": f"Question: which comes after {n}, on day {n} of a long year?" + " And then?" * (n % 4),
         "choices": [f"{n + 1}", "a dog that barks", "漢字 or 🐋", f"day {n}"], "gold": n % 4}
        for n in range(12)
    ]  # fmt: skip
    rows.write_text("".join(json.dumps(row) + "\n" for row in questions))
    running = start(tiny, "--device", "cpu", "--dtype", "fp32")
    try:
        asked = {"rows": str(rows), "limit": len(questions), "url": f"{running.base}/v1", "model": "tiny-llama"}
        environment = {**os.environ, "OPENAI_API_KEY": KEY, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, SCRIPT], input=json.dumps({**asked, "checkpoint": str(tiny)}), env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        running.process.terminate()
        assert running.process.wait(60) == 0
    assert done.returncode == 0, done.stderr[-3000:]
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    for way in WAYS:
        assert (said[way]["acc"], said[way]["acc_norm"]) == (said["hf"]["acc"], said["hf"]["acc_norm"])
        for ours, theirs in zip(said[way]["choices"], said["hf"]["choices"], strict=True):
            assert [value for value, _ in ours] == pytest.approx([value for value, _ in theirs], abs=1e-3)
            assert [greedy for _, greedy in ours] == [greedy for _, greedy in theirs]
