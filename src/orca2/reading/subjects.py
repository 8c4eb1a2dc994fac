"""Whether a clause speaks of what was asked, or of something else of the kind."""

from collections.abc import Sequence, Set
from difflib import SequenceMatcher

from orca2.reading.clauses import verb
from orca2.reading.names import Token
from orca2.reading.questions import Asked, content, covered, generic, known, light, owned
from orca2.reading.stems import (
    ANAPHORS,
    AUXILIARIES,
    FUNCTION,
    PARTICLES,
    POSSESSIVES,
    PREPOSITIONS,
    RELATIVES,
    past,
    stem,
    stem_set,
    word_set,
)

# verbs that say little: another may stand for them
WEAK = stem_set(
    "come take place get make go find happen occur start begin release air locate live originate mean do doing "
    "use give play portray say tell work become exist see know show base include contain feature perform call name "
    "describe refer ask"
)
_KIN = stem_set(
    "brother sister mother father son daughter wife husband friend uncle aunt cousin parent neighbour "
    "neighbor rival successor predecessor assistant deputy understudy twin widow partner colleague"
)
# before a noun they make it another one
_BESIDE = word_set(
    "former ex previous past next first second third fourth fifth last future deputy vice assistant fake almost "
    "other another different"
)
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5"}  # "the first season" is season 1
_MODIFIERS = 6  # words before a name that may belong to it
_ROOT = 4  # letters that a word and what is made of it have in common
_NAME, _ALIKE = 5, 0.8  # letters of a name that may be spelled in another way, and how alike the two are
_MOST = 3  # a word in so many of the question may go unsaid
_REACH = 12  # words over which one hangs on another
_SUFFIX = 4  # letters of a word that another may end in, as "dormouse" does


def other_subject(
    said: Sequence[Token], start: int, end: int, question: Asked, beside: Set[str] = frozenset()
) -> tuple[set[str], str] | None:
    """What a clause speaks of in place of what was asked: the stems that it lacks and a word in their place, or None.

    The answer stands from `start` to `end`; `beside` are words of the question that stand in asides. Words that are
    new do no harm where none is missing: "the captain in the film Northern Lights" is the captain in Northern Lights,
    but "the nurse in Northern Lights" is not.
    """
    around = (*range(start), *range(end, len(said)))
    if turned := next((said[at].plain for at in around if _turns(said, at, start, question)), ""):
        return set(), turned
    there = covered((*said[:start], *said[end:]), question) | beside
    spared = {
        question.verb,
        *question.verbs,
        *map(stem, question.kinds),
        *(stem(token.plain) for token in said[start:end]),
    }
    missing = {word for word in question.words if word not in there | spared | WEAK and not generic(Token(word, word))}
    missing = {word for word in missing if not any(alike(token, word) for token in said)}
    if not missing:
        return None
    year = next((token.plain for token in said if _year(token.plain) and token.plain not in there), "")
    if year and any(map(_year, missing)):
        return missing, year
    if other := next((said[at].plain for at in range(len(said) - 1) if _in_its_place(said, at, missing, question)), ""):
        return missing, other
    verbed = any(verb in missing_pair for verb in question.verbs for missing_pair in _pairs_of(missing, question))
    most = _MOST * len(missing) <= len(question.words) and not verbed  # what is new and no name does no harm then
    own = {token.plain for token in said[start:end]}
    about = (at for at in _about(said, start, end, question) if said[at].plain not in own)
    new = (
        said[at].plain
        for at in about
        if _noun(said, at, question)
        and (said[at].capital or verbed or 2 * len(missing) >= len(question.words))
        and (not most or _object(said, at, question))
    )
    instead = next(new, None)
    return (missing, instead) if instead else None


def _object(said: Sequence[Token], at: int, question: Asked) -> bool:
    """Whether a name is what the verb of the question was done to."""
    return at > 0 and said[at].capital and not said[at].article and stem(said[at - 1].plain) in question.verbs


def _pairs_of(missing: Set[str], question: Asked) -> list[tuple[str, str]]:
    return [pair for pair in question.pairs if not missing.isdisjoint(pair)]


def _in_its_place(said: Sequence[Token], at: int, missing: set[str], question: Asked) -> bool:
    """Whether a noun of the question has another word before it than there: "the red box" for "the green box"."""
    token, noun = said[at], said[at + 1]
    if token.capital or noun.capital or not content(token, question) or light(token) or verb(said, at, question.verbs):
        return False
    return any((word, stem(noun.plain)) in question.pairs for word in missing)


