"""A teacher that never errs: it gives `synthetic` tasks their own solutions, in the form a strategy asks.

So the whole method runs without a large model, and what the student learns can be told apart from
what a teacher got wrong. It recalls, extracts and guesses nothing: where a strategy asks for that, it gives the worked
explanation or steps. Every call of a strategy gets the same whole solution, since the first one is right already.

Asked to, it errs in a share of its answers: right steps and a wrong conclusion, the same ones each time.
"""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from random import Random

from orca2.core.types import Completion, Request, Task
from orca2.errors import RecipeError
from orca2.plugins import suggest

FORMS = {
    "direct": "{target}",
    "step_by_step": "{steps} So the answer is {target}.",
    "explain_then_answer": "{explanation} So the answer is {target}.",
    "answer_then_explain": "The answer is {target}. {explanation}",
    "recall_then_generate": "{explanation} So the answer is {target}.",
    "recall_reason_generate": "{explanation} {steps} So the answer is {target}.",
    "extract_generate": "{explanation} So the answer is {target}.",
    "guess_and_check": "A guess is {target}. {steps} So the answer is {target}.",
    "story_ordering": "{explanation} {steps} Final answer: {target}.",
    "think": "So the answer is {target}.",
    "think_briefly": "So the answer is {target}.",
    "no_think": "So the answer is {target}.",
}
THOUGHTS = {"think": "{steps}", "think_briefly": "{explanation}"}  # what it thinks before these
FIELDS = ("steps", "explanation")


class Solver:
    """Answers `synthetic` tasks; any other request is a failed call."""

    def __init__(self, count: Callable[[str], int], wrong: float = 0.0) -> None:
        self.name, self.keep = "solver", False
        self.count, self.wrong = count, wrong

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        for index, request in enumerate(requests):
            yield index, self._answer(request)

    def _answer(self, request: Request) -> Completion:
        task, strategy = request.task, request.strategy
        if task is None or strategy is None:
            return _failed("the request names no task or no strategy; the solver needs both")
        if strategy not in FORMS:
            near = suggest(strategy, list(FORMS))
            return _failed(f"the solver knows no strategy {strategy!r}{near}; valid: {', '.join(FORMS)}")
        if missing := [name for name in FIELDS if name not in task.fields]:
            return _failed(f'task {task.id} has no {missing[0]!r}; the solver needs tasks.source = "synthetic"')
        rng = Random(task.id)  # a task that is hard is so under every strategy
        target = miss(task, rng) if rng.random() < self.wrong else task.target
        fields = {name: task.fields[name] for name in FIELDS}
        text, thought = (form.format(target=target, **fields) for form in (FORMS[strategy], THOUGHTS.get(strategy, "")))
        asked = sum(self.count(message.content) for message in request.messages)
        thoughts = self.count(thought) if thought else 0
        tokens = thoughts + self.count(text)
        return Completion(text, "stop", asked, tokens, reasoning=thought, reasoning_tokens=thoughts)


def load(count: Callable[[str], int], wrong: float = 0.0) -> Solver:
    """`count` gives the tokens of a text, `wrong` is the share of answers that are."""
    if not 0 <= wrong < 1:
        raise RecipeError(f"teacher.options.wrong: {wrong} is no share; give a number from 0 up to 1")
    return Solver(count, wrong)


check = load


def miss(task: Task, rng: Random) -> str:
    """A wrong answer of the kind that is asked for: another number, the other of two, or another word of the task."""
    target = task.target
    if re.fullmatch(r"-?\d+", target):
        return str(int(target) + rng.choice([-10, -2, -1, 1, 2, 10]))
    opposite = {
        "yes": "no",
        "no": "yes",
        "true": "false",
        "false": "true",
        "positive": "negative",
        "negative": "positive",
    }
    if target.lower() in opposite:
        return opposite[target.lower()]
    known = {target.lower(), *re.findall(r"\w+", target.lower())}
    words = [word for word in re.findall(r"[^\W\d]{3,}", task.prompt) if word.lower() not in known]
    return rng.choice(words) if words else f"not {target}"


def _failed(why: str) -> Completion:
    return Completion("", "error", error=why)
