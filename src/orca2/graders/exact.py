"""The same text, but for case, white space and outer punctuation: for gold answers of no other type."""

from orca2.core.nouns import Verdict
from orca2.graders._reading import places, statements, tidy, verdict

_EDGE = " .,;:!?\"'*()[]{}<>"


def reads(target: str, question: str) -> bool:
    """Any gold answer can be compared as text."""
    return True


def grade(target: str, response: str, question: str = "") -> Verdict:
    """Compare with the whole response, with what follows "the answer is", and with the last statement."""
    gold, text = _plain(tidy(target)), tidy(response)
    if not gold:
        return Verdict("unextracted", None, "the gold answer is empty")
    for place, piece in places(text):
        said = [piece, *statements(piece)[:1]]
        if gold in map(_plain, said):
            return verdict((target.strip(),), place, True)
        if place == "stated":
            return verdict((said[-1],), place, False)
    bare = tuple(statements(text)) if len(statements(text)) == 1 else ()
    return verdict(bare, "bare", False)


def _plain(text: str) -> str:
    """Lower case without outer punctuation; a text of punctuation alone, such as "] )", loses its spaces."""
    words = " ".join(text.lower().split())
    return words.strip(_EDGE) or "".join(words.split()).removesuffix(".")
