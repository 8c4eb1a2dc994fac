"""How a name stands in its clause: as the one answer, one of several, denied, in passing, or part of a longer name."""

from collections.abc import Sequence
from typing import Literal

from orca2.reading.clauses import verb
from orca2.reading.joints import joined
from orca2.reading.names import SUFFIXES, TITLES, Name, Token
from orca2.reading.questions import Asked, generic, known, light
from orca2.reading.stems import AUXILIARIES, FUNCTION, PARTS, PREPOSITIONS, stem, stem_set, word_set
from orca2.reading.subjects import alike, modified

Standing = Literal["one", "or", "list", "longer", "denied", "passing"]

_NEGATIONS = word_set("not never neither nor no cannot pas jamais nicht kein keine nie nunca nao 不 没 非")
_ONCE = word_set("previously formerly")
_EXPERTS = word_set("scholars historians experts scientists sources")
_KINDS = word_set("type kind sort breed species genre style form")  # a "Rough Collie" is a collie
_STOPS = frozenset((",", "and", "but"))
_FALSE = word_set("myth wrongly falsely mistakenly contrary incorrectly false incorrect wrong untrue")
_MORE = word_set("only just merely simply")  # behind a "not" that denies nothing
_APART = word_set("than unlike except besides without despite like near outside opposite beyond")
_APART_OF = word_set("instead because behalf ahead")  # before an "of" that sets apart
_NO_PERSON = PREPOSITIONS - {"by", "as", "to"}
_NO_PLACE = word_set("by for with as about off after before between below above beneath underneath")
_DISTANT = stem_set("next close mile kilometer kilometre km metre meter hour minute away far north south east west")
_SAYING = stem_set("say believe think claim argue suggest assume")
_SUPPOSED = word_set("unless although though")
_FIRMS = word_set("fc afc cf inc ltd co corp corporation company plc llc mp phd md")  # behind a name they say nothing
_SOME = word_set("some others many people most")
_DETERMINERS = word_set("his her its their this that these those both all some any each one")
_MEASURED = word_set("old long tall high wide deep thick away ago")  # behind "9 years"
_BEFORE = 6  # words before the name that a phrase is about


def standing(said: Sequence[Token], start: int, end: int, question: Asked, name: Name) -> Standing:
    """How the words from `start` to `end` stand among the tokens of a clause, where they are a form of the name."""
    if _longer(said, start, end, question, name.proper):
        return "longer"
    if _denied(said, start, end, question):
        return "denied"
    if beside := joined(said, start, end, question, name):
        return beside
    reported = (
        said[0].plain in _SOME
        and _EXPERTS.isdisjoint(token.plain for token in said[:3])
        and any(stem(token.plain) in _SAYING for token in said[:4])
    )
    supposed = (
        said[0].plain in _SUPPOSED
        and said[0].plain not in question.plain
        and all(token.plain != "," for token in said[:start])
    )
    once = said[0].plain in _ONCE or [token.plain for token in said[:2]] == ["before", "that"]
    unsure = once or any(token.plain == "whether" for token in said[:start])
    return "passing" if reported or supposed or unsure or _governed(said, start, end, question) else "one"


def denied_from(said: Sequence[Token], own: int) -> int:
    """Where the words begin, from `own` on, that a clause denies: behind its first negation."""
    return next((at for at in range(own, len(said)) if _negates(said[at].plain)), len(said))


def _negates(word: str) -> bool:
    return word in _NEGATIONS or word.endswith("n't")


def head(said: Sequence[Token], start: int, end: int) -> bool:
    """Whether a phrase without a verb is about the name that it holds: no preposition before it but at its start."""
    before = [token.plain for token in said[:start] if not token.mark]
    while before and before[0] in FUNCTION and before[0] not in PREPOSITIONS:  # "so it was ..."
        before = before[1:]
    inner = any(word in PREPOSITIONS or word in AUXILIARIES for word in before[1:])
    behind = said[end] if end < len(said) else None
    ends = behind is None or behind.mark or behind.plain in PREPOSITIONS or behind.plain in ("who", "which", "that")
    return not inner and ends and len(before) <= _BEFORE


def _longer(said: Sequence[Token], start: int, end: int, question: Asked, proper: bool) -> bool:
    """Whether the name is a part of a longer one, or owns what is spoken of."""
    first, last = said[start], said[end - 1]
    before = said[start - 1] if start else None
    behind = said[end] if end < len(said) else None
    owned = next((token for token in said[end:] if token.mark or token.plain not in FUNCTION), None)
    if last.said.endswith("'s") and "whose" not in question.plain and not (owned and known(owned, question)):
        return True
    if not (proper and first.capital):  # a "pen case" is no pen
        if behind is not None and behind.plain in _MEASURED:
            return False  # "9 years old"
        ends = end + 1 >= len(said) or said[end + 1].mark
        return (
            ends and behind is not None and behind.said[:1].islower() and not (light(behind) or known(behind, question))
        )
    lone = end - start == 1 and (question.person or "name" in question.plain)
    if (
        behind
        and last.capital
        and _name(behind)
        and not _score(said[end : end + 2])
        and (behind.plain in SUFFIXES or not (lone or known(behind, question) or behind.plain in _FIRMS))
    ):
        return True
    if not question.person and last.plain not in SUFFIXES | {"i"} and _of_more(said[end : end + 2], question):
        return True
    if before is None or not _name(before):
        return False
    apart = before.said.endswith("'s") or first.plain.isdigit() or not _KINDS.isdisjoint(question.kinds)
    office = before.article or before.plain in TITLES or known(before, question) or generic(before)
    return not (lone or apart or office or any(alike(before, word) for word in question.words))


