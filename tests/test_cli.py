"""The command line as a program: text that a locale has no letters for, and paths that a file system refuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run

ROWS = [
    {"target": "cat", "response": "The answer is \U0001f408 cat."},
    {"target": "cat", "response": "The answer is \ud83d cat."},
    {"target": "日本", "response": "答えは日本です。"},
]


def program(*words: object, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "orca2", *map(str, words)]
    return subprocess.run(command, input=stdin, capture_output=True, env={**os.environ, **environment}, check=False)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii:strict", "utf-8", "latin-1", "utf-16"])
def test_json_lines_are_json_whatever_the_locale(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    done = program("grade", path, PYTHONUTF8="0", PYTHONIOENCODING=encoding)
    assert done.returncode == 0 and b"Traceback" not in done.stderr
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["1", "2", "3"]


def test_errors_are_said_in_any_locale(tmp_path: Path) -> None:
    done = program("grade", tmp_path / "猫.jsonl", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 2 and "猫.jsonl does not exist" in done.stderr.decode()
    done = program("grade", os.fsencode(tmp_path) + b"/\xff.jsonl") if os.name != "nt" else done
    assert done.returncode == 2 and b"Traceback" not in done.stderr and done.stderr.count(b"\n") == 1


def test_a_terminal_that_lacks_letters_is_shown_them_escaped(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals on Windows")
    path = tmp_path / "answers.jsonl"
    path.write_text(json.dumps(ROWS[0] | {"id": "\U0001f408é"}) + "\n")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, "-m", "orca2", "grade", str(path)]
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stderr and b"Traceback" not in process.stderr.read() and process.wait() == 0
        os.close(theirs)
        line = os.read(ours, 10_000)
    os.close(ours)
    assert b"\\ud83d\\udc08" in line and json.loads(line.decode("cp1252"))["id"] == "\U0001f408é"


def test_a_reader_that_leaves_early_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text((json.dumps(ROWS[0]) + "\n") * 2_000)
    command = [sys.executable, "-m", "orca2", "grade", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_what_the_file_system_refuses_is_one_line(run: Run, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text(json.dumps(ROWS[0]) + "\n")
    (tmp_path / "file").touch()
    for out, said in {
        tmp_path / "none" / "out.jsonl": "No such file or directory",
        tmp_path / "file" / "out.jsonl": "Not a directory",
        tmp_path / ("x" * 300): "File name too long",
    }.items():
        code, _, line = run("grade", answers, "--out", out)
        assert code == 2 and f"{out}: {said}; give another path" in line and line.count("\n") == 1
    code, _, line = run("tasks", tmp_path / "file")
    assert code == 2 and line.count("\n") == 1


def test_the_home_folder_in_every_path(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.chdir(tmp_path)
    (home / "answers.jsonl").write_text(json.dumps(ROWS[0]) + "\n")
    (home / "mine.py").write_text("from orca2.graders.exact import load\n")
    code, _, line = run("grade", "~/answers.jsonl", "--out=~/out.jsonl", "--grader", "~/mine.py")
    assert code == 0 and (home / "out.jsonl").is_file(), line
    code, said, line = run("overlap", "~/answers.jsonl", "--against=~/answers.jsonl", "--fields=response")
    assert code == 0 and "1 of 1 (100.0%)" in said, line
    for words in (
        ["compare", "~/a", "~/b"], ["audit", "~/a"], ["tasks", "~/a"], ["run", "~/a.toml"], ["ablate", "~/a.toml"],
        ["cache", "show", "--file=~/a"], ["fake-teacher", "--scenario=~/a.toml"], ["strategies", "~/a.py"],
        ["improve", "~/a"],
    ):  # fmt: skip
        code, _, line = run(*words)
        assert code == 2 and ("~" not in line or words[0] == "fake-teacher") and line.count("\n") == 1, line
    assert not list(tmp_path.glob("~*"))
