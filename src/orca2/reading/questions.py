"""What a question asks for and with which words, and what a word of an answer is beside them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from orca2.reading.clauses import sentences
from orca2.reading.names import TITLES, Token, tokens
from orca2.reading.patterns import lazy_pattern
from orca2.reading.stems import (
    ANAPHORS,
    AUXILIARIES,
    FUNCTION,
    POSSESSIVES,
    PREPOSITIONS,
    SPEAKERS,
    past,
    stem,
    stem_set,
    word_set,
)

Kind = Literal["who", "when", "where", "number", "what"]

_ASKS: Mapping[str, Kind] = {
    **dict.fromkeys(word_set("who whom whose qui quien quienes wer chi quem"), "who"),
    **dict.fromkeys(word_set("when quand cuando wann quando"), "when"),
    **dict.fromkeys(word_set("where donde wo dove onde"), "where"),
    **dict.fromkeys(("what", "which", "why", "how"), "what"),
}  # fmt: skip
_COUNTED = word_set("many much old long far tall big large high deep often heavy wide")
_TIMES = word_set("year date day month time century decade")
_TIME = lazy_pattern(
    r"[0-9]{3,4}.*|[0-9]+(?:am|pm)?|(?:jan|feb|aug|sep|oct|nov|dec).*|march|april|may|june|july|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|centur.*|spring|summer|autumn|winter|noon|midnight"
)
_NUMBER = lazy_pattern(r"[$£€¥#-]{0,2}[0-9].*|one|hundreds?|thousands?|millions?|billions?|twenty|thirty|forty|fifty")
_PLACED = word_set("in at on to from near inside within under behind beside between around")
_LISTED = re.compile(r":\s[^:?]{1,400},[^:?]{1,400}\?")  # "...: plum, duck, apple?" offers answers
_PLACES = word_set("country city town village state county province region continent ocean sea building")
_KINDS = 3  # nouns behind "which"
_TAIL = 4_000  # characters of a question, from its end


_PEOPLE = word_set(
    "actor actress singer artist author writer player person man woman character composer painter king queen president "
    "presenter chef poet scientist director member"
)
# nouns that say what kind of thing a name is
_GENERIC = frozenset(map(stem, _PEOPLE)) | stem_set(
    "band group role part song film book novel show series television name title number word album game place city "
    "town country state river lake mt isle cape port episode season story version poem play kind type form breed "
    "species variety time thing full reason format phrase question organization company body term event animal plant "
    "object abbreviation acronym job function purpose"
)


_LANDMARKS = word_set("river lake sea ocean island mt")  # which their names may leave out


class Asked(NamedTuple):
    """A question: the stems of its content words in order, what it asks for, and the nouns behind its "which".

    `verb` is the stem of what "who" or "which river" did, `verbs` has that of another subject too. `plain` are all
    words, `pairs` stems side by side, `glued` the stem of both as one word, `context` is the text before what asks.
    """

    words: tuple[str, ...]
    kind: Kind
    kinds: tuple[str, ...]
    verb: str
    verbs: frozenset[str]
    plain: frozenset[str]
    glued: Mapping[str, tuple[str, str]]
    pairs: frozenset[tuple[str, str]]
    negated: bool
    several: bool
    passive: frozenset[str]
    last: str
    context: str

    @property
    def open(self) -> bool:
        """Whether a preposition is left for the answer: "who does she play for"."""
        return self.last in PREPOSITIONS

    @property
    def undergone(self) -> frozenset[str]:
        """What was done to whom is asked for, in stems: "who was shot"."""
        return self.passive if self.kind == "who" and "by" not in self.plain else frozenset()

    @property
    def glossed(self) -> bool:
        """Whether it is asked what a word means or stands for: "A" or "B" are both given then."""
        return "mean" in self.words or {"stand", "for"} <= self.plain

    @property
    def nouns(self) -> tuple[str, ...]:
        """What kind of thing is asked for: "which river", "the longest river"."""
        return (*self.kinds, *sorted(_LANDMARKS & self.plain))

    @property
    def person(self) -> bool:
        """Whether a person is asked for."""
        return self.kind == "who" or any(kind.removesuffix("s") in _PEOPLE | TITLES for kind in self.kinds)


@lru_cache(maxsize=1024)
def asked(question: str) -> Asked:
    """Take a question apart; of a longer text the last sentence that asks counts, else the last one."""
    said = sentences(question[-_TAIL:].replace("\u2019", "'"))
    at = max((at for at, sentence in enumerate(said) if "?" in sentence), default=len(said) - 1)
    parts = [token for token in tokens(_LISTED.sub("?", said[at])) if not token.mark] if said else []
    if at > 0 and all(token.plain in FUNCTION for token in parts):  # "... Who is he?"
        parts = [token for token in tokens(said[at - 1]) if not token.mark] + parts
    parts = [_country(parts, at) for at in range(len(parts))]
    plain = [token.plain for token in parts]
    kind, kinds, verb = _kind(parts)
    # "MM/DD/YYYY" is a form to fill in
    content = [word for word in plain if word not in FUNCTION and (len(word) < 2 or len(set(word)) > 1)]
    content += [verb] if verb in AUXILIARIES else []
    pairs = [pair for pair in pairwise(plain) if FUNCTION.isdisjoint(pair)]
    return Asked(
        words=tuple(dict.fromkeys(map(stem, content))),
        kind=kind,
        kinds=kinds,
        verb=stem(verb),
        verbs=frozenset(filter(None, (stem(verb), stem(_done(plain))))),
        plain=frozenset(plain),
        glued={stem(one + other): (stem(one), stem(other)) for one, other in pairs},
        pairs=frozenset((stem(one), stem(other)) for one, other in pairs),
        negated=any(word in ("not", "never", "without") or word.endswith("n't") for word in plain),
        several=_several(plain),
        last=plain[-1] if plain else "",
        passive=frozenset(stem(other) for one, other in pairwise(plain) if one in ("was", "were") and past(other)),
        context=" ".join(said[:at]),
    )


def _country(parts: Sequence[Token], at: int) -> Token:
    """A word of a question; "us" is the country but behind a verb: "which us state", not "what gives us light"."""
    token, before = parts[at], parts[at - 1].plain if at else ""
    if token.plain != "us" or at + 1 == len(parts) or parts[at + 1].plain in FUNCTION:
        return token
    opens = token.article or before in ("", "which", "what", "whose", "in", "of") or before in AUXILIARIES
    return token._replace(plain="usa") if opens or (at > 1 and parts[at - 1].article) else token


def _kind(parts: Sequence[Token]) -> tuple[Kind, tuple[str, ...], str]:
    plain = [token.plain for token in parts]
    at = next((at for at, word in enumerate(plain) if word in _ASKS), -1)
    if at < 0:
        return "what", (), ""
    kind, rest = _ASKS[plain[at]], plain[at + 1 :]
    if plain[at] == "how" and rest and rest[0] in _COUNTED:
        return "number", tuple(rest[1:2]) if rest[0] in ("many", "much") else (), ""
    if plain[at] in ("which", "what", "whose", "how"):
        until = next((i for i, word in enumerate(rest) if word in FUNCTION - {"of"}), len(rest))
        verb = next((i for i in range(1, until) if _acts(parts[at + 1 :], i)), until)
        nouns = rest.index("of") if "of" in rest[:verb] else verb
        kinds = tuple(rest[: min(nouns, _KINDS)])
        placed = at > 0 and plain[at - 1] in ("in", "at") and not _PLACES.isdisjoint(kinds)  # "in which country"
        found: Kind = "when" if _TIMES & set(kinds) else "where" if placed else kind
        return found, kinds, rest[verb] if verb < until else ""
    has = kind == "who" and rest[:1] and rest[0] in ("has", "had", "have") and not past(rest[1] if rest[1:] else "")
    return kind, (), rest[0] if kind == "who" and rest and (has or rest[0] not in FUNCTION) else ""


def _several(plain: Sequence[str]) -> bool:
    """Whether more than one answer is asked for, but not how many: "what are the ingredients", "towns on the coast"."""
    at = next((at for at, word in enumerate(plain) if word in ("what", "who", "which")), -1)
    if at < 0:
        return len(plain) > 1 and plain[0].endswith("s") and plain[1] in PREPOSITIONS
    acts = plain[at + 1 : at + 3]
    if ((acts[:1] and stem(acts[0]) == "star") or acts in (["played", "in"], ["plays", "in"])) and "as" not in plain:
        return True
    return any(word in ("are", "were") for word in plain[at + 1 : at + 2]) and not any(map(str.isdigit, plain))


def _acts(words: Sequence[Token], at: int) -> bool:
    """Whether a word behind "which river" is what the river does: "flows into", not "rivers are"."""
    word = words[at].plain
    if past(word):
        return True
    following = words[at + 1] if at + 1 < len(words) else None
    if following is None or not word.endswith("s") or len(word) < 3 or words[at].capital:
        return False
    goes_on = following.article or following.capital or at + 2 == len(words)
    return following.plain in PREPOSITIONS or (goes_on and not words[at - 1].plain.endswith("s"))


def _done(plain: Sequence[str]) -> str:
    """The verb of "what does it hold": the last word before a preposition or the end."""
    if len(plain) > 2 and plain[-1] in ("what", "who", "whom") and plain[-2] not in FUNCTION:
        return plain[-2]  # "The dura covers what?"
    at = next((at for at, word in enumerate(plain) if word in ("do", "does", "did")), len(plain))
    rest = plain[at + 1 :]
    if rest[:1] and rest[0] in ANAPHORS | SPEAKERS:
        return "".join(rest[1:2])
    until = next((i for i, word in enumerate(rest) if i > 1 and word in PREPOSITIONS), len(rest))
    return next((word for word in reversed(rest[:until]) if word not in FUNCTION), "")


def covered(said: Iterable[Token], question: Asked) -> set[str]:
    """The words of the question that stand among the tokens."""
    stems = [stem(token.plain) for token in said if not token.mark]
    there = {*stems, *(word[:4] for word in stems if word.count(".") == 2)}  # the year of a date
    found = there.intersection(question.words)
    if len(found) < len(question.words):
        found.update(word for glued, pair in question.glued.items() if glued in there for word in pair)
        found.update({stem(one + other) for one, other in pairwise(stems)} & set(question.words))
    return found


def known(token: Token, question: Asked) -> bool:
    """Whether the question has a word."""
    return not token.mark and stem(token.plain) in question.words


def content(token: Token, question: Asked) -> bool:
    """Whether a token says something that the question did not."""
    return not token.mark and token.plain not in FUNCTION and stem(token.plain) not in question.words


def generic(token: Token) -> bool:
    """Whether a word says what kind of thing a name is, as "actor" and "film" do."""
    return stem(token.plain) in _GENERIC


def owned(said: Sequence[Token]) -> bool:
    """Whether a clause opens with what is asked for, of what was spoken of: "its name", "their main task"."""
    return len(said) > 1 and said[0].plain in POSSESSIVES and any(map(generic, said[1:3]))


def light(token: Token) -> bool:
    """Whether a word behind a name says nothing of it: a function word, an adverb, a number, a mark."""
    return token.mark or token.plain in FUNCTION or token.plain.endswith("ly") or token.plain[0].isdigit()


def fitting(said: Sequence[Token], question: Asked) -> list[Token]:
    """The new words among the tokens that may answer the question, by their looks."""
    new = [token for token in said if content(token, question)]
    if question.kind == "where":  # what stands behind a preposition of place
        place = next((at for at, token in enumerate(said) if token.plain in _PLACED), len(said))
        return [token for token in said[place + 1 :] if content(token, question)]
    if question.kind == "who":
        return [token for token in new if token.said[:1].isupper()]
    if question.kind == "when":
        return [token for token in new if _TIME().fullmatch(token.plain)]
    if question.kind == "number":
        return [token for token in new if _NUMBER().fullmatch(token.plain)]
    return new
