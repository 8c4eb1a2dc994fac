"""Whether prose states a name as its answer: in a clause on what was asked, which no other clause outdoes."""

import re
from collections.abc import Sequence, Set
from typing import Literal, NamedTuple

from orca2.core.nouns import Where
from orca2.reading.clauses import Clause, clauses, in_line, sentences, subject, sure, verb
from orca2.reading.names import Name, Token, found_in
from orca2.reading.phrases import denied_from, head, standing
from orca2.reading.questions import Asked, content, covered, generic
from orca2.reading.roles import candidates, in_place
from orca2.reading.stems import ANAPHORS, AUXILIARIES, POSSESSIVES, stem, word_set
from orca2.reading.subjects import WEAK, other_subject

Found = Literal["stated", "or", "other", "denied", "none"]

_REFUSED = re.compile(
    r"\b(?:i (?:cannot|can't|can not|could not|couldn't|am unable|do not|don't|am not)|i'm (?:sorry|unable|not|afraid)|"
    r"(?:not enough|insufficient|no) information|unclear|unknown|not (?:mentioned|stated|specified|given|known))\b",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"^\W{0,3}(?:no|wait|actually|correction|sorry|scratch that|on second thought|let me (?:re|correct|try))\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"\W{0,3}(?:sure|certainly|absolutely|of course|hello|hi|hey|great|okay|ok|yes|well|thanks|thank you)\b"
    r"[^.!:]{0,60}[.!:]\Z",
    re.IGNORECASE,
)
_IF = re.compile(r"\W{0,3}(?:if|suppose|assuming|had)\s(?!you\b|we\b|i\b|i'm\b|you're\b)", re.IGNORECASE)
_CUES = word_set("referring asking looking thinking describing")  # "the song you are referring to is ..."
_TRIED = 12  # places of the name that are tried, from the first and from the last
_OPENING = 3  # words of a clause among which its subject is
_LONGEST = 1_200  # characters of a sentence
_DID = word_set("did does do was is were are has had")
_ANY = Name(())
_SETTINGS = frozenset((word,) for word in ("when", "while", "although", "though", "because", "as"))
_APART = Token(";", ";", True)


class Stated(NamedTuple):
    """What prose comes to: the name, the name beside another, something else, no more than a denial, or nothing."""

    found: Found
    answer: str = ""
    where: Where = "last"


class _Part(NamedTuple):
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


def stated(text: str, name: Name, question: Asked) -> Stated:
    """Read prose."""
    parts = _parts(_settled(sentences(in_line(text)), question), name, question)
    last = parts[-1].clause.sentence if parts else 0
    places = [(place, start, end) for place, part in enumerate(parts) for start, end in part.spans]
    found: set[Found] = set()
    for place, start, end in places if len(places) <= 2 * _TRIED else (*places[:_TRIED], *places[-_TRIED:]):
        found.add(how := _found(parts, place, start, end, question, name))
        if how == "stated":
            return Stated(how, where=_where(parts[place].clause.sentence, last))
    told = any(part.covered and part.answers - part.named for part in parts)
    if "or" in found or told or "other" in found:
        best = max(parts, key=lambda part: (bool(part.answers), len(part.covered), part.clause.sentence))
        shown = " ".join(token.said for token in best.clause.said if not token.mark)
        return Stated("or" if "or" in found else "other", shown, _where(best.clause.sentence, last))
    return Stated("denied" if found else "none")


def refuses(text: str) -> bool:
    """Whether a text says that it cannot answer."""
    return _REFUSED.search(text) is not None


def _where(sentence: int, last: int) -> Where:
    return "whole" if last == 0 else "first" if sentence == 0 else "last"


def _settled(said: Sequence[str], question: Asked) -> list[str]:
    """The sentences that still hold at the end, without questions."""
    last = max((at for at, sentence in enumerate(said) if at and _TAKEN_BACK.match(sentence)), default=0)
    return [sentence for sentence in said[last:] if not _says_nothing(sentence, len(said) > 1, question)]


def _says_nothing(sentence: str, among_others: bool, question: Asked) -> bool:
    """Whether a sentence asks, supposes, or opens a reply."""
    if sentence.rstrip("\"' )*").endswith("?") or (among_others and _GREETING.match(sentence)):
        return True
    return "if" not in question.plain and _IF.match(sentence) is not None


