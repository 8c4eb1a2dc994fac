"""The same text, but for case, white space and outer punctuation: for gold answers of no other type."""

from dataclasses import dataclass
from typing import ClassVar

from orca2.core.types import Verdict
from orca2.reading.grader import TextGrader
from orca2.reading.places import places, statements, tidy, verdict

_EDGE = " .,;:!?\"'*()[]{}<>"


@dataclass(frozen=True, slots=True)
class Exact(TextGrader):
    """The same text, stated or alone; longer, shorter or in another order it is not the same.

    >>> [Exact().grade("0042", said).outcome for said in ("The answer is 0042.", "The answer is 42.")]
    ['correct', 'wrong']
    """

    name: ClassVar[str] = "exact"
    probes: ClassVar[tuple[str, ...]] = ("x",)

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Compare with the whole text, with what follows "the answer is", and with the last statement."""
        gold, text = _plain(tidy(target)), tidy(text)
        if not gold:
            return Verdict("unextracted", None, "the gold answer is empty")
        for place, piece in places(text):
            said = [piece, *statements(piece)[:1]]
            if gold in map(_plain, said):
                return verdict((target.strip(),), place, True)
            if place == "stated":
                return verdict((said[-1],), place, False)
        bare = tuple(statements(text)) if len(statements(text)) == 1 else ()
        return verdict(bare, "whole", False)


load = Exact


def _plain(text: str) -> str:
    """Lower case without outer punctuation; a text of punctuation alone, such as "] )", loses its spaces."""
    words = " ".join(text.lower().split())
    return words.strip(_EDGE) or "".join(words.split()).removesuffix(".")