def _score(said: Sequence[Token]) -> bool:
    """Whether two numbers follow, of points or years: no more of a name, as the "2" of "Apollo 2" is."""
    return len(said) > 1 and all(token.plain.isdigit() for token in said)


def _of_more(behind: Sequence[Token], question: Asked) -> bool:
    """Whether a name goes on: "the Bank" of "the Bank of England"."""
    return len(behind) > 1 and behind[0].plain == "of" and _name(behind[1]) and not known(behind[1], question)


def _name(token: Token) -> bool:
    return token.capital and not token.mark and token.plain not in FUNCTION


def _denied(said: Sequence[Token], start: int, end: int, question: Asked) -> bool:
    """Whether a negation stands before the name, or in the verb of which it is the subject."""
    plain = [token.plain for token in said]
    if not _FALSE.isdisjoint((*plain[:start], *plain[end:])) and _FALSE.isdisjoint(question.plain):
        return True
    if question.negated:
        return False
    for at, word in enumerate(plain[:start]):
        if _negates(word) or (word == "than" and at and plain[at - 1] == "rather"):
            only = at + 1 < start and plain[at + 1] in _MORE
            if not only and (word != "no" or at == start - 1):
                return True
    if plain[end : end + 1] == ["never"]:
        return True
    at = next((at for at in range(end, min(end + 3, len(plain))) if plain[at] in AUXILIARIES | _STOPS), -1)
    return (
        at >= 0
        and plain[at] not in _STOPS
        and (plain[at].endswith("n't") or plain[at] == "cannot" or plain[at + 1 : at + 2] in (["not"], ["never"]))
    )


def _governed(said: Sequence[Token], start: int, end: int, question: Asked) -> bool:
    """Whether a preposition stands before the name that makes it no answer to such a question."""
    at = modified(said, start, question) - 1
    while at > 0 and said[at].plain in _DETERMINERS:
        at -= 1
    if at > 1 and said[at].plain == "of" and said[at - 1].plain in ("that", "those"):  # "larger than that of ..."
        at -= 2
    word = said[at].plain if at >= 0 else ""
    if word not in PREPOSITIONS or said[start].plain in PREPOSITIONS:
        return False
    if question.kind == "when" and _range(said, at, end):
        return True
    if word in question.plain and (word != "of" or not question.person):
        return False
    if (
        word in _APART
        or (question.kind == "what" and word in ("after", "before"))
        or (word == "of" and at and said[at - 1].plain in _APART_OF)
    ):
        return True
    if word == "of" and at:
        part = stem(said[at - 1].plain) in PARTS if question.person else known(said[at - 1], question)
        if part or (not question.person and generic(said[at - 1])):
            return False
    if word == "by" and question.undergone:
        other = known(said[at - 1], question) and question.undergone.isdisjoint(stem(t.plain) for t in said[:at])
        return not other  # of "who was sent to lead it", "it was led by Mira Holt"
    if question.person and said[start].capital:
        return word in _NO_PERSON and not (question.open and word != "of") and not _belongs(said[:at], question)
    inside = said[at - 1].article and (at < 2 or said[at - 2].plain != "to")  # "in the north of", not "to the north of"
    distant = word in ("from", "of", "to") and at > 0 and stem(said[at - 1].plain) in _DISTANT and not inside
    return distant or (question.kind in ("where", "when") and word in _NO_PLACE)


def _range(said: Sequence[Token], at: int, end: int) -> bool:
    """Whether a time is one end of two: "from Thursday to Friday"."""
    other = {"to": said[:at], "from": said[end:]}.get(said[at].plain, ())
    return any(token.plain in ("from", "to", "until") for token in other)


def _belongs(before: Sequence[Token], question: Asked) -> bool:
    """Whether a preposition belongs to the verb before it, and nobody else was named: "the key ends with Ann"."""
    if before and not question.verb and stem(before[-1].plain) in question.verbs:
        return True
    if not before or not (
        verb(before, len(before) - 1) or (known(before[-1], question) and before[-1].plain.endswith("s"))
    ):
        return False
    return not any(_name(token) and not known(token, question) and at for at, token in enumerate(before))
