"""Files of requests that ask for thoughts: first those that tell whether the teacher shows any, then all of them."""

import json
from pathlib import Path
from typing import Any

from orca2.core.eliciting import ALOUD
from orca2.run.eliciting import PROBED
from tests.apps.request_files.conftest import Bench
from tests.apps.request_files.test_rounds import answered, requests

KEYS = (
    'strategies=["think", "no_think"]', "profile.choose.f0=think", "profile.choose.f1=think", "teacher.max_tokens=600",
    "teach.samples=1", "teach.min_correct=1", "teach.strategies=1",
)  # fmt: skip


def test_the_first_files_hold_no_more_than_tells_whether_thoughts_are_shown(bench: Bench) -> None:
    bench.begin(*KEYS)
    said = bench.teach("--export", bench.folder / "first")
    rows = requests(bench.folder / "first")
    assert len(rows) == PROBED and "--export FOLDER, for what is asked after these answers" in said
    assert all(row["body"]["chat_template_kwargs"]["enable_thinking"] for row in rows)
    bench.teach("--import", answered(bench, bench.folder / "first"))
    bench.teach("--export", bench.folder / "second")
    rows = requests(bench.folder / "second")
    assert len(rows) == 24 and all(ALOUD in row["body"]["messages"][0]["content"] for row in rows)
    assert not any(row["body"]["chat_template_kwargs"]["enable_thinking"] for row in rows)
    bench.teach("--import", thought(answered(bench, bench.folder / "second")))
    code, _, err = bench.orca2("teach", bench.run)
    assert code == 0, err
    shown = [json.loads(line) for line in (bench.run / "demonstrations.jsonl").read_text().splitlines()]
    right = [row for row in shown if row["verdict"]["outcome"] == "correct"]
    assert right and all(row["completion"]["reasoning"] == "Zebra." for row in right)
    taken = bench.record()["asked"]["import 2"]
    assert 0 < taken["tokens_thought"] < taken["tokens_out"] and bench.record()["asked"]["teach"]["asked"] == 0


def thought(folder: Path) -> Path:
    """The same results, each with a thought before its answer."""

    def thinks(line: str) -> str:
        row: Any = json.loads(line)
        message = row["response"]["body"]["choices"][0]["message"]
        message["content"] = f"<think>Zebra.</think>{message['content']}"
        return json.dumps(row)

    for file in folder.glob("*.jsonl"):
        file.write_text("".join(thinks(line) + "\n" for line in file.read_text().splitlines()))
    return folder
