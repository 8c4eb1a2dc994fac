"""orca2 cache: what is kept is shown, taken out whole, and deleted only when that was said."""

import gzip
import json
import sqlite3
import time
from pathlib import Path

import pytest

from orca2.asking.ask import ask
from orca2.asking.cache import default_path
from orca2.asking.client import ModelClient
from orca2.core.types import Message, Request
from orca2.models.openai import load
from tests.conftest import Run
from tests.server import serve


@pytest.fixture
def kept() -> Path:
    """Three answers of the model `old`, from 100 days ago, and two of `new`."""
    requests = [Request((Message("user", f"q{n} é"),), 9) for n in range(3)]
    with serve(lambda messages: "an answer, ü") as (url, _):
        ask(ModelClient(load("old", url)), requests, "")
        with sqlite3.connect(default_path()) as file:
            file.execute("UPDATE answers SET at = at - 100 * 86400")
        ask(ModelClient(load("new", url)), requests[:2], "")
    return default_path()


def count(file: Path) -> int:
    with sqlite3.connect(file) as opened:
        return int(opened.execute("SELECT count(*) FROM answers").fetchone()[0])


def test_show(kept: Path, run: Run) -> None:
    code, said, _ = run("cache", "show")
    assert code == 0 and "5 answers" in " ".join(said.split())
    old, new = (next(line for line in said.splitlines() if f"/v1 {name}" in line) for name in ("old", "new"))
    day = time.strftime("%Y-%m-%d", time.localtime(time.time() - 100 * 86400))
    assert " 3 " in old and day in old and " 2 " in new and day not in new


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_export(kept: Path, run: Run, tmp_path: Path, name: str) -> None:
    code, said, _ = run("cache", "export", tmp_path / name, "--model", "old")
    assert code == 0 and "3 answers" in said
    opened = gzip.open if name.endswith(".gz") else open
    with opened(tmp_path / name, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert {row["request"]["messages"][0]["content"] for row in rows} == {"q0 é", "q1 é", "q2 é"}
    assert all(row["answer"]["choices"][0]["message"]["content"] == "an answer, ü" for row in rows)
    assert all(row["model"].endswith("/v1 old") and row["at"] < time.time() - 99 * 86400 for row in rows)
    assert {path.name for path in tmp_path.iterdir() if name in path.name} == {name}


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (["--older", "30"], 2),
        (["--model", "new"], 3),
        (["--model", "new", "--older", "30"], 5),
        (["--model", "/v1"], 0),
    ],
)
def test_prune(kept: Path, run: Run, words: list[str], left: int) -> None:
    code, said, _ = run("cache", "prune", *words)
    assert code == 0 and f"{5 - left} answers would go; to delete them, add --yes" in said and count(kept) == 5
    code, said, _ = run("cache", "prune", *words, "--yes")
    assert code == 0 and f"{5 - left} answers deleted" in said and count(kept) == left


def test_what_cannot_be_done_is_one_line(run: Run, kept: Path, tmp_path: Path) -> None:
    for words, why in (
        (["prune"], "say what is to go"),
        (["show", "--file", tmp_path / "none"], "no answers are kept in"),
        (["export", tmp_path / "none" / "out.jsonl"], "is no folder"),
    ):
        code, _, said = run("cache", *words)
        assert code == 2 and why in said and len(said.splitlines()) == 1
    assert not (tmp_path / "none").exists()
