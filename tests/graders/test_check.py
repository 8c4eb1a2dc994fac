"""A user's function or program decides: right, wrong with a line of why, and never wrong because it crashed."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from orca2.core.types import Message, Task
from orca2.errors import RecipeError
from orca2.graders import grade, load_grader, options_for
from orca2.graders.check import located_options

TASK = Task("t1", "code", "Write an even number.", "", "check", "train", {"least": "4"})
FUNCTION = """
import sys, time

def check(answer, task):
    print("this goes nowhere")
    if answer == "sleep":
        time.sleep(30)
    if answer == "leave":
        sys.exit(0)
    if answer == "odd return":
        return "yes"
    number = int(answer)
    if number < int(task["fields"]["least"]):
        return False, f"{number} is below {task['fields']['least']}"
    return number % 2 == 0
"""
PROGRAM = """
import json, os, signal, sys, time
answer, task = sys.stdin.read(), json.loads(os.environ["ORCA2_TASK"])
if answer == "sleep":
    os.system("sleep 30")
if answer == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
if answer == "silent":
    sys.exit(1)
if answer == "code":
    print("no idea"); sys.exit(7)
if answer == "half":
    print("so far so good", flush=True)
    raise ValueError("half way")
ok = int(answer) % 2 == 0 and task["fields"]["least"] == "4" and task["prompt"].startswith("Write")
print("even" if ok else f"{answer} is odd")
print("a second line")
sys.exit(0 if ok else 1)
"""


@pytest.fixture(params=["function", "program"])
def task(request: pytest.FixtureRequest, tmp_path: Path) -> Task:
    """A task whose check is a function, or a program."""
    function = request.param == "function"
    (tmp_path / "even.py").write_text(FUNCTION if function else PROGRAM)
    run = "even.py" if function else [sys.executable, "even.py"]
    options = options_for("check", {"run": run, "timeout": 1.5}, [], tmp_path)
    return Task(TASK.id, TASK.family, TASK.prompt, "", "check", "train", TASK.fields, options, "checked")


@pytest.mark.parametrize(
    ("answer", "outcome", "why"),
    [
        ("6", "correct", "even.py: "),
        ("7", "wrong", "even.py: "),
        ("six", "failed", "ValueError: invalid literal for int() with base 10: 'six'"),
        ("sleep", "failed", "took longer than 1.5 s"),
        ("", "failed", "ValueError"),
    ],
)
def test_both_say_the_same(task: Task, answer: str, outcome: str, why: str) -> None:
    found = grade(task, answer)
    assert found.outcome == outcome and why in found.why and "even.py" in found.why and found.grader == "check"
    assert grade(task, "8").correct  # whatever became of the answer before


@pytest.mark.parametrize("task", ["program"], indirect=True)
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("killed", "crashed, signal 9"),
        ("silent", "crashed, exit code 1: it says nothing"),
        ("code", "crashed, exit code 7: no idea"),
        ("half", "crashed, exit code 1: ValueError: half way"),
    ],
)
def test_a_program_that_crashes_is_never_wrong(task: Task, answer: str, why: str) -> None:
    found = grade(task, answer)
    assert found.outcome == "failed" and why in found.why


@pytest.mark.parametrize("task", ["function"], indirect=True)
@pytest.mark.parametrize(
    ("answer", "why"), [("odd return", "check returns 'yes', which is neither True or False"), ("leave", "has ended")]
)
def test_a_function_says_true_or_false(task: Task, answer: str, why: str) -> None:
    found = grade(task, answer)
    assert found.outcome == "failed" and why in found.why
    assert grade(task, "2").why == "even.py: 2 is below 4"


def test_a_check_is_looked_for_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "none.py").write_text("def grade(): ...\n")
    with pytest.raises(RecipeError, match=r"none.py has no function check\(answer, task\); add it, or name a command"):
        located_options({"run": "none.py"}, tmp_path)
    with pytest.raises(RecipeError, match="does not exist"):
        located_options({"run": "gone.py"}, tmp_path)
    with pytest.raises(RecipeError, match=r"run = '', timeout = 10\.0; name what is run"):
        load_grader("check", {"run": ""})
    missing = Task("t", "f", "?", "", "check", "train", {}, {"run": ["/no/such/program"]})
    assert grade(missing, "x").why == "check program cannot be started: No such file or directory"


def test_files_that_a_command_names_start_from_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\nexit 0\n")
    found = located_options({"run": ["tool", "--strict", "gone.txt"], "timeout": 2.0}, tmp_path)
    assert found == {"run": [str(tmp_path / "tool"), "--strict", "gone.txt"], "timeout": 2.0}


def test_a_check_sees_the_whole_conversation(tmp_path: Path) -> None:
    (tmp_path / "polite.py").write_text(
        "def check(answer, task):\n"
        "    said = [message['content'] for message in task['history']]\n"
        "    return task['system'] == 'Be kind.' and said == ['2+2?', '4'], 'seen'\n"
    )
    options = options_for("check", {"run": "polite.py"}, [], tmp_path)
    history = (Message("user", "2+2?"), Message("assistant", "4"))
    whole = Task("t", "f", "+1?", "", "check", "train", {}, options, "checked", system="Be kind.", history=history)
    assert grade(whole, "5").correct and not grade(replace(whole, history=()), "5").correct
