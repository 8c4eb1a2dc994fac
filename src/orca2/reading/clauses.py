"""The sentences of a text and their clauses: each says one thing of one subject."""

import re
from collections.abc import Sequence
from collections.abc import Set as Stems
from typing import NamedTuple

from orca2.reading.names import Token, tokens
from orca2.reading.stems import (
    ANAPHORS,
    AUXILIARIES,
    FUNCTION,
    POSSESSIVES,
    PREPOSITIONS,
    RELATIVES,
    past,
    stem,
    stem_set,
    word_set,
)

_BREAKS = word_set("but while whereas although though however because unless")
_TIMES = word_set("before after until")
_TURNS = {
    **dict.fromkeys(word_set("but however actually instead no wait correction reality fact"), "but"),
    **dict.fromkeys(word_set("so therefore thus hence finally consequently overall"), "so"),
}
_ORDERED = word_set("first originally later also then now")
_BORN = word_set("born based")
_NOUNS = word_set(
    "series species films movies games books songs novels tennis politics physics news"
)  # behind a name too
_PLAYED = stem_set("play voice")  # of characters, not of works
_ITEM = re.compile(r"\s{0,8}(?:[-*•]|[0-9]{1,2}[.)])\s+(?=\S)")
_END = re.compile(r"[.!?]['\")\]]{0,3}\s+|\n\s*")
# words whose full stop ends no sentence
_SHORT = word_set("mr mrs ms dr prof st mt vs v gen col sgt capt rev lt hon e.g i.e no fig approx ca cf c")
_LAST_WORD = re.compile(r"[\w.]{1,12}\Z")
_WORD = re.compile(r"[^\W\d_]{1,20}")
_BRIEF = 60  # characters of an item that is a name and no text of its own
_ASIDE = 60  # words of an aside
_SUBJECT = 4  # words of a subject behind "and"


class Clause(NamedTuple):
    """A part of a sentence, the `sentence`th of its text.

    `heading`: what stands before this mark, a colon or "=", is its subject. `inherits`: its subject is that of the
    clause before. `aside`: it stands in parentheses or between commas, and its subject is `about`. `turn`: it opens
    with "but", "so", or a word like it.
    """

    said: tuple[Token, ...]
    sentence: int
    heading: str = ""
    inherits: bool = False
    aside: bool = False
    about: tuple[Token, ...] = ()
    turn: str = ""


