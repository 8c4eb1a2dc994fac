"""The suite over real HTTP: asked once whatever happens, graded, compared, rated, exported, and shown."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.server import serve

Run = Callable[..., tuple[int, str, str]]


def rows(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "graded.jsonl").read_text().splitlines()]


def test_the_whole_suite_with_a_judge(run: Run, data: Path, endpoint: Any, tmp_path: Path) -> None:
    url, received = endpoint
    words = ("--model", "stub", "--benchmarks", "orca2,gsm8k_3shot", "--data", data, "--out", tmp_path / "out")
    code, out, err = run("suite", url, *words, "--judge", url, "--judge-model", "wise", "--export", "inspect,lm-eval")
    assert code == 0, err
    assert out == f"page     {tmp_path / 'out' / 'suite.html'}\n"
    result = json.loads((tmp_path / "out" / "suite.json").read_text())
    assert not result["skipped"] and len(result["benchmarks"]) == 19
    by_name = {entry["name"]: entry for entry in result["benchmarks"]}
    gsm8k = by_name["gsm8k"]["systems"]["none"]
    assert (gsm8k["items"], gsm8k["correct"], gsm8k["truncated"], gsm8k["chance"]) == (2, 1, 1, 0.0)
    arc = by_name["arc_easy"]["systems"]["default"]
    assert (arc["correct"], arc["ambiguous"], arc["format_ok"], arc["chance"]) == (1, 1, 1, 0.5)
    bench = by_name["mt_bench"]["systems"]["none"]
    assert (bench["items"], bench["rated"], bench["rating"]) == (2, 2, 8.0)
    notes = by_name["aci_bench"]["systems"]["none"]
    assert (notes["held"], notes["made_up"]) == (1, 0)
    assert result["settings"]["judge"] == "wise"
    asked = [body for body in received if body["model"] == "stub"]
    assert all(body["temperature"] == 0 for body in asked)
    shown = [body for body in asked if len(body["messages"]) > 6]
    assert len(shown) == 4  # two items under two messages, three examples before each
    systems = {body["messages"][0]["content"] for body in asked if body["messages"][0]["role"] == "system"}
    assert len(systems) == 1  # the default one; an empty message is none on the wire
    assert len(rows(tmp_path / "out")) == 2 * sum(entry["items"] for entry in result["benchmarks"])


def test_nothing_is_asked_twice_and_a_torn_line_is_owed(run: Run, data: Path, endpoint: Any, tmp_path: Path) -> None:
    url, received = endpoint
    out = tmp_path / "out"
    words = ("suite", url, "--model", "stub", "--benchmarks", "gsm8k,arc_easy", "--data", data, "--out", out)
    assert run(*words)[0] == 0
    before, graded = len(received), (out / "graded.jsonl").read_text()
    assert before == 8
    assert run(*words)[0] == 0
    assert len(received) == before
    answers = out / "answers.jsonl"
    lines = answers.read_text().splitlines(keepends=True)
    answers.write_text("".join(lines[:-1]) + lines[-1][:20])
    os.environ["ORCA2_CACHE"] = str(tmp_path / "another.sqlite")  # so that only the file remembers
    assert run(*words)[0] == 0
    assert len(received) == before + 1
    assert (out / "graded.jsonl").read_text() == graded
    assert len(answers.read_text().splitlines()) == 8


def _kept() -> int:
    with closing(sqlite3.connect(os.environ["ORCA2_CACHE"])) as cache:
        count: int = cache.execute("SELECT count(*) FROM answers").fetchone()[0]
    return count


@pytest.mark.slow
def test_a_killed_suite_goes_on_where_it_was(data: Path, tmp_path: Path) -> None:
    """kill -9 twice: what was kept by then is not asked again, and all else is."""
    items = [{"question": f"What is {n} + 1?", "answer": f"#### {n + 1}"} for n in range(60)]
    (data / "gsm8k" / "test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in items))
    enough = threading.Event()
    seen: list[str] = []

    def slow(messages: list[dict[str, str]]) -> str:
        seen.append(messages[-1]["content"])
        if len(seen) in (15, 35):
            enough.set()
        time.sleep(0.03)
        return "The answer is 1."

    with serve(slow) as (url, _):
        words = ["suite", url, "--model", "stub", "--benchmarks", "gsm8k", "--data", str(data), "--system", "none",
                 "--out", str(tmp_path / "out"), "--concurrency", "2"]  # fmt: skip
        code = f"import sys; sys.argv = {['orca2', *words]!r}; from orca2.cli import main; main()"
        for _ in range(2):
            enough.clear()
            process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
            assert enough.wait(60)
            process.send_signal(signal.SIGKILL)
            process.wait()
            time.sleep(0.5)  # what was in the server's sockets has come
        kept, before = _kept(), len(seen)
        subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert set(seen) == {row["question"] for row in items}
    assert 10 <= kept < 60 and len(seen) == before + 60 - kept
    assert len(rows(tmp_path / "out")) == 60


def test_two_models_on_the_same_items(run: Run, data: Path, endpoint: Any, tmp_path: Path) -> None:
    url, _ = endpoint
    words = ("--benchmarks", "gsm8k,arc_easy,mmlu,mt_bench", "--data", data, "--judge", url, "--judge-model", "wise")
    with serve(lambda messages: "The answer is (A).") as (dull, _):
        assert run("suite", dull, "--model", "dull", *words, "--out", tmp_path / "a")[0] == 0
    code, _, err = run("suite", url, "--model", "b", *words, "--out", tmp_path / "b", "--compare-with", tmp_path / "a")
    assert code == 0, err
    found = json.loads((tmp_path / "b" / "suite.json").read_text())["comparison"]
    total, *families = found["systems"]["none"]["graded"]
    assert (total["items"], total["gained"], total["lost"]) == (6, 3, 2)
    assert [row["family"] for row in families] == ["arc_easy", "gsm8k", "mmlu"]
    assert all(row["p_holm"] >= row["p"] for row in families) and total["underpowered"]
    (preferred,) = found["systems"]["none"]["preferred"]
    assert (preferred["family"], preferred["tie"], preferred["items"]) == ("mt_bench", 2, 2)
    code, _, err = run("suite", url, "--model", "b", *words, "--out", tmp_path / "c", "--max-tokens", 8,
                       "--compare-with", tmp_path / "a")  # fmt: skip
    assert code == 2 and "max_tokens" in err and "run both alike" in err


def test_bad_input_is_one_line(run: Run, data: Path, tmp_path: Path, tiny: Path) -> None:
    def fails(*words: object) -> str:
        code, out, err = run("suite", *words)
        line = err.strip().splitlines()[-1]
        assert code == 2 and not out and line.startswith("orca2: "), err
        return line

    suite = ("--benchmarks", "gsm8k", "--data", data, "--out", tmp_path / "out")
    bare = tmp_path / "bare"
    shutil.copytree(tiny, bare)
    (bare / "chat_template.jinja").unlink()
    assert "has no chat template" in fails(bare, *suite)
    with serve(lambda messages: 401) as (url, received):
        said = fails(url, "--model", "m", *suite)
        assert "does not answer" in said and "401" in said and len(received) == 1
        assert "name one with --model" in fails(url, *suite)
    with serve(lambda messages: "") as (url, _):
        assert "of 4 answers all are empty" in fails(url, "--model", "m", *suite)
    with serve(lambda messages: "Good.") as (url, _):
        open_ones = ("--benchmarks", "mt_bench", "--data", data, "--out", tmp_path / "out")
        judged = fails(url, "--model", "m", *open_ones, "--judge", url, "--judge-model", "j")
        assert "none of" in judged and "'Score: N'" in judged
        assert "needs a judge" in fails(url, "--model", "m", *open_ones)
        (data / "gsm8k" / "test.jsonl").write_text('{"foo": 1}\n')
        assert "not a row of GSM8K" in fails(url, "--model", "m", *suite)
        assert "no such folder" in fails(url, "--model", "m", "--benchmarks", "gsm8k", "--data", tmp_path / "none")
        assert "'--system': no 'loud'" in fails(url, "--model", "m", *suite, "--system", "loud")
        assert "'--export': no 'csv'" in fails(url, "--model", "m", *suite, "--export", "csv")
        assert "no suite.json" in fails(url, "--model", "m", *suite, "--compare-with", tmp_path)


def test_what_is_missing_of_a_suite_is_said_not_fatal(run: Run, endpoint: Any, data: Path, tmp_path: Path) -> None:
    url, _ = endpoint
    (data / "drop.jsonl").unlink()
    words = ("--model", "stub", "--benchmarks", "orca2", "--data", data, "--out", tmp_path / "out", "--system", "none")
    code, _, err = run("suite", url, *words)
    assert code == 0 and "not run: DROP: no file" in err and "not run: MT-Bench needs a judge" in err
    page = (tmp_path / "out" / "suite.html").read_text()
    assert "DROP: no file" in page and "<script>" not in page
