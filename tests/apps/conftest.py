"""A made-up but complete run folder, hostile text included, to build reports from."""

import json
import math
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from orca2.core.intervals import wilson
from orca2.core.records import Agreement
from orca2.core.types import Answer, Choice, Outcome
from orca2.stages._unprompted import summarise as unprompted
from orca2.stages.evaluate import summarise
from tests.answers import made

HOSTILE = "<script>alert(1)</script> <|im_end|> 🐋 | `tick` ```fence``` ![x](http://evil.example/x.png) \ud800\x00"
LONG = "Donaudampfschifffahrtsgesellschaft" * 8
GENERIC = "You are a cautious assistant. You carefully follow instructions."
INSTRUCTION = "Think step by step and justify each of your steps before you give the answer."
RIGHT = {"base": 0.35, "explained": 0.55, "cautious": 0.75}
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
STRATEGIES = ("direct", "step_by_step", "explain_then_answer")


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., Path]:
    """make_run(families, tests=40, skip_explain=False) -> run folder."""

    def make(families: Sequence[str], tests: int = 40, skip_explain: bool = False) -> Path:
        folder = tmp_path / "quick start"
        folder.mkdir()
        for name, value in _artifacts(families, tests, skip_explain).items():
            rows = value if name.endswith(".jsonl") else [value]
            (folder / name).write_text(
                "".join(json.dumps(row, default=asdict) + "\n" for row in rows), encoding="utf-8"
            )
        return folder

    return make


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no chromium or google-chrome on PATH")
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def make_profile(tmp_path: Path) -> Callable[..., Path]:
    """make_profile(heading=True, curves=True, hostile=True) -> folder with tasks, trials and profile only.

    One family a status, one of them untried; cells are missing, or dropped early; trials have every outcome.
    """

    def make(heading: bool = True, curves: bool = True, hostile: bool = True) -> Path:
        folder = tmp_path / "measured"
        folder.mkdir()
        for name, rows in _profiled(heading, curves, HOSTILE + "</details></pre>" + LONG if hostile else "").items():
            (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return folder

    return make


# family -> status, chosen, and per strategy the trials and how many of them are right; one that is missing is untried
GRID: dict[str, tuple[str, str, dict[str, tuple[int, int]]]] = {
    "word_sorting": ("decided", "step_by_step", {
        "direct": (60, 9), "step_by_step": (60, 51), "explain_then_answer": (24, 6), "own": (12, 1)}),
    "date_understanding": ("tie", "direct", {"direct": (60, 42), "step_by_step": (60, 45), "own": (60, 40)}),
    "snarks": ("undecided", "direct", {"direct": (16, 9), "step_by_step": (16, 12), "explain_then_answer": (16, 10)}),
    "reasoning_about_colored_objects": ("early", "step_by_step", {"direct": (40, 8), "step_by_step": (40, 10)}),
    "geometric_shapes": ("failed", "direct", {"direct": (60, 2), "step_by_step": (60, 1)}),
    "salient_translation_error_detection": ("set", "explain_then_answer", {}),
}  # fmt: skip


def _profiled(heading: bool, curves: bool, hostile: str) -> dict[str, list[Any]]:
    tasks, trials, families = [], [], {}
    unread = ("wrong", "wrong", "truncated", "wrong", "ambiguous", "unextracted", "failed")
    for family, (status, chosen, cells) in GRID.items():
        name = family + ("<script>x</script></details>" if hostile and status == "tie" else "")
        for n in range(60):
            prompt = f"Sort these {n + 2} words: pear, fig, plum. {hostile}" + " and so on" * (80 if n % 3 else 0)
            tasks.append(
                {
                    "id": f"{family}-{n}",
                    "family": name,
                    "prompt": prompt,
                    "target": "fig pear plum",
                    "grader": "words",
                    "split": "profile",
                }
            )
        strategies = {}
        for strategy, (tried, right) in cells.items():
            size = {"direct": 3, "own": 30}.get(strategy, 60)
            for n in range(tried):
                outcome = "correct" if n % tried * 7 % tried < right else unread[n % 7]
                text = f"First fig, then pear. {hostile}\n" + "plum, " * size + "So the answer is fig pear plum."
                failed = outcome == "failed"
                trials.append({
                    "task": f"{family}-{n}", "family": name, "strategy": strategy,
                    "completion": {"text": "" if failed else text, "finish_reason": "error" if failed else "stop",
                                   "tokens_in": 40, "tokens_out": size, "error": "no connection" if failed else None},
                    "verdict": {"outcome": outcome, "answer": "fig pear plum" if outcome == "correct" else None,
                                "why": f"stated answer {hostile}"}})  # fmt: skip
            found = [t for t in trials if (t["family"], t["strategy"]) == (name, strategy)]
            correct = sum(t["verdict"]["outcome"] == "correct" for t in found)
            low, high = wilson(correct, tried)
            ahead = [min(1, correct / tried + 0.15), max(0, correct / tried - 0.1), min(1, correct / tried + 0.3)]
            strategies[strategy] = {
                "trials": tried,
                "correct": correct,
                "tokens": float(size),
                "low": low,
                "high": high,
            }
            if heading:
                strategies[strategy]["projected"] = ahead if status in ("early", "undecided") else None
        families[name] = {
            "chosen": chosen,
            "status": status,
            "strategies": strategies,
            "why": "step_by_step beats direct: +42/-3 of 60 tasks, p=2.5e-10" if cells else "",
        }
    profile: dict[str, Any] = {"subject": "student", "seed": 7, "families": families}
    if curves:
        drawn = {
            "direct": [[0, 0, 0], [50, 1, 24], [100, 4, 24], [200, 6, 24]],
            "step_by_step": [[50, 3, 24], [200, 9, 24]],
        }
        profile["curves"] = {"reasoning_about_colored_objects": drawn, "snarks": {"direct": [[50, 3, 9]]}}
    return {"tasks.jsonl": tasks, "trials.jsonl": trials, "profile.json": [profile]}


def _artifacts(families: Sequence[str], tests: int, skip_explain: bool) -> dict[str, Any]:
    students = [name for name in RIGHT if not (skip_explain and name == "explained")]
    answers = _answers(families, tests, students)
    shown = [_demonstration(family, n) for family in families for n in range(3)]
    lessons = [
        {"task": row["task"], "messages": [
            _said("system", GENERIC), row["messages"][1], _said("assistant", row["completion"]["text"])]}
        for row in shown
    ]  # fmt: skip
    counts = {"asked": 400, "accepted": 380, "rejected": {"wrong": 12, "failed": 8}}
    explain = {"lessons": 380, "training": _training(), "demonstrations": counts}
    asked = 60 * len(families)
    return {
        "record.json": _record(),
        "tasks.json": {"families": {f: {"profile": 20, "train": 60, "test": tests} for f in families},
                       "rows": 1234, "duplicates": 3, "unused": 5, "dropped": {},
                       "overlap": {"train/test": 4, "profile/test": 0, "train/profile": 0},
                       "graders": {f: {"read_by": {"number": tests - 1, "span": 1}, "options": {"decimal": ","},
                                       "why": "tasks.grader = auto, picked by gold answer and question"}
                                   for f in families}},
        "gold.json": {"families": {f: {"ways": {"given": 80 + tests}, "set_aside": 0} for f in families}},
        "explain.json": {"skipped": "explain.tasks = 0"} if skip_explain else explain,
        "profile.json": {"subject": "student", "seed": 7,
                         "families": {f: _choice(i) for i, f in enumerate(families)}},
        "verified.jsonl": shown,
        "verify.json": {"asked": asked, "accepted": asked - 10, "rejected": {"wrong": 7, "truncated": 3},
                        "tasks": asked, "set_aside": 10, "short": 0, "families": {}},
        "lessons.jsonl": lessons,
        "erase.json": {"lessons": asked - 12, "leaked": 2, "few_shot": 0, "too_few": {}},
        "train.json": {"training": _training(), "lessons": asked - 12},
        "evaluate.json": summarise(answers, 7, {}, _agreement(families, answers)),
        "answers.jsonl": answers,
    }  # fmt: skip


def _agreement(families: Sequence[str], answers: Sequence[Answer]) -> Agreement:
    """The first family is told apart and not followed, the second cannot be, of the others too little is known."""
    bare = [str(n) for n in range(20)]
    spoken = [f"I add {n} to {n}, which makes {2 * n}. So the answer is {2 * n}." for n in range(20)]
    known = {"direct": bare, "step_by_step": spoken}, {"direct": bare, "step_by_step": bare}
    choices = {family: Choice("direct", "", {}) for family in families}
    return unprompted(answers, choices, {"teacher": dict(zip(families, known, strict=False))})


def _record() -> dict[str, Any]:
    tokens = {"tokens_in": 54_321, "tokens_out": 12_345}
    stages = ("tasks", "explain", "profile", "teach", "verify", "erase", "train", "evaluate")
    return {
        "orca2": "0.1.0", "name": "quickstart", "seed": 7,
        "recipe": {"name": "quickstart", "student": {"model": "HuggingFaceTB/SmolLM2-135M"},
                   "teacher": {"model": "recorded", "options": {}}, "strategies": list(STRATEGIES)},
        "versions": {"python": "3.11.7", "torch": "2.9.0", "transformers": "5.23.0"},
        "stages": {name: {"seconds": 20.4 + 31 * n, "files": [], **tokens} for n, name in enumerate(stages)},
    }  # fmt: skip


def _training() -> dict[str, Any]:
    noise = random.Random(1)
    loss = [{"step": n + 1, "epoch": n / 300, "loss": 0.4 + 2 * math.exp(-n / 90) + noise.uniform(0, 0.5),
             "documents": 2, "supervised_tokens": 39} for n in range(600)]  # fmt: skip
    return {"loss": loss, "held_back": [], "rows": 300, "documents": 378, "dropped": {"too_long": 2}, "tokens": 45_678,
            "supervised_tokens": 23_456, "useful": 0.98, "epochs": 2, "steps": 600, "processes": 1, "seconds": 95.2,
            "tokens_per_second": 959.6, "mfu": None, "packing": True, "seed": 7}  # fmt: skip


def _choice(index: int) -> dict[str, Any]:
    """The first family is a tie, the second fails under every strategy, the others reward reasoning."""
    right = [(12, 12, 11), (0, 1, 0), (5, 15, 14)][min(index, 2)]
    cells = {
        name: {"trials": 20, "correct": n, "tokens": 4.5 + 60 * k,
               **dict(zip(("low", "high"), wilson(n, 20), strict=True))}
        for k, (name, n) in enumerate(zip(STRATEGIES, right, strict=True))
    }  # fmt: skip
    chosen = "direct" if index < 2 else "step_by_step"
    return {
        "chosen": chosen,
        "status": ("tie", "failed", "decided")[min(index, 2)],
        "why": "step_by_step beats direct: +11/-1 of 20 tasks, p=0.0032",
        "strategies": cells,
    }


def _demonstration(family: str, number: int) -> dict[str, Any]:
    text = f"First I read the question.\nThen I compute 2 + {number}.\n{HOSTILE}\nThe answer is {2 + number}."
    return {
        "task": f"{family}-train-{number}", "family": family, "strategy": "step_by_step",
        "messages": [_said("system", INSTRUCTION), _said("user", f"What is 2 + {number}? {LONG}")],
        "completion": {"text": text, "finish_reason": "stop", "tokens_in": 30, "tokens_out": 25,
                       "error": None},
        "verdict": {"outcome": "correct", "answer": str(2 + number), "why": "equal"},
    }  # fmt: skip


def _answers(families: Sequence[str], tests: int, students: Sequence[str]) -> list[Answer]:
    rng = random.Random(3)
    unread: tuple[Outcome, ...] = ("wrong", "truncated", "unextracted")
    return [
        made(
            f"{family}-{n}", "correct" if rng.random() < RIGHT[student] else rng.choice(unread), family, 40 + n,
            student=student, system=system, prompt=f"How much is {n} and {n}? {HOSTILE if n % 2 else LONG}",
            target=str(2 * n), read_by="number", where="last",
            response=f"I add {n} to {n}, which makes {2 * n}. " * (20 if student == "explained" else 3),
        )
        for student in students for system in ("none", "default")
        for family in families for n in range(tests)
    ]  # fmt: skip


def _said(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
