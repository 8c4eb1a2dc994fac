"""A user's function or program decides whether an answer is right; a crash of it is no verdict, and never "wrong".

A `.py` file has `check(answer, task)`, which returns True or False, or a pair of that and a line of why; `task` is a
mapping of id, family, prompt, target and fields. A command gets the answer on standard input and the task as JSON in
the environment variable ORCA2_TASK; it ends with exit code 0 (right) or 1 (wrong) and says why in the first line of
what it prints. Any other end, a 1 without a word, or one that takes longer than `timeout` seconds fails the row.
"""

import functools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orca2 import plugins
from orca2.core.types import Task, Verdict
from orca2.errors import RecipeError
from orca2.files import located
from orca2.reading.line_workers import LineWorkers

TASK = "ORCA2_TASK"
TIMEOUT = 10.0  # seconds
START = 60.0  # seconds for a file to be imported
WORKERS = min(4, os.cpu_count() or 1)
TOLD = ("id", "family", "prompt", "target", "fields", "system", "history")  # what a check is told of a task
SHOWN = 200  # characters of what a check says
_TRACEBACK = b"Traceback (most recent call last)"  # Python ends with exit code 1 where it crashes, too


@dataclass(frozen=True, slots=True)
class Check:
    """Asks the function of a `.py` file, or a command.

    >>> Check(["grep", "-q", "7"]).grade("", "It is 7.").outcome
    'correct'
    """

    run: str | Sequence[str]
    timeout: float = TIMEOUT

    def reads(self, target: str, question: str = "") -> bool:
        """Whatever the gold answer is, or none: the check decides."""
        return True

    def grade(self, target: str, response: str, question: str = "") -> Verdict:
        """The verdict on a response where no more is known of the task."""
        return self.grade_task(Task("", "", question, target, "check", "test"), response)

    def grade_task(self, task: Task, response: str) -> Verdict:
        """What the check says of a response to a task."""
        known = asdict(task)
        told = {name: known[name] for name in TOLD}
        words = [self.run] if isinstance(self.run, str) else list(self.run)
        by_function = len(words) == 1 and words[0].endswith(".py")
        said = self._function(words[0], told, response) if by_function else self._command(words, told, response)
        name = " ".join(Path(word).name for word in words)
        if said.crash:
            return Verdict("failed", None, f"check {name} {said.crash[:SHOWN]}", None, "check")
        why = said.why[:SHOWN] or ("accepted" if said.right else "rejected")
        return Verdict("correct" if said.right else "wrong", response.strip(), f"{name}: {why}", "whole", "check")

    def _function(self, path: str, task: Mapping[str, Any], response: str) -> "_Said":
        line = json.dumps({"answer": response, "task": task})
        reply = _workers(path).ask(line, self.timeout)
        if reply is None:
            return _Said(crash=f"has ended, or took longer than {self.timeout:g} s")
        said = json.loads(reply)
        return _Said(crash=f"crashed: {said['crash']}") if "crash" in said else _Said(said["right"], said["why"])

    def _command(self, words: Sequence[str], task: Mapping[str, Any], response: str) -> "_Said":
        apart = os.name == "posix"
        try:
            process = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                env={**os.environ, TASK: json.dumps(task)}, start_new_session=apart,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            return _Said(crash=f"cannot be started: {getattr(error, 'strerror', None) or error}")
        try:
            out, err = process.communicate(response.encode("utf-8", "replace"), self.timeout)
        except subprocess.TimeoutExpired:
            _kill(process, apart)
            return _Said(crash=f"took longer than {self.timeout:g} s")
        why, complaint = _line(out, 0), _line(err, -1)
        if process.returncode == 0 or (process.returncode == 1 and why and _TRACEBACK not in err):
            return _Said(process.returncode == 0, why)
        end = f"signal {-process.returncode}" if process.returncode < 0 else f"exit code {process.returncode}"
        return _Said(crash=f"crashed, {end}: {complaint or why or 'it says nothing'}")


@dataclass(frozen=True, slots=True)
class _Said:
    """Whether an answer is right, and why; or what became of the check instead."""

    right: bool = False
    why: str = ""
    crash: str = ""


def load(run: str | Sequence[str], timeout: float = TIMEOUT) -> Check:
    """`run` is a `.py` file with a function `check`, or a command as a list of words; `timeout` seconds an answer."""
    if not run or timeout <= 0:
        raise RecipeError(f"check: run = {run!r}, timeout = {timeout}; name what is run, and give it time")
    return Check(run if isinstance(run, str) else tuple(run), timeout)


def located_options(options: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """The options of a check with the files that it names where they lie, `base` being the recipe's folder; RecipeError
    for a file without a function `check`, and one that is not there."""
    run = options.get("run", "")
    words = [run] if isinstance(run, str) else list(run)
    found = [str(path.resolve()) if (path := located(word, base)).is_file() else word for word in words]
    if len(words) == 1 and words[0].endswith(".py"):
        module = plugins.get("graders", words[0], base)
        if not callable(getattr(module, "check", None)):
            raise RecipeError(
                f'{words[0]} has no function check(answer, task); add it, or name a command: ["python", "{words[0]}"]'
            )
    return {**options, "run": found[0] if isinstance(run, str) else found}


@functools.cache
def _workers(path: str) -> LineWorkers:
    failure = RecipeError(
        f"check {path}: its process does not start; try: python -m orca2.graders._check_worker {path}"
    )
    return LineWorkers([sys.executable, "-m", "orca2.graders._check_worker", path], START, failure, WORKERS)


def _line(output: bytes, place: int) -> str:
    """The first or the last line that says something."""
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[place] if lines else ""


def _kill(process: "subprocess.Popen[bytes]", apart: bool) -> None:
    """End a command and what it has started."""
    with suppress(ProcessLookupError):
        if apart:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.communicate()
