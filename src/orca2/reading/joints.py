"""What stands beside a name in its clause and is joined to it: another answer, one more of a list, or a description."""

from collections.abc import Sequence
from typing import Literal

from orca2.reading.names import TITLES, Name, Token
from orca2.reading.questions import Asked, known, light
from orca2.reading.stems import AUXILIARIES, FUNCTION, PREPOSITIONS, word_set
from orca2.reading.subjects import modified

_OR = frozenset(("or", "nor", "/", "oder", "或"))
_MAYBE = word_set("perhaps maybe possibly")
_EXAMPLES = word_set("including e.g like")
_OTHERS = word_set("his her its their others several other")  # how another item of a list may begin
_PEER = 6  # words of another item of a list
_ITEM = 12  # words of what describes a name
_SERIES = word_set("next series")


def joined(said: Sequence[Token], start: int, end: int, question: Asked, name: Name) -> Literal["or", "list"] | None:
    """Whether the name is joined to others of its kind."""
    one_of_many = question.several and not name.items
    first = modified(said, start, question)
    before = [token.plain for token in said[max(0, first - 2) : first]]
    example = before == ["such", "as"] or (before and before[-1] in _EXAMPLES - question.plain)
    if example:
        return None if one_of_many or question.kind == "where" else "list"
    joints = (_before(said, first, question, name.proper), _behind(said, end, question, name.proper))
    if first and "or" not in joints and question.plain >= _SERIES:  # of which the first counts
        return "list" if said[first - 1].mark and _alike(said[first - 2], question, name.proper) else None
    if "or" in joints:
        glosses = question.glossed and all(token.plain != "either" for token in said[:start])
        return None if glosses else "or"  # "it means 'pure' or 'clean'"
    return "list" if "and" in joints and not one_of_many else None


def _behind(said: Sequence[Token], end: int, question: Asked, proper: bool) -> str:
    """What joins more to the name behind it: "and", "or", or ""."""
    at, commas = end, 0
    while at < len(said):
        plain = [token.plain for token in said[at : at + 3]]
        if plain[0] == "," and plain[1:2] == ["or"] and not proper and any(t.plain == "," for t in said[at + 2 :]):
            return ""  # "the femur, or thigh bone, is ..."
        if plain[0] in _OR or (plain[0] == "," and plain[1:2] and plain[1] in _MAYBE):
            return "or"
        if plain[0] == "and":
            return "and" if _peer(said, at + 1, question, proper) else ""
        if plain in (["as", "well", "as"], ["along", "with"], ["together", "with"]):
            return "and"
        if plain[0] != ",":
            break
        if proper and (after := _description(said, at + 1)):  # "Mira Holt, a British and Danish painter"
            at = after
            continue
        run = at + 1
        while run < len(said) and run - at <= _PEER and _alike(said[run], question, proper):
            run += 1
        if run > at + 1:
            commas += 1
            two = question.person and run == len(said) and run - at > 2 and said[at + 1].plain not in TITLES
            if two or (commas > 1 and question.kind != "where"):
                return "and"
        elif plain[1:2] not in (["and"], ["or"]):
            break
        at = run
    return ""


def _description(said: Sequence[Token], at: int) -> int:
    """Where words behind a comma end that say what a name is: an article, and a noun that is no name; 0 for none."""
    if at >= len(said) or not said[at].article:
        return 0
    end = next((i for i in range(at, len(said)) if said[i].mark), len(said))
    return end if any(not (token.capital or light(token)) for token in said[at : min(end, at + _ITEM)]) else 0


def _before(said: Sequence[Token], first: int, question: Asked, proper: bool) -> str:
    """What joins the name to others before it: "and", "or", or ""."""
    joint = said[first - 1].plain if first else ""
    if joint == "/" and proper and first > 1 and said[first].said.islower() and said[first - 2].said.islower():
        return ""  # "the singer/songwriter Mira Holt"
    if joint in _OR:
        return "or"
    peer = first - 2 if joint in ("and", ",") else -1
    peer -= peer > 0 and said[peer].plain == ","
    if peer < 0 or not _alike(said[peer], question, proper):
        return ""
    if joint == "and":
        return "and"
    run = peer
    while run and _alike(said[run - 1], question, proper):
        run -= 1
    opens = said[run - 1].plain if run else ""
    leads = joint == "," and said[0].plain in PREPOSITIONS and said[0].plain != "by"  # "In the play by Ann Holt, ..."
    pair = question.person and run < peer and not leads and (opens in ("", "by") or opens in AUXILIARIES)
    return "and" if opens in (",", "and") or pair else ""


def _alike(token: Token, question: Asked, proper: bool) -> bool:
    """Whether a word may be one of another item beside the name."""
    new = not token.mark and token.plain not in FUNCTION and not known(token, question)
    return new and (token.capital or not proper)


def _band(said: Sequence[Token], at: int) -> bool:
    """Whether a band stands behind the "and" after who leads it: "Mira Holt and the Herons"."""
    leader = said[max(0, at - 3) : at - 1]
    named = len(leader) == 2 and all(token.capital and token.plain not in FUNCTION for token in leader)
    ends = at + 1 == len(said) or light(said[at + 1])
    return named and ends and said[at].article and said[at].capital and said[at].plain.endswith("s")


def _peer(said: Sequence[Token], at: int, question: Asked, proper: bool) -> bool:
    """Whether another item begins behind an "and"."""
    if at >= len(said) or said[at].mark:
        return False
    if said[at].plain in _OTHERS:
        return True
    if question.person and _band(said, at):
        return False
    article = said[at].article and said[at].plain not in FUNCTION and not known(said[at], question)
    return article or _alike(said[at], question, proper)