def in_line(text: str) -> str:
    r"""The text with its lists of brief items, one a line, as lists in a sentence, and with what a colon announces.

    >>> in_line("They are:\n- salt\n- tar\n- rope")
    'They are: salt, tar and rope'
    """
    if "\n" not in text:
        return text
    found: list[str] = []
    items: list[str] = []
    for line in (*text.split("\n"), ""):
        item = _ITEM.match(line)
        if item and len(line) <= _BRIEF:
            items.append(line[item.end() :].strip(" .,;"))
            continue
        if len(items) > 1:
            listed = f"{', '.join(items[:-1])} and {items[-1]}"
            if found and found[-1].rstrip().endswith(":"):
                listed = f"{found.pop().rstrip()} {listed}"
            found.append(listed)
        else:
            found += items
        items = []
        if line.strip() and found and found[-1].rstrip().endswith(":"):
            found[-1] += f" {line.strip()}"
        elif line.strip():
            found.append(line)
    return "\n".join(found)


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text; a full stop behind a title, an initial or before a small letter ends none."""
    found, start = [], 0
    for match in _END.finditer(text):
        if match[0][0] == "." and "\n" not in match[0] and _goes_on(text, match.start(), match.end()):
            continue
        if piece := text[start : match.end()].strip():
            found.append(piece)
        start = match.end()
    return [*found, piece] if (piece := text[start:].strip()) else found


def _goes_on(text: str, stop: int, following: int) -> bool:
    word = _LAST_WORD.search(text, max(0, stop - 12), stop)
    last = word[0] if word else ""
    initial = len(last) == 1 and last.isalpha() and last.isupper()
    if (
        "." in last and last.isupper() and all(len(letter) == 1 for letter in last.split("."))
    ):  # "J.R. Holt", "U.S. Army"
        after = _WORD.match(text, following)
        initial = after is not None and after[0].lower() not in FUNCTION | {"the", "a", "an"}
    return text[following : following + 1].islower() or text[following : following + 1] == "(" or (
        initial or last.lower() in _SHORT
    )  # fmt: skip


def clauses(sentence: str, number: int = 0, verbs: Stems[str] = frozenset()) -> list[Clause]:
    """The clauses of a sentence, each followed by its asides; `verbs` are stems that are known for verbs."""
    said = tokens(sentence)
    found: list[Clause] = []
    main: list[Token] = []
    asides: list[Clause] = []
    seen: set[str] = set()
    opened, at = "", 0
    while at < len(said):
        token = said[at]
        joined = _joined(said, at, verbs, seen) if "verb" in seen else ""
        if not joined and (end := _aside_end(said, at)):
            trails = end == len(said) > at + 1 and (
                said[at + 1].plain.endswith("ing") or stem(said[at + 1].plain) in _PLAYED
            )  # "Ann won, beating Ben", "Ann is a nurse in the series, played by Ida Nord"
            about = tuple(subject(main, verbs)) if trails else _noun_before(main, verbs)
            asides.append(Clause(said[at + 1 : end], number, aside=True, about=about))
            main.append(Token(",", ",", True))
            at = end + 1
            continue
        breaks = token.plain in _BREAKS or (token.plain == "so" and main and main[-1].plain == ",")
        breaks = breaks or ("verb" in seen and _other_time(said, at, verbs))
        if joined or breaks or (token.mark and token.plain not in ",/)"):
            found += _closed(main, number, opened, asides)
            kept = token.plain == "or" if joined else breaks
            main, asides, opened = [token] if kept else [], [], joined or token.plain
            seen = set()
        else:
            main.append(token)
            if (
                token.plain in ("that", "who", "which") and "verb" not in seen
            ):  # "the sea that lies between A and B is C"
                seen.add("nested")
            elif "nested" in seen and verb(said, at, verbs):
                seen.discard("nested")
            else:
                seen |= _signs(said, at, verbs)
        at += 1
    return found + _closed(main, number, opened, asides)


def _signs(said: Sequence[Token], at: int, verbs: Stems[str]) -> set[str]:
    """What a word shows of its clause: that it has a "verb", one in the "present", and a "by"."""
    if said[at].plain == "by":
        return {"by"}
    if not verb(said, at, verbs):
        return set()
    return {"verb"} if sure(said[at]) or not said[at].plain.endswith("s") else {"verb", "present"}


def _closed(main: Sequence[Token], number: int, opened: str, asides: Sequence[Clause]) -> list[Clause]:
    first, second = ([token.plain for token in main if not token.mark] + ["", ""])[:2]
    if not first:
        return []
    turn = _TURNS.get(first) or (_TURNS.get(second, "") if first == "in" else "")
    if opened in ("verb", "subject"):
        turn = ""
    inherits = opened == "verb" or (second if turn else first) in ANAPHORS | POSSESSIVES
    return [Clause(tuple(main), number, opened if opened in (":", "=") else "", inherits, turn=turn), *asides]


def sure(token: Token) -> bool:
    """Whether a word is a verb by its form alone."""
    return not token.article and token.said[:1].islower() and (token.plain in AUXILIARIES or past(token.plain))


def verb(said: Sequence[Token], at: int, verbs: Stems[str] = frozenset()) -> bool:
    """Whether a word is known for a verb by its form, by the name before it, or by its stem (`verbs`)."""
    token = said[at]
    if token.mark or token.article or not token.said[:1].islower():
        return False
    following = said[at + 1] if at + 1 < len(said) else token
    if token.plain in _BORN and not (following.mark or following.plain in PREPOSITIONS):
        return False  # "the German-born painter"
    if sure(token) or (at and stem(token.plain) in verbs):
        return True
    before = said[at - 1] if at else None
    named = (
        before is not None
        and not before.mark
        and (before.said[:1].isupper() or before.plain in ANAPHORS or before.plain in RELATIVES)
    )
    return named and token.plain.endswith("s") and token.plain not in FUNCTION | _NOUNS and token.plain[-2:] != "ss"


def subject(said: Sequence[Token], verbs: Stems[str] = frozenset()) -> Sequence[Token]:
    """The tokens before the first verb; all of them where none is known for one."""
    return said[: next((at for at in range(1, len(said)) if verb(said, at, verbs)), len(said))]


def _aside_end(said: Sequence[Token], at: int) -> int:
    """Where an aside ends that opens here: "(...)", ", who ...", ", written ...,"; 0 where none does."""
    if said[at].plain not in (",", "(") or (at and said[at].plain == "," and past(said[at - 1].plain)):
        return 0
    closing = ")" if said[at].plain == "(" else ","
    ends = [i for i in range(at + 1, min(len(said), at + _ASIDE)) if said[i].plain == closing]
    if closing == ")":
        return ends[0] if ends else len(said)
    # the comma behind which the clause has its verb
    end = next((i for i in ends if i + 1 < len(said) and verb(said, i + 1)), len(said))
    first = next((token for token in said[at + 1 : at + 3] if token.plain not in _ORDERED), None)
    if first is None or first.plain == "that":
        return 0
    participle = past(first.plain) or (first.plain.endswith("ing") and first.plain not in PREPOSITIONS)
    return end if first.plain in RELATIVES or (participle and first.said[:1].islower()) else 0


def _other_time(said: Sequence[Token], at: int, verbs: Stems[str]) -> bool:
    """Whether a clause of another time begins: "Ann was mayor before the town moved to Gera"."""
    if said[at].plain not in _TIMES:
        return False
    rest = said[at + 1 : at + 2 + _SUBJECT]
    until = next((i for i, token in enumerate(rest) if verb(rest, i, verbs) or token.mark), 0)
    return until > 0 and not rest[until].mark and rest[0].plain not in ANAPHORS


def _noun_before(said: Sequence[Token], verbs: Stems[str]) -> tuple[Token, ...]:
    start = len(said)
    while start and not (said[start - 1].mark or said[start - 1].plain in FUNCTION or verb(said, start - 1, verbs)):
        start -= 1
    return tuple(said[start:])


def _has_function(rest: Sequence[Token]) -> bool:
    """Whether the words before a "by" are more than a noun."""
    until = next(at for at, token in enumerate(rest) if token.plain == "by")
    return any(token.mark or token.plain in FUNCTION or past(token.plain) for token in rest[:until])


def _acts_on(rest: Sequence[Token], present: bool) -> bool:
    """Whether a noun and a word between it and another noun are a subject and its verb: "the roots hold the plant".

    Without an article, "the flower draws bees", the clause before has to be in the `present`.
    """
    if len(rest) < 3 or not rest[0].article or any(token.mark or not token.said.islower() for token in rest[:3]):
        return False
    done = rest[1].plain not in FUNCTION and not rest[1].article
    third = present and rest[1].plain.endswith("s") and rest[0].plain[-1] != "s" and rest[2].plain not in FUNCTION
    return done and (third or rest[2].article or rest[2].plain in POSSESSIVES or rest[2].plain in ("it", "them"))


def _joined(said: Sequence[Token], at: int, verbs: Stems[str], seen: Stems[str]) -> str:
    """What an "and", "or" or comma joins to a clause with a verb: a "verb" or "subject"; "" where it joins words.

    `seen` are the signs of the clause before it.
    """
    if said[at].plain not in ("and", "or", ",") or at + 1 == len(said):
        return ""
    rest = said[at + 1 : at + 2 + _SUBJECT]
    first = rest[0].plain
    if said[at].plain == "and" and at and verb(said, at - 1, verbs):
        other = next((word.plain for word in rest if word.plain not in _ORDERED and word.plain[-2:] != "ly"), "")
        if past(other) or (other.endswith("s") and other not in FUNCTION):
            return ""  # "was written and first recorded by ...", "designs and sells the ..."
    if "by" in seen and any(token.plain == "by" for token in rest[1:]) and not _has_function(rest):
        return "subject"  # "the captain was played by Ann and the mate by Ben"
    if rest[0].mark or (first in FUNCTION and first not in AUXILIARIES | ANAPHORS | POSSESSIVES):
        return ""
    ends = (
        i for i, token in enumerate(rest) if verb(rest, i, verbs) or token.mark or token.plain in FUNCTION - POSSESSIVES
    )
    until = next(ends, -1)
    if until > 0 and verb(rest, until, verbs):
        return "subject"
    if said[at].plain == "and" and _acts_on(rest, "present" in seen):
        return "subject"
    if said[at].plain == ",":  # "was planned by Ann, built by Ben"
        return "verb" if until == 0 and "by" in seen and [token.plain for token in rest[1:2]] == ["by"] else ""
    if first in ANAPHORS:
        return "subject" if len(rest) > 1 and sure(rest[1]) else ""
    if first in AUXILIARIES:
        return "verb"
    goes_on = len(rest) > 1 and (rest[1].article or rest[1].plain in PREPOSITIONS or rest[1].plain[0].isdigit())
    if "present" in seen and first.endswith("s") and not rest[0].capital and not rest[0].article and goes_on:
        return "verb"
    stops = goes_on or len(rest) < 2 or rest[1].mark
    return "verb" if until == 0 and not rest[0].article and stops else ""