def alike(token: Token, missing: str) -> bool:
    """Whether a word is another form or spelling of a stem: "atomic" of "atom", "British" of "Britain"."""
    word = token.plain
    if token.mark or word[0] != missing[0] or len(missing) < _ROOT - token.capital:
        return False
    if word.startswith(missing) or word[:_NAME] == missing[:_NAME]:
        return True
    if token.capital and word[:_ROOT] == missing[:_ROOT]:
        return True
    return min(len(word), len(missing)) >= _NAME and SequenceMatcher(None, stem(word), missing).ratio() > _ALIKE


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
    if start and said[start - 1].plain == ",":  # "his friend, Mira Holt": the friend is she
        friend = modified(said, start - 1, question)
        start = friend if friend < start - 1 else start
    if end < len(said) and said[end].plain == ",":  # "Mira Holt, the sister of Ann, ..."
        end = next((at for at in range(end + 1, len(said)) if said[at].plain == ","), end)
    comma = max((at for at in range(start) if said[at].mark), default=-1)
    leads = (comma < 0 or said[comma].plain == ",") and all(
        said[at].plain not in FUNCTION and not known(said[at], question) for at in range(comma + 1, start)
    )
    split = start > 0 and (
        said[0].plain == "there" or (said[0].plain == "it" and any(t.plain in RELATIVES for t in said[end:]))
    )  # "it was Ada Brook who ...", "there is a pen in ..."
    until = 0 if said[0].plain in ANAPHORS else start
    places = [*range(comma + 1), *range(end, len(said))] if leads or split else [*range(until)]
    return [at for at in places if not _adjunct(said, at, question)]


def _adjunct(said: Sequence[Token], at: int, question: Asked) -> bool:
    """Whether a word hangs on a preposition that the question does not have, and tells no box from another."""
    if said[at].plain.islower() and at + 1 < len(said) and not said[at + 1].capital and known(said[at + 1], question):
        return False
    for token in reversed(said[max(0, at - _REACH) : at]):
        if token.plain in PREPOSITIONS:
            if token.plain == "of":
                continue
            return token.plain not in question.plain
        if token.mark or token.plain in AUXILIARIES or stem(token.plain) in question.verbs:
            return False
    return False


def _noun(said: Sequence[Token], at: int, question: Asked) -> bool:
    """Whether a word that the question lacks may name another subject: no verb, no adverb, no more of a known name."""
    token = said[at]
    plain = token.plain
    if not content(token, question) or len(plain) == 1 or plain.endswith(("ing", "ly")) or plain[0].isdigit():
        return False
    if at and said[at - 1].plain == ";" and plain.endswith("s") and not token.capital:  # "... and empties into the sea"
        return False
    following = said[at + 1] if at + 1 < len(said) else token
    if (
        past(plain)
        or any(alike(token, word) for word in question.words)
        or plain in _ORDINALS
        or following.plain in RELATIVES  # "was the architect who ..."
        or verb(said, at, question.verbs)
        or generic(token)
        or (generic(following) and not known(following, question))
        or stem(plain) in WEAK
        or any(len(w) >= _SUFFIX and plain.endswith(w) for w in question.plain)
    ):
        return False
    if not token.capital:
        return not known(following, question)  # what it says of a word that the question has was looked at
    if _explained(said, at, question):
        return False
    # more of a known name, or the name of what is known: "the captain, Tom Reed, ..."
    before = at - 1
    while before >= max(0, at - _REACH) and _named(said[before]) and not known(said[before], question):
        before -= 1
    before -= before > 0 and said[before].plain == ","
    return before < 0 or not known(said[before], question) or stem(said[before].plain) in question.verbs


def _explained(said: Sequence[Token], at: int, question: Asked) -> bool:
    """Whether a name is said to be what was asked about: "Grey Harbour, the song of the film, ..."."""
    comma = next((i for i in range(at, len(said)) if said[i].mark), len(said))
    end = next((i for i in range(comma + 1, len(said)) if said[i].mark), 0)
    return end > 0 and said[comma].plain == "," and any(known(token, question) for token in said[comma + 1 : end])


def _named(token: Token) -> bool:
    return token.capital or token.plain in PARTICLES


def _turns(said: Sequence[Token], at: int, start: int, question: Asked) -> bool:
    """Whether a word turns from what was asked to something beside it: "the former mayor", "the captain's brother"."""
    token, following = said[at], said[at + 1] if at + 1 < len(said) else said[at]
    opens = at == 0 or said[at - 1].plain == ";"
    if token.plain in POSSESSIVES and opens and content(following, question) and not owned(said[at:]):
        return at < start  # "her joey"
    beside = token.plain in _BESIDE or stem(token.plain) in _KIN  # "the sister ship"
    noun = following is not token and known(following, question) and not past(following.plain)
    if beside and noun and not {token.plain, _ORDINALS.get(token.plain, "")} & question.plain:
        return True
    return at < start and _kin(said, at, question)


def _kin(said: Sequence[Token], at: int, question: Asked) -> bool:
    """Whether a word turns to a relative of what was asked: "the captain's brother", "the brother of the captain"."""
    if stem(said[at].plain) not in _KIN or not content(said[at], question):
        return False
    if at and said[at - 1].said.endswith("'s") and known(said[at - 1], question):
        return True
    return at + 2 < len(said) and said[at + 1].plain == "of" and known(said[at + 2], question)
