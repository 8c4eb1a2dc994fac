"""The command line as a program: text that a locale has no letters for, paths that a file system refuses, words that
mean something else, and what a shell completes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import orca2
from tests.conftest import Run

ROWS = [
    {"target": "cat", "response": "The answer is \U0001f408 cat."},
    {"target": "cat", "response": "The answer is \ud83d cat."},
    {"target": "日本", "response": "答えは日本です。"},
]


def refused(run: Run, *words: object) -> str:
    """The one line that a command says no with."""
    code, out, line = run(*words)
    assert code == 2 and not out and line.startswith("orca2: ") and line.count("\n") == 1, (words, code, out, line)
    return line


def program(*words: object, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "orca2", *map(str, words)]
    return subprocess.run(command, input=stdin, capture_output=True, env={**os.environ, **environment}, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1252", "ascii:strict", "utf-8", "latin-1", "utf-16"])
def test_json_lines_are_json_whatever_the_locale(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    done = program("grade", path, PYTHONUTF8="0", PYTHONIOENCODING=encoding)
    assert done.returncode == 0 and b"Traceback" not in done.stderr
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["1", "2", "3"]


@pytest.mark.slow
def test_errors_are_said_in_any_locale(tmp_path: Path) -> None:
    done = program("grade", tmp_path / "猫.jsonl", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.returncode == 2 and "猫.jsonl does not exist" in done.stderr.decode()
    done = program("grade", os.fsencode(tmp_path) + b"/\xff.jsonl") if os.name != "nt" else done
    assert done.returncode == 2 and b"Traceback" not in done.stderr and done.stderr.count(b"\n") == 1


@pytest.mark.slow
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


@pytest.mark.slow
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


STAGES = ("tasks", "gold", "explain", "profile", "teach", "verify", "erase", "train", "evaluate", "report")
ON_A_RUN = (*STAGES, "status", "audit", "improve", "compare")
PATHS = (*ON_A_RUN, "run", "check", "ablate", "overlap", "grade", "chat", "serve", "export", "suite")


@pytest.mark.parametrize("command", PATHS)
def test_no_word_an_empty_one_and_one_that_leads_nowhere(run: Run, odd: Path, command: str) -> None:
    assert f"see: orca2 {command} --help" in refused(run, command) and "missing argument" in refused(run, command)
    rest = ["out"] if command == "export" else []
    assert "it is empty" in refused(run, command, "", *rest)
    assert "it is empty" in refused(run, command, "  ", *rest)
    for path in ("dead.toml", odd / "dead.toml"):
        assert "dead.toml" in refused(run, command, path, *rest)


@pytest.mark.parametrize("command", ON_A_RUN)
def test_a_command_on_a_run_says_what_to_type_for_what_is_none(run: Run, odd: Path, command: str) -> None:
    said = refused(run, command, "a recipe.toml")
    if command in STAGES:
        assert f"to do a recipe up to there: orca2 run 'a recipe.toml' --until {command}" in said
    else:
        assert "to make its run: orca2 run 'a recipe.toml'" in said
    assert f"lies in the run folder run; type: orca2 {command} run" in refused(run, command, "run/student")
    assert "run/record.json lies in the run folder" in refused(run, command, "run/record.json")
    otherwise = "orca2 suite" if command == "evaluate" else "made by: orca2 run RECIPE"
    for other in ("5", "empty", "file", "none/at/all", "org/model", "http://localhost:1/v1"):
        assert otherwise in refused(run, command, other)
    if command != "compare":
        assert "is no record of a run" in refused(run, command, "run")


def test_what_is_no_run_may_be_a_model(run: Run, odd: Path) -> None:
    for model in ("org/model", "https://localhost/v1", str(odd / "empty"), "model.gguf"):
        assert f"to run public benchmarks on a model: orca2 suite {model}\n" in refused(run, "evaluate", model)


@pytest.mark.parametrize("command", ["chat", "serve", "export", "suite"])
def test_what_can_be_no_model(run: Run, odd: Path, command: str) -> None:
    rest = ["out"] if command == "export" else []
    assert "is a recipe, no model; to make its student: orca2 run" in refused(run, command, "a recipe.toml", *rest)
    assert "without a student; to train it: orca2 run bare --until train" in refused(run, command, "bare", *rest)


def test_values_of_options(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for words, said in {
        ("chat", "x", "--device", "gpu"): "'--device': no 'gpu'",
        ("chat", "x", "--device", "cuda:N"): "as in cuda:1",
        ("chat", "x", "--device", "cuda:one"): "no 'cuda:one'",
        ("chat", "x", "--dtype", "bf61"): "(did you mean 'bf16'?)",
        ("chat", "x", "--quantize", "16bit"): "one of 8bit, 4bit",
        ("chat", "x", "--overflow", "dorp"): "(did you mean 'drop'?)",
        ("chat", "x", "--temperature", "nan"): "no finite number",
        ("chat", "x", "--temperature", "inf"): "no finite number",
        ("chat", "x", "--temperature", "warm"): "'warm' is not a valid number",
        ("chat", "x", "--max-tokens", "0"): "x>=1",
        ("serve", "x", "--port", "99999"): "0<=x<=65535",
        ("serve", "x", "--port"): "requires an argument",
        ("serve", "x", "--idle-timeout", "0"): "x>=0.1",
        ("export", "x", "y", "--format", "ggufs"): "(did you mean 'gguf'?)",
        ("export", "x", "y", "--type", "q5"): "one of f16, q8_0, q4_0",
        ("suite", "x", "--system", "none,loud"): "no 'loud'; give one or more of none, default",
        ("suite", "x", "--system", ","): "names none",
        ("suite", "x", "--export", "csv"): "no 'csv'",
        ("suite", "x", "-b", "gms8k"): "(did you mean 'gsm8k'?)",
        ("compare", "a", "b", "--student", "bold"): "'--student': no 'bold'",
        ("cache", "prune", "--older", "-1"): "x>=0",
        ("cache", "show", "more"): "unexpected extra argument",
        ("fake-teacher",): "missing option '--scenario'",
        ("chta",): "no such command 'chta' (did you mean 'chat'?)",
        ("chat", "x", "--sytem", "y"): "no such option '--sytem' (did you mean '--system'?)",
        ("--nonsense",): "see: orca2 --help",
    }.items():
        assert said in refused(run, *words), words
    assert "(env var" not in refused(run, "chat", "x", "--device", "gpu")
    monkeypatch.setenv("ORCA2_DEVICE", "gpu")
    assert "(env var: 'ORCA2_DEVICE')" in refused(run, "chat", "x")
    monkeypatch.setenv("ORCA2_PORT", "many")
    assert "(env var: 'ORCA2_PORT')" in refused(run, "serve", "x", "--device", "cpu")


def test_without_words_the_help_is_shown(run: Run) -> None:
    for words in ([], ["cache"]):
        code, out, err = run(*words)
        assert code == 2 and out.startswith("Usage: orca2") and not err
    assert run("--version")[:2] == (0, f"orca2 {orca2.__version__}\n")


def completed(words: str) -> set[str]:
    """What bash is offered behind these words: the kind and the value of each."""
    done = program(_ORCA2_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split(" ")) - 1))
    assert done.returncode == 0 and not done.stderr, done.stderr
    return set(done.stdout.decode().split())


@pytest.mark.slow
def test_a_shell_completes() -> None:
    assert {"plain,status", "plain,strategies", "plain,suite"} <= completed("orca2 s")
    assert completed("orca2 run a.toml --until t") == {"plain,tasks", "plain,teach", "plain,train"}
    assert completed("orca2 chat x --device c") == {"plain,cpu", "plain,cuda", "plain,cuda:N"}
    assert {"plain,number", "plain,math"} <= completed("orca2 grade a.jsonl --grader ")
    assert completed("orca2 suite x -b gsm8k,arc") == {"plain,gsm8k,arc_easy", "plain,gsm8k,arc_challenge"}
    assert {"plain,orca2", "plain,bbh"} <= completed("orca2 suite x -b ")
    assert completed("orca2 suite x --system none,d") == {"plain,none,default"}
    assert completed("orca2 strategies --try step") == {"plain,step_by_step"}
    assert completed("orca2 train ru") == {"dir,ru"} and completed("orca2 run exa") == {"file,exa"}
    source = program(_ORCA2_COMPLETE="zsh_source").stdout.decode()
    assert "compdef" in source and "_ORCA2_COMPLETE=zsh_complete orca2" in source


@pytest.mark.slow
def test_what_is_stopped_says_so_in_one_line(tmp_path: Path) -> None:
    """The signal comes while a source of the user's own is being read."""
    (tmp_path / "mine.py").write_text(
        "import os, signal\nENDLESS = False\ndef load():\n    os.kill(os.getpid(), signal.SIGINT)\n    yield from ()\n"
    )
    (tmp_path / "r.toml").write_text(
        'name = "r"\n[tasks]\nsource = "mine.py"\n[student]\nmodel = "none"\n[teacher]\nmodel = "solver"\n'
    )
    done = program("run", tmp_path / "r.toml", "--run", tmp_path / "run", "--until", "tasks")
    assert done.returncode == 130 and not done.stdout
    assert done.stderr.decode().split("\n")[-2:] == ["orca2: stopped; the same command goes on from here", ""]
    assert b"Traceback" not in done.stderr and b"\n\n" not in done.stderr
