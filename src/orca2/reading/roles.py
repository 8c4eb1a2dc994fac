"""The part that a name plays in its clause: what is said of the question's subject, or something beside it."""

from collections.abc import Sequence

from orca2.reading.clauses import sure, verb
from orca2.reading.names import TITLES, Token
from orca2.reading.questions import Asked, content, fitting, generic, known, light
from orca2.reading.stems import FUNCTION, PARTS, PREPOSITIONS, RELATIVES, SPEAKERS, stem, word_set
from orca2.reading.subjects import WEAK, modified

_BE = word_set("is are was were be been being")
_DETERMINERS = word_set("his her its their this that these those both all some any each")


def in_place(said: Sequence[Token], start: int, end: int, question: Asked) -> bool:
    """Whether a name stands where the clause has its answer."""
    at, behind = _main_verb(said, question)
    if question.verb and not _agent(said, start, question):
        return False
    if at < 0:
        return True
    if start < at:
        return _heads(said, start)
    if question.person and _did_else(said, at, behind, start, question):
        return False
    return _first(said, behind, start, end, question) and not _said_before(said, at, behind, start, question)


def _did_else(said: Sequence[Token], at: int, behind: int, start: int, question: Asked) -> bool:
    """Whether a name is whom another one did something to that was not asked: "Ann succeeded Ben"."""
    acts = said[at:behind]
    if any(token.plain in _BE or stem(token.plain) in WEAK or known(token, question) for token in acts):
        return False
    if any(token.plain == "by" or token.plain in _BE for token in said[behind:start]):
        return False
    return said[0].plain in ("he", "she") or _names(said[:at], question)


def candidates(said: Sequence[Token], own: int, question: Asked) -> list[Token]:
    """The words of a clause, from `own` on, that may be its answer."""
    new = fitting(said[own:], question)
    if not new or not question.verb:
        return new
    return [token for at, token in enumerate(said) if at >= own and token in new and _agent(said, at, question)]


def _main_verb(said: Sequence[Token], question: Asked) -> tuple[int, int]:
    """Where the main verb begins and ends, past the one of a "that ..." or "you ..."; -1 for none."""
    nested, found, at = False, (-1, -1), 0
    while at < len(said):
        if said[at].plain in RELATIVES or (said[at].plain in SPEAKERS and not _in_title(said, at)):
            nested = True
        elif at and verb(said, at, question.verbs) and (found[0] < 0 or sure(said[at])):
            end = at + 1
            while end < len(said) and (verb(said, end) or said[end].plain == "not" or said[end].plain.endswith("ly")):
                end += 1
            if not nested:
                return at, end
            nested, found, at = False, (at, end), end
            continue
        at += 1
    return found


def _in_title(said: Sequence[Token], at: int) -> bool:
    """Whether a word is one of a title: the "I" of "I Miss the River"."""
    return at + 1 < len(said) and said[at + 1].said.istitle()


def _agent(said: Sequence[Token], start: int, question: Asked) -> bool:
    """Of "who restored it": whether the name is the one who did, before the verb or behind its "by"."""
    acts = (at for at, token in enumerate(said) if stem(token.plain) == question.verb)
    place = max((at for at in acts if not said[at].plain.endswith(("er", "or", "ers", "ors"))), default=-1)
    if place < 0:
        return True
    by = next((at for at in range(place + 1, len(said)) if said[at].plain == "by"), -1)
    passive = any(token.plain in _BE for token in said[max(0, place - 3) : place])
    if by >= 0 and (passive or start > by):
        return start > by and not _names(said[by + 1 : modified(said, start, question)], question)
    if start < place or by >= 0 or any(token.plain in _BE for token in said[place + 1 : start]):
        return True
    return not _names(said[:place], question)


def _names(said: Sequence[Token], question: Asked) -> bool:
    """Whether another name stands among the tokens: no more of a known one, no "American" before a noun."""
    at = 0
    while at < len(said):
        run = at
        while run < len(said) and said[run].said[:1].isupper():
            run += 1
        new = all(content(token, question) for token in said[at:run])
        adjective = run < len(said) and said[run].said[:1].islower() and not light(said[run])
        if new and not adjective and any(token.plain not in TITLES for token in said[at:run]):
            return True
        at = max(run, at + 1)
    return False


def _heads(said: Sequence[Token], start: int) -> bool:
    """Whether a name before the verb is its subject, and no part of how another one is described."""
    comma = max((at for at in range(start) if said[at].mark), default=-1)
    before = said[comma + 1 : start]
    if before and before[0].plain in PREPOSITIONS:  # "In 1950 Mira Holt restored ..."
        before = before[1:]
    return not any(
        token.plain in PREPOSITIONS and not (token.plain == "of" and at and _part(before[at - 1]))
        for at, token in enumerate(before)
    )


def _part(token: Token) -> bool:
    """Whether the word before an "of" says no more than the name: "one of Ann and Ben", "the town of Lund"."""
    return stem(token.plain) in PARTS or (generic(token) and token.article)


def _said_before(said: Sequence[Token], at: int, behind: int, start: int, question: Asked) -> bool:
    """Whether the subject is the answer and what the verb says of it known: "Solveig is the ship built by Ann"."""
    until = next((i for i in range(behind, start) if said[i].plain in PREPOSITIONS), start)
    phrase = [token for token in said[behind:until] if not token.mark and token.plain not in FUNCTION]
    if question.person:  # "... in Dallas, Texas"
        place = start - 1
        while place > behind and (said[place].mark or said[place].capital):
            place -= 1
        if said[start - 1].plain == "," and said[place].plain in ("in", "at", "near", "from"):
            return True
    new = _names(said[:at], question)
    return new and until < start and bool(phrase) and all(known(token, question) or generic(token) for token in phrase)


def _apart(said: Sequence[Token]) -> bool:
    """Whether the last word, a preposition, stands before a comma too."""
    comma = max((at for at, token in enumerate(said) if token.plain == ","), default=0)
    return any(token.plain == said[-1].plain for token in said[:comma])


def _first(said: Sequence[Token], behind: int, start: int, end: int, question: Asked) -> bool:
    """Whether a name behind the verb is what is said first, and no part of what describes that."""
    if question.person and end < len(said) and said[end].said[:1].islower() and not light(said[end]):
        return False
    if question.kind in ("where", "when"):
        return True
    own = modified(said, start, question)
    if own and said[own - 1].plain in PREPOSITIONS and _apart(said[behind:own]):
        return False  # "is made of wheat, the beer of rye"
    while behind < start and said[behind].plain in _DETERMINERS:
        behind += 1
    until = next((at for at in range(behind, start) if said[at].mark or said[at].plain in FUNCTION), start)
    phrase, between = said[behind:until], said[until:start]
    if not phrase or not any(token.plain in PREPOSITIONS for token in between):
        return True
    if any(stem(token.plain) in question.verbs for token in between) or known(between[-1], question):
        return True  # "was famous for playing the trumpet", "is an instrument used to measure heat"
    if said[start].capital:
        return not _names(said[behind:own], question)
    return known(phrase[-1], question) or generic(phrase[-1])
