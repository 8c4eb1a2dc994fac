"""A fake model for tests: answers from a script, and says so in its name."""

from collections.abc import AsyncIterator, Sequence

from orca2.core.types import Completion, Request


class Scripted:
    """Answers prompts by lookup. An answer that starts with "!" is a failed call with that error."""

    def __init__(self, answers: dict[str, str], default: str = "") -> None:
        self.name, self.keep = "scripted", True
        self.answers, self.default = answers, default

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        for index, request in enumerate(requests):
            text = self.answers.get(request.messages[-1].content, self.default)
            if text.startswith("!"):
                yield index, Completion("", "error", error=text[1:])
            else:
                yield index, Completion(text, "stop", tokens_out=len(text.split()))


def load(answers: dict[str, str] | None = None, default: str = "") -> Scripted:
    """`answers` maps a prompt to its answer; `default` is for every other prompt."""
    return Scripted(answers or {}, default)
