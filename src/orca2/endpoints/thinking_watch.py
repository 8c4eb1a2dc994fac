"""Whether a model thinks as it is asked to, seen in its first answers."""

from collections import defaultdict

from orca2.core.thinking import Thinking
from orca2.core.types import Completion

FIRST = 10  # answers after which it is known


class ThinkingWatch:
    """Looks at the first answers to each thing that is asked of thinking."""

    def __init__(self) -> None:
        self._thought: dict[Thinking, list[bool]] = defaultdict(list)

    def note(self, thinking: Thinking, completion: Completion) -> str:
        """Look at one answer; what is to be said once the tenth shows that the model does not obey, else nothing.

        One that is asked not to think must not do so at all; one that is asked to may find it needless, but not always.
        """
        seen = self._thought[thinking]
        if len(seen) == FIRST or completion.error is not None:
            return ""
        seen.append(bool(completion.reasoning or completion.reasoning_tokens))
        if len(seen) < FIRST:
            return ""
        if thinking == "off" and any(seen):
            return f"is asked not to think (thinking = off), and {sum(seen)} of the first {FIRST} answers do"
        if thinking != "off" and not any(seen):
            return (
                f"is asked to think (thinking = {thinking}), and none of the first {FIRST} answers shows or counts any"
            )
        return ""