def _parts(said: Sequence[str], name: Name, question: Asked) -> list[_Part]:
    found: list[_Part] = []
    subject_before: Sequence[Token] = ()
    for number, sentence in enumerate(said):
        refused = refuses(sentence)
        main: tuple[Token, ...] = ()
        for clause in clauses(sentence[:_LONGEST], number, question.verbs):
            about: Sequence[Token] = clause.about if clause.aside else ()
            if clause.heading or clause.inherits:
                about = main if clause.heading else subject_before
            whole = (*about, _APART, *clause.said) if about else clause.said
            own = len(whole) - len(clause.said)
            there = frozenset(covered(whole, question))
            said_so = whole if question.negated else whole[: denied_from(whole, own)]
            answers = () if refused else (token.plain for token in candidates(said_so, own, question))
            found.append(
                _Part(clause, whole, own, _plain(whole), there, frozenset(answers), found_in(whole, name, own))
            )
            if clause.aside:
                last = max(at for at, part in enumerate(found) if not part.clause.aside)
                found[last] = found[last]._replace(covered=found[last].covered | covered(clause.said, question))
            else:
                main = clause.said
                subject_before = subject_before if clause.inherits else subject(clause.said, question.verbs)
    return found


def _found(parts: Sequence[_Part], place: int, start: int, end: int, question: Asked, name: Name) -> Found:
    """What a mention of the name comes to."""
    part = parts[place]
    how = standing(part.said, start, end, question, name)
    if how == "denied":
        return "denied"
    doubled = how == "one" and (
        _or_else(parts[place + 1 : place + 2], part.said[end - 1])
        or any(_contradicts(other, part, start, end, question) for other in parts)
    )
    if how == "or" or doubled:
        return "or"
    return "stated" if how == "one" and _answers(parts, place, start, end, question) else "other"


def _answers(parts: Sequence[_Part], place: int, start: int, end: int, question: Asked) -> bool:
    """Whether the clause around a name answers the question, and none does better."""
    part = parts[place]
    said, clause = part.said, part.clause
    there = covered((*said[:start], *said[end:]), question)
    if not there and said[-1].plain in _DID and end == len(said) - 1:  # "Ada Brook did."
        return place == 0 or bool(parts[place - 1].covered)
    alone = head(said[part.own :], start - part.own, end - part.own)
    verbal = any(sure(token) or stem(token.plain) in WEAK for token in said[:start])
    bare = alone and not (there or clause.heading or verbal)
    opens = (bare or not question.words) and clause.sentence == 0 and not clause.aside
    concludes = clause.heading and clause.sentence == parts[-1].clause.sentence
    unsaid = not any(one.covered for one in parts)  # "Ann and Ben: Ben. Ben and Cid: Cid."
    if (bare and end == len(said) and _last_line(parts, place)) or (
        concludes and alone and (unsaid or clause.heading == "=")
    ):
        return True
    if not (there or concludes or opens or _anaphor(said[:start])):
        return False
    if not bare:
        beside = (part.covered - covered(said, question)).union(*_setting(parts, place))
        other = other_subject(said, start, end, question, beside)
        if not in_place(said, start, end, question) or (other and not _bridged(*other, parts[:place], question)):
            return False
    return concludes or not _outdone(parts, place, there, question, bare and end == len(said))


def _setting(parts: Sequence[_Part], place: int) -> list[frozenset[str]]:
    """What the clauses of the same sentence cover that answer nothing: "When the war began, the mayor was Ann"."""
    there = [part for part in parts if part.clause.sentence == parts[place].clause.sentence]
    return [part.covered for part in there if part.plain[:1] in _SETTINGS and not part.answers and not part.spans]


def _last_line(parts: Sequence[_Part], place: int) -> bool:
    """Whether a clause is the whole of the last sentence, and not of the only one."""
    sentence = parts[place].clause.sentence
    return 0 < place == len(parts) - 1 and parts[place - 1].clause.sentence < sentence


def _or_else(following: Sequence[_Part], last: Token) -> bool:
    """Whether the next clause offers another answer than the one that ends with `last`."""
    joined = [
        part.clause
        for part in following
        if part.answers and part.clause.said[0].plain == "or" and not part.clause.said[1].mark
    ]
    return any(not clause.aside or clause.about[-1:] == (last,) for clause in joined)


