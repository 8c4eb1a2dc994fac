"""`orca2 chat` as it is used: through a pipe, as JSON lines, and at a real terminal."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # each starts the command as a process of its own
COMMAND = [sys.executable, "-m", "orca2", "chat"]
LIMIT = 120.0  # seconds until a terminal that says nothing is given up


def pipe(environment: dict[str, str], given: str, *words: object) -> tuple[int, str, str]:
    done = subprocess.run(
        [*COMMAND, *map(str, words)], input=given, capture_output=True, text=True, timeout=LIMIT, env=environment
    )
    return done.returncode, done.stdout, done.stderr


def test_a_pipe_is_a_conversation(tiny: Path, environment: dict[str, str], tmp_path: Path) -> None:
    talk = tmp_path / "talk.json"
    given = f"one\ntwo\n/stats\n/save {talk}\n/nonsense\n/rest\n/reset\n/stats"
    code, out, err = pipe(environment, given, tiny, "--max-tokens", 4, "--device", "cpu", "--system", "s")
    assert code == 0, err
    saved = json.loads(talk.read_text())["messages"]
    assert [message["role"] for message in saved] == ["system", *["user", "assistant"] * 2]
    assert saved[1]["content"] == "one" and saved[4]["content"].splitlines()[0] in out
    assert "tokens in" in out and "started over" in out
    assert "no command /nonsense" in err and "/reset" in err.split("no command /rest")[1]
    assert "cut at 4 tokens" in err and "> " not in out


def test_json_lines(tiny: Path, environment: dict[str, str]) -> None:
    rows: list[Any] = ["one", {"prompt": "one"}, {"prompt": "one", "system": "s"}, {"question": "x"}, 3, "w " * 5000]
    given = "\n".join([*map(json.dumps, rows), "{broken", ""])
    code, out, err = pipe(environment, given, tiny, "--json", "--max-tokens", 4, "--device", "cpu")
    answers = [json.loads(line) for line in out.splitlines()]
    assert code == 2 and "4 lines got an error" in err
    assert answers[0] == answers[1] and answers[0]["finish_reason"] in ("stop", "length")
    assert answers[2]["tokens_in"] != answers[0]["tokens_in"] and answers[0]["tokens_out"] <= 4
    assert all(list(answer) == ["error"] for answer in answers[3:]) and "exceed the context" in answers[5]["error"]


def test_what_cannot_be_loaded_is_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    code, out, err = pipe(environment, "hi\n", tmp_path / "nothing")
    assert code == 2 and out == "" and err.count("\n") == 1 and "does not exist" in err


class Terminal:
    """`orca2 chat` at a terminal of its own, whose Ctrl-C reaches it as a signal."""

    def __init__(self, environment: dict[str, str], *words: object) -> None:
        self.process_id, self._end = pty.fork()
        if self.process_id == 0:
            os.execvpe(sys.executable, [*COMMAND, *map(str, words)], environment)
        self.said = ""

    def wait_for(self, text: str) -> str:
        """Everything up to and with a text, which is taken out."""
        end = time.monotonic() + LIMIT
        while text not in self.said:
            ready, _, _ = select.select([self._end], [], [], max(end - time.monotonic(), 0))
            assert ready, f"{text!r} was never said, but {self.said!r}"
            self.said += os.read(self._end, 4096).decode(errors="replace")
        before, _, self.said = self.said.partition(text)
        return before + text

    def type(self, text: str) -> None:
        os.write(self._end, text.encode())

    def close(self) -> int:
        try:
            while os.read(self._end, 4096):
                pass
        except OSError:  # how Linux says that the other side has gone
            pass
        os.close(self._end)
        return os.waitstatus_to_exitcode(os.waitpid(self.process_id, 0)[1])


def test_at_a_terminal(tiny: Path, environment: dict[str, str]) -> None:
    terminal = Terminal(environment, tiny, "--max-tokens", 1500, "--device", "cpu", "--system", "s")
    try:
        terminal.wait_for("/help lists the commands")
        terminal.wait_for("> ")
        terminal.type("go on and on\r")
        terminal.wait_for("go on and on")
        time.sleep(1.0)
        terminal.type("\x03")  # stops the answer
        terminal.wait_for("[stopped]")
        terminal.wait_for("> ")
        terminal.type("/stats\r")
        assert "; stopped" in terminal.wait_for("stopped")
        terminal.wait_for("> ")
        terminal.type("\x1b[A")  # the line before, from the history
        terminal.wait_for("/stats")
        time.sleep(0.5)  # Python's readline sees a Ctrl-C only while it waits for a key, not within microseconds of one
        terminal.type("\x03")  # leaves the line
        terminal.wait_for("> ")
        terminal.type("\x04")
        assert terminal.close() == 0
    except BaseException:
        os.kill(terminal.process_id, signal.SIGKILL)
        raise
    assert "go on and on" in (Path(environment["XDG_CACHE_HOME"]) / "orca2" / "chat_history").read_text()


def test_markdown_at_a_terminal(smol: str, environment: dict[str, str]) -> None:
    del environment["XDG_CACHE_HOME"]  # the unpacked model is kept there
    terminal = Terminal(environment, smol, "--max-tokens", 60, "--device", "cpu", "--dtype", "fp32")
    try:
        terminal.wait_for("> ")
        terminal.type("What is the capital of France?\r")
        terminal.wait_for("of France?")
        shown = terminal.wait_for("> ")
        terminal.type("\x04")
        assert terminal.close() == 0
    except BaseException:
        os.kill(terminal.process_id, signal.SIGKILL)
        raise
    assert "Paris" in shown and "\x1b[?25l" in shown  # the cursor hides while the Markdown grows
