"""A teacher whose answers are already in the data: one column, or template of columns, a strategy.

What is recorded answers one call. A strategy of several calls gets a failed one at the second.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from orca2.core.types import Completion, Request
from orca2.data.fields import check_template, fill
from orca2.errors import DataError, RecipeError
from orca2.plugins import suggest


class Recorded:
    def __init__(self, columns: Mapping[str, str], count: Callable[[str], int]) -> None:
        self.name, self.keep = "recorded", False
        self.columns, self.count = columns, count

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        for index, request in enumerate(requests):
            yield index, self._answer(request)

    def _answer(self, request: Request) -> Completion:
        strategy = request.strategy or ""
        if request.task is None or strategy not in self.columns:
            near = suggest(strategy, list(self.columns))
            return Completion("", "error", error=f"nothing recorded for strategy {strategy!r}{near}")
        if request.messages[-2:-1] and request.messages[-2].role == "assistant":
            return Completion("", "error", error=f"recorded answers hold one call; {strategy} makes several")
        try:
            text = fill(self.columns[strategy], request.task.fields, f"task {request.task.id}").strip()
        except DataError as error:
            return Completion("", "error", error=str(error))
        asked = sum(self.count(message.content) for message in request.messages)
        return Completion(text, "stop", asked, self.count(text))


def load(columns: Mapping[str, str], count: Callable[[str], int]) -> Recorded:
    """`columns` maps a strategy to a column or a template ("{rationale} So the answer is {answer}.")."""
    if not columns:
        raise RecipeError("teacher.options.columns: empty; name a column for each strategy")
    for strategy, spec in columns.items():
        check_template(spec, f"teacher.options.columns.{strategy}")
    return Recorded(columns, count)


check = load
