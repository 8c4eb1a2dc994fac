"""A teacher whose answers are already in the data: one column, or template of columns, a strategy.

What is recorded answers one call. A strategy of several calls gets a failed one at the second.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from types import MappingProxyType

from orca2.core.types import Completion, Request
from orca2.data.fields import check_template, fill
from orca2.errors import DataError, RecipeError
from orca2.plugins import suggest
from orca2.reading.completion import parted


class Recorded:
    def __init__(self, columns: Mapping[str, str], reasoning: Mapping[str, str], count: Callable[[str], int]) -> None:
        self.name, self.keep = "recorded", False
        self.columns, self.reasoning, self.count = columns, reasoning, count

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        for index, request in enumerate(requests):
            yield index, self._answer(request)

    def _answer(self, request: Request) -> Completion:
        strategy = request.strategy or ""
        if request.task is None or strategy not in self.columns:
            near = suggest(strategy, list(self.columns))
            return Completion("", "error", error=f"nothing recorded for strategy {strategy!r}{near}")
        if len(request.messages) > 2 + len(request.task.history):  # besides a system message and the question
            return Completion("", "error", error=f"recorded answers hold one call; {strategy} makes several")
        try:
            text, thought = (
                fill(spec, request.task.fields, f"task {request.task.id}").strip() if spec else ""
                for spec in (self.columns[strategy], self.reasoning.get(strategy))
            )
        except DataError as error:
            return Completion("", "error", error=str(error))
        asked = sum(self.count(message.content) for message in request.messages)
        thoughts = self.count(thought) if thought else 0
        tokens = self.count(text) + thoughts
        return parted(Completion(text, "stop", asked, tokens, reasoning=thought, reasoning_tokens=thoughts))


def load(
    columns: Mapping[str, str], count: Callable[[str], int], reasoning: Mapping[str, str] = MappingProxyType({})
) -> Recorded:
    """`columns` maps a strategy to a column or a template ("{rationale} So the answer is {answer}."), `reasoning` to
    that of what was thought before the answer; a thought that stands in the answer's own column is told apart."""
    if not columns:
        raise RecipeError("teacher.options.columns: empty; name a column for each strategy")
    for strategy in reasoning:
        if strategy not in columns:
            known = list(columns)
            raise RecipeError(
                f"teacher.options.reasoning: columns has no {strategy!r}{suggest(strategy, known)}; valid:"
                f" {', '.join(known)}"
            )
    for option, specs in (("columns", columns), ("reasoning", reasoning)):
        for strategy, spec in specs.items():
            check_template(spec, f"teacher.options.{option}.{strategy}")
    return Recorded(columns, reasoning, count)


check = load
