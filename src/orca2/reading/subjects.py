"""Whether a clause speaks of what was asked, or of something else of the kind."""

from collections.abc import Sequence

from orca2.reading.names import Token
from orca2.reading.questions import Asked, content, covered, generic, known
from orca2.reading.stems import AUXILIARIES, FUNCTION, PREPOSITIONS, stem, stem_set

# verbs that say little: another may stand for them
_WEAK = stem_set(
    "come take place get make go find happen occur start begin release air locate live originate mean do doing "
    "use give play portray say tell work become exist see know show base include contain feature perform call name "
    "describe refer ask"
)
_KIN = stem_set(
    "brother sister mother father son daughter wife husband friend uncle aunt cousin parent neighbour "
    "neighbor rival successor predecessor assistant deputy understudy twin widow partner colleague"
)
_MODIFIERS = 6  # words before a name that may belong to it
_REACH = 12  # words over which one hangs on another
_SUFFIX = 4  # letters of a word that another may end in, as "dormouse" does


def other_subject(said: Sequence[Token], start: int, end: int, question: Asked) -> tuple[set[str], str] | None:
    """What a clause speaks of in place of what was asked: the stems that it lacks and a word in their place, or None.

    The answer stands from `start` to `end`. Words that are new do no harm where none is missing: "the captain in the
    film Northern Lights" is the captain in Northern Lights, but "the nurse in Northern Lights" is not.
    """
    if kin := next((said[at].plain for at in range(start) if _kin(said, at, question)), ""):
        return set(), kin
    there = covered((*said[:start], *said[end:]), question)
    spared = {question.verb, *map(stem, question.kinds), *(stem(token.plain) for token in said[start:end])}
    missing = {word for word in question.words if word not in there | spared | _WEAK and not generic(Token(word, word))}
    if not missing:
        return None
    year = next((token.plain for token in said if _year(token.plain) and token.plain not in there), "")
    if year and any(map(_year, missing)):
        return missing, year
    new = (said[at].plain for at in _about(said, start, end, question) if _noun(said, at, question))
    instead = next(new, None)
    return (missing, instead) if instead else None


def _year(word: str) -> bool:
    return len(word) == 4 and word.isdigit()


def modified(said: Sequence[Token], start: int, question: Asked) -> int:
    """Where the words begin that belong to a name: "by [the Russian chemist] Dmitri Mendeleev"."""
    at = start
    while at and start - at < _MODIFIERS and not said[at - 1].mark:
        token = said[at - 1]
        if token.plain in FUNCTION or (known(token, question) and not generic(token)):
            break
        at -= 1
    return at


def _about(said: Sequence[Token], start: int, end: int, question: Asked) -> list[int]:
    """The places of the words that say what a clause is about: those on the other side of its verb than the answer."""
    start = modified(said, start, question)
    comma = max((at for at in range(start) if said[at].plain == ","), default=-1)
    leads = all(said[at].plain not in FUNCTION and not known(said[at], question) for at in range(comma + 1, start))
    places = [*range(comma + 1), *range(end, len(said))] if leads else [*range(start)]
    return [at for at in places if not _adjunct(said, at, question)]


def _adjunct(said: Sequence[Token], at: int, question: Asked) -> bool:
    """Whether a word hangs on a preposition that the question does not have."""
    for token in reversed(said[max(0, at - _REACH) : at]):
        if token.plain in PREPOSITIONS:
            return token.plain not in question.plain and token.plain != "of"
        if token.mark or token.plain in AUXILIARIES or known(token, question):
            return False
    return False


def _noun(said: Sequence[Token], at: int, question: Asked) -> bool:
    """Whether a word that the question lacks may name another subject: no verb, no adverb, no more of a known name."""
    token = said[at]
    plain = token.plain
    if not content(token, question) or len(plain) == 1 or plain.endswith(("ed", "ing", "ly")) or plain[0].isdigit():
        return False
    if generic(token) or stem(plain) in _WEAK or any(len(w) >= _SUFFIX and plain.endswith(w) for w in question.plain):
        return False
    if not token.capital:
        return True
    # more of a known name, or the name of what is known: "the captain, Tom Reed, ..."
    before = at - 1
    while before >= max(0, at - _REACH) and said[before].capital and not known(said[before], question):
        before -= 1
    before -= before > 0 and said[before].plain == ","
    return before < 0 or not known(said[before], question)


def _kin(said: Sequence[Token], at: int, question: Asked) -> bool:
    """Whether a word turns to a relative of what was asked: "the captain's brother", "the brother of the captain"."""
    if stem(said[at].plain) not in _KIN or not content(said[at], question):
        return False
    if at and said[at - 1].said.endswith("'s") and known(said[at - 1], question):
        return True
    return at + 2 < len(said) and said[at + 1].plain == "of" and known(said[at + 2], question)
