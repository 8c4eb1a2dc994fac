"""Words and names in normal form, and the forms in which one name may stand: titles, initials, "Holt, Mira"."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from orca2.reading.patterns import lazy_pattern
from orca2.reading.stems import POSSESSIVES, PREPOSITIONS, word_set


class Token(NamedTuple):
    """A word or mark of a statement: `plain` in normal form, `said` as written; `article` stood before it."""

    plain: str
    said: str
    mark: bool = False
    article: bool = False

    @property
    def capital(self) -> bool:
        """Whether the word is written as a name is."""
        return self.said[:1].isupper() or self.said[:1].isdigit()


_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"  # Chinese and Japanese, written without spaces
_TOKEN = lazy_pattern(
    r"(?P<number>(?:(?<![^\s(])-)?[$£€¥#]?[0-9]+(?:[.,:/][0-9]+)*%?)"
    rf"|(?P<sign>[{_SIGNS}])"
    rf"|(?P<word>(?:(?![{_SIGNS}])[^\W\d_])+(?:'[^\W\d_]+)*(?:[+#]{{1,2}}(?!\w))?)"
    r"|(?P<mark>[,;:()?!/&=]|(?<!\S)-{1,3}(?!\S)|[—…→]|->)"
)
TITLES = word_set(
    "mr mrs ms miss dr prof sir dame lord lady king queen prince princess emperor empress president chancellor "
    "premier minister senator governor general colonel major captain lieutenant sergeant admiral judge justice st "
    "pope bishop father sister brother rev rt hon count countess duke duchess baron coach"
)
_OFFICES = word_set("dr prof president chancellor minister senator governor general colonel judge justice")
_SAME = {
    "doctor": "dr", "professor": "prof", "saint": "st", "mount": "mt", "mountain": "mt", "mister": "mr",
    "reverend": "rev", "junior": "jr", "senior": "sr", "versus": "vs", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
}  # fmt: skip
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss"})  # which no accent marks
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY, _MONTH = r"([0-9]{1,2})(?:st|nd|rd|th)?", rf"({'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_DATE = lazy_pattern(rf"\b(?:{_DAY}\s(?:of\s)?{_MONTH},?\s|{_MONTH}\s{_DAY},?\s)([0-9]{{4}})\b", re.IGNORECASE)
_WAR = lazy_pattern(r"\bWorld War (II?|[12]|One|Two)\b|\b(First|Second) World War\b|\bWW\s?(II?|[12])\b", re.IGNORECASE)
_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi")
SUFFIXES = frozenset({"jr", "sr", *_NUMERALS}) - {"i", "v", "x"}
_REGNAL = re.compile(  # "Henry the Eighth"
    r"\b([A-Z][a-z]{2,20}) the (First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth|Eleventh|Twelfth|"
    r"Thirteenth|Fourteenth|Fifteenth|Sixteenth)\b(?! [A-Z])"
)
_ORDINALS = tuple(re.findall(r"[A-Z][a-z]{3,}", _REGNAL.pattern))
_PARENTHESES = re.compile(r"\s?[(\[]([^()\[\]]{0,200})[)\]]\s?")
_ALSO = re.compile(r"\s?(?:accept|allow|also|or|aka|also known as)\s+", re.IGNORECASE)
_ALIAS = re.compile(r",?\s(?:or|OR)\s")
_ITEM = re.compile(r"\s?,\s(?:and\s)?|\s(?:and|&)\s|\s?;\s|\n")
_PLACE = re.compile(r"((?:in |at |the )?[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,3}), [A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,3}")
_MANY = 40  # places of a name in one clause
_NAME = 6  # words of a name at most
_MIDDLE = 2  # middle names
_START = 2  # letters by which the first word is looked for
_GLUED = 6  # letters of a word that may be written as two


def folded(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(character for character in split if not unicodedata.combining(character))


def tokens(text: str) -> tuple[Token, ...]:
    """The words and marks of a statement: articles go, a date is one word, and so are initials."""
    found: list[Token] = []
    article = initials = False
    for match in _TOKEN().finditer(_REGNAL.sub(_regnal, _WAR().sub(_war, _DATE().sub(_date, text)))):
        said, kind = match[0], match.lastgroup
        if kind == "mark" and said != "&":
            found.append(Token(said, said, True))
            initials = False
            continue
        plain = "and" if said == "&" else folded(said).replace(",", "") if kind == "number" else folded(said)
        if said in ("a", "an", "the", "The", "An", "THE") or (said == "A" and match.string[match.end() :][:1] == " "):
            article = True
            continue
        plain = "usa" if said == "US" else _SAME.get(plain, plain.removesuffix("'s"))
        initial = len(said) == 1 and said.isupper()
        if initial and initials:
            last = found.pop()
            said = last.said + said
            plain = "usa" if said == "US" else last.plain + plain
        found.append(Token(plain, said, False, article))
        article, initials = False, initial
    return tuple(found)


def words(text: str) -> tuple[str, ...]:
    """The words of a text in normal form, without marks.

    >>> words("the Café of P. V. Holt, 4 March 1789")
    ('cafe', 'of', 'pv', 'holt', '1789.3.4')
    """
    return tuple(token.plain for token in tokens(text) if not token.mark)


class Name(NamedTuple):
    """What may stand for a gold answer: forms of its words, its items if it is a list, its `head` if it is a place.

    The head of "Paris, France" is "Paris": as good, unless another country follows. `proper`: it has capitals.
    """

    forms: tuple[tuple[str, ...], ...]
    items: tuple[tuple[str, ...], ...] = ()
    head: tuple[str, ...] = ()
    proper: bool = True
    person: bool = False


@lru_cache(maxsize=4096)
def name(gold: str, person: bool = False, place: bool = False, kinds: tuple[str, ...] = ()) -> Name:
    """The forms of a gold answer; a person or a place may be asked for, or what `kinds` name ("which river")."""
    forms: dict[tuple[str, ...], None] = {}
    for alias in _aliases(gold):
        if whole := words(alias):
            forms[whole] = None
            said = [token for token in tokens(alias) if not token.mark]
            for form in _variants(whole, said, person, kinds):
                forms[form] = None
    items = tuple(item for part in _ITEM.split(gold) if (item := words(part)))
    parts = _PLACE.fullmatch(gold.strip()) if place else None
    head = words(parts[1]) if parts else ()
    return Name(
        (*forms, head) if head else tuple(forms), items if len(items) > 1 else (), head, not gold.islower(), person
    )


def _aliases(gold: str) -> Iterator[str]:
    """A gold answer as it stands, without what is in parentheses, and what it says itself is as good."""
    yield gold
    if inner := _PARENTHESES.search(gold):
        yield _PARENTHESES.sub(" ", gold)
        if also := _ALSO.match(inner[1]):
            yield inner[1][also.end() :]
    sides = _ALIAS.split(_PARENTHESES.sub(" ", gold))
    if len(sides) == 2 and all(len(side.split()) > 1 or side.strip().isupper() for side in sides):
        yield from sides


def _variants(
    whole: tuple[str, ...], said: Sequence[Token], person: bool, kinds: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    if len(whole) > 1:
        yield from (rest for rest, end in ((whole[1:], whole[0]), (whole[:-1], whole[-1])) if end in kinds)
    own = whole[next((at for at, word in enumerate(whole) if word not in TITLES), 0) :]
    if len(whole) > 2 and len(own) < len(whole):
        yield from (whole[1:], own)
    if not person or not 2 <= len(own) <= _NAME or not all(token.capital for token in said):
        return
    first, *middle, last = own
    if middle and last not in SUFFIXES:
        yield (first, last)
        yield (first, *(word[0] for word in middle), last)
    yield (last, first, *middle)
    yield from ((office, last) for office in _OFFICES)


def mentions(said: Sequence[Token], form: tuple[str, ...], middle: bool = False) -> Iterator[tuple[int, int]]:
    """Where a statement has a form of a name: from its first token to behind its last one."""
    opening = form[0][:_START]
    for at, token in enumerate(said):
        if token.plain.startswith(opening) and (end := _follow(said, at, form, middle)) is not None:
            yield at, end


def _follow(said: Sequence[Token], at: int, form: tuple[str, ...], middle: bool) -> int | None:
    """Where a form ends that begins at `at`; marks and an initial may lie between its words, two may be one.

    `middle` names may too: a first and a last name are enough.
    """
    word = 0
    if middle and len(form) == 2 and form[0] not in TITLES and said[at].plain == form[0] and said[at].capital:
        last = at + 1
        while last < len(said) and last - at <= _MIDDLE and said[last].said.istitle() and said[last].plain != form[1]:
            last += 1
        if last < len(said) and last - at > 1 and said[last].plain == form[1]:
            return last + 1
    while word < len(form):
        while (
            word
            and at < len(said)
            and ((said[at].mark and said[at].plain in ",-:./") or _initial(said[at], form[word]))
        ):
            at += 1
        if at >= len(said):
            return None
        plain, wanted = said[at].plain, form[word]
        if plain == wanted or (word == len(form) - 1 and _same(said[at], wanted, at == 0)):
            at, word = at + 1, word + 1
        elif word + 1 < len(form) and plain == wanted + form[word + 1]:
            at, word = at + 1, word + 2
        elif len(wanted) >= _GLUED and at + 1 < len(said) and plain + said[at + 1].plain == wanted:
            at, word = at + 2, word + 1
        else:
            return None
    return at


def _initial(token: Token, word: str) -> bool:
    return len(token.said) == 1 and token.said.isupper() and token.plain != word


def _same(token: Token, word: str, opens: bool) -> bool:
    """Whether a last word differs in its number alone; a name has no other, but what opens a sentence may be none."""
    plain = token.plain
    return len(word) > 2 and (opens or token.said[:1].islower()) and _one(plain) == _one(word)


def _regnal(match: re.Match[str]) -> str:
    return f"{match[1]} {_NUMERALS[_ORDINALS.index(match[2])].upper()}"


def _war(match: re.Match[str]) -> str:
    second = (match[1] or match[2] or match[3]).lower() in ("ii", "2", "two", "second")
    return "WWII" if second else "WWI"


def _one(word: str) -> str:
    return word.rstrip("s").removesuffix("e")


def _date(match: re.Match[str]) -> str:
    day, month, named, on, year = match.groups()
    return f"{year}.{_MONTHS.index((month or named).lower()[:3]) + 1}.{int(day or on)}"


def found_in(said: Sequence[Token], name: Name, own: int = 0) -> list[tuple[int, int]]:
    """Where the name stands among the tokens, from `own` on: the longest form at each place."""
    found = {span for form in name.forms for span in mentions(said, form, name.person)}
    if name.items and not found:
        found = set(_listing(said, name.items))
    found = set(sorted(found)[:_MANY])
    found -= {span for span in found if _elsewhere(said, *span, name)}
    longest = (span for span in found if not any(o != span and o[0] <= span[0] and span[1] <= o[1] for o in found))
    return sorted(span for span in longest if span[0] >= own)


def _elsewhere(said: Sequence[Token], start: int, end: int, name: Name) -> bool:
    """Whether a place of the same name is meant: "Paris, Texas" is not "Paris, France"."""
    form = tuple(token.plain for token in said[start:end] if not token.mark)
    return form == name.head and end + 1 < len(said) and said[end].plain == "," and said[end + 1].capital


def _past_phrase(between: Sequence[Token]) -> Sequence[Token]:
    """What joins two items, without what is said of the first: "Ann Lee for the north and Ben Mead for the south"."""
    at = 1 if between and between[0].mark else 0
    if at < len(between) - 1 and (between[at].plain in PREPOSITIONS or between[at].plain.endswith("ing")):
        joints = (i for i in range(at, len(between)) if between[i].plain == "and" or between[i].mark)
        return between[next(joints, 0) :]
    return between


def _listing(said: Sequence[Token], items: Sequence[tuple[str, ...]]) -> list[tuple[int, int]]:
    """Where the items of a list stand side by side, in any order."""
    spans = sorted(span for item in items if (span := next(mentions(said, item), None)))
    if len(set(spans)) < len(items):
        return []
    between = [token for (_, end), (start, _) in pairwise(spans) for token in _past_phrase(said[end:start])]
    own = any(token.plain in POSSESSIVES for token in between)  # "Mira Holt and her brother Sam Holt"
    joined = all(
        token.mark or token.plain in ("and", "then") or token.plain in POSSESSIVES or (own and token.said.islower())
        for token in between
    )
    return [(spans[0][0], spans[-1][1])] if joined else []
