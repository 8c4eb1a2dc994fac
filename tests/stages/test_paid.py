"""Money and keys from the command line: a cap that stops and goes on, and a key that is written nowhere."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orca2.asking.cache import default_path
from tests.conftest import Run
from tests.doubling import write_rows
from tests.server import Refusal, completion, serve

RECIPE = """
name = "paid"
strategies = ["direct"]
[tasks]
source = "jsonl"
options = { path = "rows.jsonl", fields = { prompt = "q", target = "a", family = "f" } }
limits = { profile = 4, train = 20, test = 4 }
[student]
model = "TINY"
[teacher]
model = "openai"
options = { model = "m", base_url = "URL", concurrency = 2, retries = 0, key_env = "PAID_KEY" }
prices = { in = 1000.0, out = 1000.0 }
max_tokens = 10
[explain]
tasks = 0
[profile]
choose = { doubles = "direct" }
[teach]
tasks_per_family = 20

"""
KEY = "sk-never-to-be-seen"
Write = Callable[[str], Path]


@pytest.fixture
def write(tiny: Path, tmp_path: Path) -> Write:
    write_rows(tmp_path)

    def recipe(url: str) -> Path:
        (tmp_path / "recipe.toml").write_text(RECIPE.replace("TINY", str(tiny)).replace("URL", url))
        return tmp_path / "recipe.toml"

    return recipe


def double(messages: list[dict[str, str]]) -> str:
    return f"The answer is {2 * int(messages[-1]['content'].split()[1])}."


def test_the_cap_stops_with_what_was_spent_and_the_same_command_goes_on(write: Write, run: Run, tmp_path: Path) -> None:
    with serve(double) as (url, received):
        words = ("run", write(url), "--run", tmp_path / "run", "--until", "verify")
        code, _, said = run(*words, "teacher.max_cost=0.2")
        spent = 0.01 * len(received)  # 7 tokens in and 3 out
        assert code == 2 and 0 < spent <= 0.2, said
        assert f"teacher.max_cost = 0.2: ${spent:.4f} were spent" in said.splitlines()[-1]
        assert json.loads((tmp_path / "run/record.json").read_text())["spent"] == pytest.approx(spent)
        assert not (tmp_path / "run/demonstrations.jsonl").exists()
        code, _, said = run(*words, "teacher.max_cost=5.0")
        assert code == 0 and len(received) == 20, said
    record = json.loads((tmp_path / "run/record.json").read_text())
    assert record["spent"] == pytest.approx(0.2) and record["asked"]["teach"]["cached"] == round(spent / 0.01)


UNCOUNTED: list[Any] = [
    None, {}, [], "none", {"prompt_tokens": None}, {"prompt_tokens": -1, "completion_tokens": -1},
    {"prompt_tokens": "x", "completion_tokens": "y"}, {"prompt_tokens": 0.5, "completion_tokens": 0.5},
    {"prompt_tokens": 0, "completion_tokens": 0},
]  # fmt: skip


@pytest.mark.parametrize("usage", UNCOUNTED, ids=str)
def test_the_cap_holds_where_a_server_does_not_say_what_it_counts(
    write: Write, run: Run, tmp_path: Path, usage: Any
) -> None:
    def answer(messages: list[dict[str, str]]) -> Any:
        return {**completion(double(messages)), "usage": usage}

    with serve(answer) as (url, received):
        words = ("run", write(url), "--run", tmp_path / "run", "--until", "verify")
        code, _, said = run(*words, "teacher.max_cost=0.2")
        assert code == 2 and "teacher.max_cost = 0.2" in said.splitlines()[-1]
        spent = json.loads((tmp_path / "run/record.json").read_text())["spent"]
        assert 0 < spent <= 0.2 and 0 < len(received) < 20
        sent = [message["content"] for body in received for message in body["messages"]]
        came = [double(body["messages"]) for body in received]
        assert spent * 1000 == pytest.approx(sum(len(text) / 4 for text in sent + came), rel=0.1)  # four a token, about


def test_the_cap_holds_while_paid_replies_are_of_no_use(write: Write, run: Run, tmp_path: Path) -> None:
    with serve(lambda messages: completion("", "error")) as (url, received):
        words = ("run", write(url), "--run", tmp_path / "run", "--until", "verify", "teacher.options.retries=5")
        code, _, said = run(*words, "teacher.max_cost=0.2")
        assert code == 2 and "teacher.max_cost = 0.2" in said.splitlines()[-1]
        spent = json.loads((tmp_path / "run/record.json").read_text())["spent"]
        assert spent == pytest.approx(0.01 * len(received)) and spent <= 0.2


@pytest.mark.slow
def test_the_key_is_in_no_file_message_or_process_list(write: Write, tmp_path: Path) -> None:
    seen: list[bytes] = []
    process: subprocess.Popen[str] | None = None

    def answer(messages: list[dict[str, str]]) -> Any:
        if process is not None:
            seen.append(Path(f"/proc/{process.pid}/cmdline").read_bytes())
        number = int(messages[-1]["content"].split()[1])
        if number % 5 == 0:
            return Refusal(401, f"the key {KEY} is not allowed to ask this")
        return completion(f"Your key is {KEY}. {double(messages)}")

    with serve(answer) as (url, received):
        command = [sys.executable, "-m", "orca2", "run", str(write(url)), "--run", str(tmp_path / "run")]
        process = subprocess.Popen(
            [*command, "--until", "verify"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=os.environ | {"PAID_KEY": KEY, "HF_HUB_OFFLINE": "1"},
        )  # fmt: skip
        out, err = process.communicate()
    assert process.returncode == 0, err
    assert {body["authorization"] for body in received} == {f"Bearer {KEY}"}
    files = [path for root in (tmp_path, default_path().parent) for path in root.rglob("*") if path.is_file()]
    assert default_path() in files and tmp_path / "run/demonstrations.jsonl" in files
    assert all(KEY.encode() not in path.read_bytes() for path in files)
    assert KEY not in out + err and seen and all(KEY.encode() not in line for line in seen)
    shown = (tmp_path / "run/demonstrations.jsonl").read_text()
    assert "the key [key] is not allowed" in shown and "Your key is [key]." in shown