def _anaphor(said: Sequence[Token]) -> bool:
    """Whether the subject is a pronoun, or its name is: "its name is ..."."""
    if len(said) > 1 and said[0].plain in POSSESSIVES and generic(said[1]):
        return True
    if any(token.article and token.said.islower() and generic(token) for token in said[:_OPENING]):
        return True  # "the song was ..."
    return any(
        token.plain in ANAPHORS and (at < _OPENING or (at + 1 < len(said) and verb(said, at + 1)))
        for at, token in enumerate(said)
    )


def _contradicts(other: _Part, part: _Part, start: int, end: int, question: Asked) -> bool:
    """Whether the same is said with another answer: "The capital is Riga. The capital is Liepaja."."""
    before, behind = _plain(part.said[:start]), _plain(part.said[end:])
    said, named = other.plain, len(part.plain) - len(before) - len(behind)
    if not 0 < len(said) - len(before) - len(behind) <= named + _OPENING or said[: len(before)] != before:
        return False
    stop = len(said) - len(behind)
    if said[stop:] != behind or said[len(before) : stop] == part.plain[len(before) : len(before) + named]:
        return False
    return bool(covered((*part.said[:start], *part.said[end:]), question))


def _plain(said: Sequence[Token]) -> tuple[str, ...]:
    return tuple(token.plain for token in said if not token.mark)


def _bridged(missing: set[str], instead: str, before: Sequence[_Part], question: Asked) -> bool:
    """Whether the subject in place of another was said to be it: "Ann has the red box. The red box holds a ring."."""
    links = [part.said for part in before]
    links += [clause.said for said in sentences(question.context) for clause in clauses(said.replace(",", ";"))]
    for link in links:
        stems = {stem(token.plain) for token in link}
        if stem(instead) in stems and not missing.isdisjoint(stems):
            return True
    return False


def _rivals(other: _Part, part: _Part, question: Asked) -> bool:
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


def _outdone(parts: Sequence[_Part], place: int, there: set[str], question: Asked, bare: bool) -> bool:
    """Whether another clause answers the question better, or takes this one back; of a `bare` answer all may tell."""
    part = parts[place]
    words = {token.plain for token in part.said}
    if _CUES & words and "you" in words:
        return False
    if part.clause.sentence and not part.clause.turn and _bare_name(parts[0], parts[1], question):
        return True  # "Riga. It lies south of Tallinn."
    new = covered(part.said[part.own :], question)
    told = there | (part.covered - covered(part.said, question))
    for at, other in enumerate(parts):
        if at == place or not other.answers or other.spans or not _rivals(other, part, question):
            continue
        if part.clause.aside and _main(parts, place) is other:
            if new <= (said := covered(other.said, question)):
                return True  # "Ann has the most medals, followed by Ben"
            if not question.verbs.isdisjoint(new - said):
                continue
        if at > place and other.clause.turn and _as_good(other, told, question):
            return True
        # it goes on about what was answered: "The tower is in Gera. It was built by Ada Brook."
        before = other.clause.sentence < part.clause.sentence
        if before and not new and other.covered >= told and 2 * len(other.covered) > len(question.words):
            return True
        more = other.covered - told
        if not more or (len(other.covered) <= len(told) and question.verb not in more):
            continue
        if at < place and new and words & other.answers:
            continue  # it leads here: "Ann has the red box. The red box holds a ring."
        whole = len(other.covered) == len(question.words)
        if bare and not (whole or question.verb in more):
            continue
        if at < place or whole or question.verb in more or 2 * len(told) < len(question.words):
            return True
    return False


def _bare_name(first: _Part, second: _Part, question: Asked) -> bool:
    """Whether a text opens with a sentence that is another name and nothing else."""
    if first.spans or second.clause.sentence == 0 or len(first.plain) > _OPENING:
        return False
    return all(token.capital and content(token, question) for token in first.said if not token.mark)


def _main(parts: Sequence[_Part], aside: int) -> _Part:
    """The clause that an aside stands in."""
    return next(part for part in reversed(parts[:aside]) if not part.clause.aside)


def _as_good(other: _Part, told: Set[str], question: Asked) -> bool:
    """Whether a clause that opens with "but" or "so" may stand against what was told before."""
    said = other.clause.said
    whole = len(other.covered) >= len(told) or question.verb in other.covered
    return whole or said[-1].plain in _DID or _anaphor(said)
