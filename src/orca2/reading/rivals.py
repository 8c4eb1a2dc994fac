"""Whether one clause of a text answers better than another, takes it back, or says the same with another answer."""

from collections.abc import Sequence, Set
from typing import NamedTuple

from orca2.reading.clauses import Clause, clauses, sentences, verb
from orca2.reading.names import Name, Token
from orca2.reading.phrases import standing
from orca2.reading.questions import Asked, content, covered, generic, owned
from orca2.reading.roles import in_place
from orca2.reading.stems import ANAPHORS, stem, word_set
from orca2.reading.subjects import other_subject

_CUES = word_set("referring asking looking thinking describing")  # "the song you are referring to is ..."
_OPENING = 3  # words of a clause among which its subject is
DID = word_set("did does do was is were are has had")
_ANY = Name(())


class Part(NamedTuple):
    """A clause with its subject before it where that stands elsewhere; its own words begin at `own`.

    `covered` are the question's words in it, `answers` the words that may answer it, `spans` the places of the name.
    """

    clause: Clause
    said: tuple[Token, ...]
    own: int
    plain: tuple[str, ...]
    covered: frozenset[str]
    answers: frozenset[str]
    spans: Sequence[tuple[int, int]]

    @property
    def named(self) -> set[str]:
        """The words of the name where it stands in the clause."""
        return {token.plain for start, end in self.spans for token in self.said[start:end]}


def outdone(parts: Sequence[Part], place: int, there: set[str], question: Asked, bare: bool) -> bool:
    """Whether another clause answers the question better, or takes this one back; of a `bare` answer all may tell."""
    part = parts[place]
    words = {token.plain for token in part.said}
    if _CUES & words and "you" in words:
        return False
    if place and part.clause.sentence and not part.clause.turn and _bare_name(parts[0], parts[1], question):
        return True  # "Riga. It lies south of Tallinn."
    new = covered(part.said[part.own :], question)
    told = there | (part.covered - covered(part.said, question))
    for at, other in enumerate(parts):
        if at == place or not other.answers or other.spans or not _rivals(other, part, question):
            continue
        if part.clause.aside and _main(parts, place) is other:
            if new <= covered(other.said, question):
                return True  # "Ann has the most medals, followed by Ben"
            continue
        if at > place and other.clause.turn and _as_good(other, told, question):
            return True
        # it goes on about what was answered: "The tower is in Gera. It was built by Ada Brook."
        before = other.clause.sentence < part.clause.sentence
        if before and not new and other.covered >= told and 2 * len(other.covered) > len(question.words):
            return True
        more = other.covered - told
        acts = len(new) > 1 and not question.verbs.isdisjoint(new)
        if acts and question.verbs.isdisjoint(other.covered):
            continue  # "The lid covers the well. It is a heavy board."
        if not more or (len(other.covered) <= len(told) and question.verbs.isdisjoint(more)):
            continue
        if at < place and new and words & other.answers:
            continue  # it leads here: "Ann has the red box. The red box holds a ring."
        whole = len(other.covered) == len(question.words)
        if bare and not (whole or question.verb in more):
            continue
        if at < place or whole or question.verb in more or 2 * len(told) < len(question.words):
            return True
    return False


def _rivals(other: Part, part: Part, question: Asked) -> bool:
    """Whether what another clause answers is said of what was asked, and of more than the name's own parts."""
    fits = [token.plain in other.answers for token in other.said]
    at = other.own
    while at < len(fits):
        end = next((i for i in range(at, len(fits)) if not fits[i]), len(fits))
        run = {token.plain for token in other.said[at:end]}
        passing = run and standing(other.said, at, end, question, _ANY) == "passing"
        if run and not passing and in_place(other.said, at, end, question):
            if run <= part.named:
                return False
            if other_subject(other.said, at, end, question) is None:
                return True
        at = end + 1
    return False


def _bare_name(first: Part, second: Part, question: Asked) -> bool:
    """Whether a text opens with a sentence that is another name and nothing else."""
    if first.spans or second.clause.sentence == 0 or len(first.plain) > _OPENING:
        return False
    return all(token.capital and content(token, question) for token in first.said if not token.mark)


def _main(parts: Sequence[Part], aside: int) -> Part:
    """The clause that an aside stands in."""
    return next(part for part in reversed(parts[:aside]) if not part.clause.aside)


def _as_good(other: Part, told: Set[str], question: Asked) -> bool:
    """Whether a clause that opens with "but" or "so" may stand against what was told before."""
    said = other.clause.said
    whole = len(other.covered) >= len(told) or question.verb in other.covered
    return whole or said[-1].plain in DID or anaphor(said)


def or_else(following: Sequence[Part], last: Token) -> bool:
    """Whether the next clause offers another answer than the one that ends with `last`."""
    joined = [
        part.clause
        for part in following
        if part.answers and part.clause.said[0].plain == "or" and not part.clause.said[1].mark
    ]
    return any(not clause.aside or clause.about[-1:] == (last,) for clause in joined)


def contradicts(other: Part, part: Part, start: int, end: int, question: Asked) -> bool:
    """Whether the same is said with another answer: "The capital is Riga. The capital is Liepaja."."""
    before, behind = plain_words(part.said[:start]), plain_words(part.said[end:])
    said, named = other.plain, len(part.plain) - len(before) - len(behind)
    if not 0 < len(said) - len(before) - len(behind) <= named + _OPENING or said[: len(before)] != before:
        return False
    stop = len(said) - len(behind)
    if said[stop:] != behind or said[len(before) : stop] == part.plain[len(before) : len(before) + named]:
        return False
    return bool(covered((*part.said[:start], *part.said[end:]), question))


def bridged(missing: set[str], instead: str, before: Sequence[Part], question: Asked) -> bool:
    """Whether the subject in place of another was said to be it: "Ann has the red box. The red box holds a ring."."""
    links = [part.said for part in before]
    links += [clause.said for said in sentences(question.context) for clause in clauses(said.replace(",", ";"))]
    for link in links:
        stems = {stem(token.plain) for token in link}
        if stem(instead) in stems and not missing.isdisjoint(stems):
            return True
    return False


def anaphor(said: Sequence[Token]) -> bool:
    """Whether the subject is a pronoun, or its name is: "its name is ..."."""
    if owned(said):
        return True
    if any(token.article and token.said.islower() and generic(token) for token in said[:_OPENING]):
        return True  # "the song was ..."
    return any(
        token.plain in ANAPHORS and (at < _OPENING or (at + 1 < len(said) and verb(said, at + 1)))
        for at, token in enumerate(said)
    )


def plain_words(said: Sequence[Token]) -> tuple[str, ...]:
    return tuple(token.plain for token in said if not token.mark)
