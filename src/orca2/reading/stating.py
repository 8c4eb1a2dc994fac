"""Whether prose states a name as its answer: in a clause on what was asked, which no other clause outdoes."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from orca2.core.types import Where
from orca2.reading.clauses import clauses, in_line, sentences, subject, verb
from orca2.reading.names import Name, Token, found_in
from orca2.reading.patterns import lazy_pattern
from orca2.reading.phrases import denied_from, head, standing
from orca2.reading.questions import Asked, covered
from orca2.reading.rivals import DID, Part, anaphor, bridged, contradicts, or_else, outdone, plain_words
from orca2.reading.roles import candidates, in_place
from orca2.reading.stems import stem
from orca2.reading.subjects import WEAK, other_subject

Found = Literal["stated", "or", "other", "denied", "none"]

_REFUSED = lazy_pattern(
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
_TRIED = 12  # places of the name that are tried, from the first and from the last
_LONGEST = 1_200  # characters of a sentence
_SETTINGS = frozenset((word,) for word in ("when", "while", "although", "though", "because", "as", "if"))
_APART = Token(";", ";", True)


class Stated(NamedTuple):
    """What prose comes to: the name, the name beside another, something else, no more than a denial, or nothing."""

    found: Found
    answer: str = ""
    where: Where = "last"


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
    return _REFUSED().search(text) is not None


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


def _parts(said: Sequence[str], name: Name, question: Asked) -> list[Part]:
    found: list[Part] = []
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
                Part(clause, whole, own, plain_words(whole), there, frozenset(answers), found_in(whole, name, own))
            )
            if clause.aside:
                last = max(at for at, part in enumerate(found) if not part.clause.aside)
                found[last] = found[last]._replace(covered=found[last].covered | covered(clause.said, question))
            else:
                main = clause.said
                subject_before = subject_before if clause.inherits else subject(clause.said, question.verbs)
    return found


def _found(parts: Sequence[Part], place: int, start: int, end: int, question: Asked, name: Name) -> Found:
    """What a mention of the name comes to."""
    part = parts[place]
    how = standing(part.said, start, end, question, name)
    if how == "denied":
        return "denied"
    doubled = how == "one" and (
        (not question.glossed and or_else(parts[place + 1 : place + 2], part.said[end - 1]))
        or any(contradicts(other, part, start, end, question) for other in parts)
    )
    if how == "or" or doubled:
        return "or"
    return "stated" if how == "one" and _answers(parts, place, start, end, question) else "other"


def _answers(parts: Sequence[Part], place: int, start: int, end: int, question: Asked) -> bool:
    """Whether the clause around a name answers the question, and none does better."""
    part = parts[place]
    said, clause = part.said, part.clause
    there = covered((*said[:start], *said[end:]), question)
    if not there and said[-1].plain in DID and end == len(said) - 1:  # "Ada Brook did."
        return place == 0 or bool(parts[place - 1].covered)
    alone = head(said[part.own :], start - part.own, end - part.own)
    verbal = any(verb(said, at) or stem(said[at].plain) in WEAK for at in range(start))
    bare = alone and not (there or clause.heading or verbal)
    opens = (bare or not question.words) and clause.sentence == 0 and not clause.aside
    concludes = clause.heading and clause.sentence == parts[-1].clause.sentence
    unsaid = not any(one.covered for one in parts)  # "Ann and Ben: Ben. Ben and Cid: Cid."
    if (bare and end == len(said) and _last_line(parts, place)) or (
        concludes and alone and (unsaid or clause.heading == "=")
    ):
        return True
    settings = _setting(parts, place)
    if not (there or concludes or opens or anaphor(said[:start]) or (start == 0 and any(settings))):
        return False
    if not bare:
        beside = (part.covered - covered(said, question)).union(*settings)
        other = other_subject(said, start, end, question, beside)
        if not in_place(said, start, end, question) or (other and not bridged(*other, parts[:place], question)):
            return False
    return concludes or not outdone(parts, place, there, question, bare and end == len(said))


def _setting(parts: Sequence[Part], place: int) -> list[frozenset[str]]:
    """What the clauses of the same sentence cover that answer nothing: "When the war began, the mayor was Ann"."""
    there = [part for part in parts if part.clause.sentence == parts[place].clause.sentence]
    settings = [part for part in there if part.plain[:1] in _SETTINGS and not part.spans]
    return [part.covered for part in settings if not part.answers or part.plain[0] == "if"]


def _last_line(parts: Sequence[Part], place: int) -> bool:
    """Whether a clause is the whole of the last sentence, and not of the only one."""
    sentence = parts[place].clause.sentence
    return 0 < place == len(parts) - 1 and parts[place - 1].clause.sentence < sentence
