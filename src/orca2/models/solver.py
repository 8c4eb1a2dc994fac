"""A teacher that never errs: it gives `worked` tasks their own solutions, in the form a strategy asks.

So the whole method runs without a large model, and what the student learns can be told apart from
what a teacher got wrong. It recalls, extracts and guesses nothing: where a strategy asks for that, it gives the worked
explanation or steps. Every call of a strategy gets the same whole solution, since the first one is right already.
"""

from collections.abc import AsyncIterator, Callable, Sequence

from orca2.core.nouns import Completion, Request
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
}
FIELDS = ("steps", "explanation")


class Solver:
    """Answers `worked` tasks; any other request is a failed call."""

    def __init__(self, count: Callable[[str], int]) -> None:
        self.name, self.keep = "solver", False
        self.count = count

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
            return _failed(f'task {task.id} has no {missing[0]!r}; the solver needs tasks.source = "worked"')
        text = FORMS[strategy].format(target=task.target, **{name: task.fields[name] for name in FIELDS})
        asked = sum(self.count(message.content) for message in request.messages)
        return Completion(text, "stop", asked, self.count(text))


def load(count: Callable[[str], int]) -> Solver:
    """`count` gives the tokens of a text."""
    return Solver(count)


def _failed(why: str) -> Completion:
    return Completion("", "error", error=why)
