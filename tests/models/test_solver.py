"""The solver answers generated tasks as the strategy asks, and says in one line why it cannot."""

import asyncio
from dataclasses import replace
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2 import plugins
from orca2.core.erasing import leaks
from orca2.core.identity import task_id
from orca2.core.types import Completion, Lesson, Message, Request, Task
from orca2.errors import RecipeError
from orca2.models.solver import FORMS, Solver, load, miss
from orca2.sources.synthetic import load as rows

STRATEGIES = tuple(plugins.get("strategies", name).STRATEGY for name in FORMS)
TASK = Task("0", "f", "Why?", "42", "auto", "train", {"steps": "6x7=42.", "explanation": "It is six sevens."})


def count(text: str) -> int:
    return len(text.split())


def answer(*requests: Request) -> list[tuple[int, Completion]]:
    async def collect() -> list[tuple[int, Completion]]:
        return [pair async for pair in load(count).generate(requests)]

    return asyncio.run(collect())


def ask(task: Task | None = TASK, strategy: str | None = "direct") -> Request:
    return Request((Message("system", "Be good."), Message("user", "Why?")), 64, task=task, strategy=strategy)


@pytest.mark.parametrize(
    ("strategy", "text"),
    [
        ("direct", "42"),
        ("step_by_step", "6x7=42. So the answer is 42."),
        ("explain_then_answer", "It is six sevens. So the answer is 42."),
        ("answer_then_explain", "The answer is 42. It is six sevens."),
    ],
)
def test_each_strategy_has_its_form(strategy: str, text: str) -> None:
    assert answer(ask(strategy=strategy)) == [(0, Completion(text, "stop", 3, count(text)))]


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (ask(task=None), "names no task"),
        (ask(strategy=None), "no strategy"),
        (ask(strategy="step_by_stepp"), "did you mean 'step_by_step'?"),
        (ask(task=Task("7", "f", "Why?", "42", "auto", "train")), "task 7 has no 'steps'"),
    ],
)
def test_what_it_cannot_answer_is_a_failed_call(request_: Request, why: str) -> None:
    (first, failed), (second, fine) = answer(request_, ask())
    assert (first, second) == (0, 1)
    assert (failed.text, failed.finish_reason, fine.finish_reason) == ("", "error", "stop")
    assert failed.error
    assert why in failed.error
    assert "\n" not in failed.error


def test_it_knows_every_built_in_strategy() -> None:
    assert sorted([*FORMS, "orca1"]) == plugins.names("strategies")


def test_each_call_gets_the_whole_solution() -> None:
    first = ask(strategy="guess_and_check")
    later = (*first.messages, Message("assistant", "42"), Message("user", "Check."))
    (_, once), (_, again) = answer(first, replace(first, messages=later))
    assert once.text == again.text == "A guess is 42. 6x7=42. So the answer is 42."


@given(st.integers(), st.sampled_from(sorted(FORMS)))
def test_no_answer_repeats_an_instruction(seed: int, strategy: str) -> None:
    for row in islice(rows(seed=seed), len(plugins.names("sources.synthetic"))):
        task = Task(task_id(row.prompt), row.family, row.prompt, row.target, "auto", "train", row.fields)
        ((_, made),) = answer(ask(task, strategy))
        assert row.target in made.text
        lesson = Lesson((Message("user", row.prompt), Message("assistant", made.text)), task.id)
        assert not leaks(lesson, STRATEGIES)


def test_it_errs_in_the_share_that_is_asked_for_and_never_by_chance_right() -> None:
    tasks = [
        Task(task_id(row.prompt), row.family, row.prompt, row.target, "auto", "train", row.fields)
        for row in islice(rows(seed=3), 1400)
    ]
    grade = plugins.get("graders", "auto").load().grade
    said = [Solver(count, 0.25)._answer(ask(task, "step_by_step")).text for task in tasks]
    wrong = [not grade(task.target, text, task.prompt).correct for task, text in zip(tasks, said, strict=True)]
    assert 0.2 < sum(wrong) / len(wrong) < 0.3
    assert not any(grade(t.target, miss(t, Random(t.id)), t.prompt).correct for t in tasks)
    assert said == [Solver(count, 0.25)._answer(ask(task, "step_by_step")).text for task in tasks]
    with pytest.raises(RecipeError, match=r"teacher\.options\.wrong: 1\.5 is no share"):
        load(count, 1.5)


@pytest.mark.parametrize(
    ("strategy", "thought"), [("think", "6x7=42."), ("think_briefly", "It is six sevens."), ("no_think", "")]
)
def test_it_thinks_apart_from_its_answer_and_counts_both(strategy: str, thought: str) -> None:
    [(_, found)] = answer(ask(strategy=strategy))
    assert (found.text, found.reasoning) == ("So the answer is 42.", thought)
    assert found.reasoning_tokens == count(thought) and found.tokens_out == count(thought) + 5
