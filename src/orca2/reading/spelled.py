"""Numbers in words: "three hundred and five" is 305, "two and a half" is 2 1/2, "nine point eight" is 9.8."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from orca2.reading.measures import table
from orca2.reading.tokens import Token

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten",
    "eleven",
    "twelve",
    *(stem + "teen" for stem in ("thir", "four", "fif", "six", "seven", "eigh", "nine")),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = {word: value for value, word in enumerate((*_ONES, *_TEENS))}
_SMALL |= {word: 10 * value for value, word in enumerate(_TENS, 2)} | {"fourty": 40}
_DIGITS = {word: value for value, word in enumerate(_ONES)} | {"oh": 0, "nought": 0}
SCALES = {
    "hundred": 100, "dozen": 12, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "lakh": 10**5, "crore": 10**7,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12,
}  # fmt: skip
_REGULAR = {word: value for word, value in _SMALL.items() if word[-1] not in "yo" and value not in _ORDINALS.values()}
_ORDINALS |= {word + "th": value for word, value in _REGULAR.items()}
_ORDINALS |= {word[:-1] + "ieth": value for word, value in _SMALL.items() if word.endswith("y")}
_ORDINALS |= {"hundredth": 100, "thousandth": 1000, "millionth": 10**6}
# Parts of a whole: "one third", "two thirds"; a second is none.
_PARTS = {"half": 2, "quarter": 4} | {word: value for word, value in _ORDINALS.items() if value > 2}
_PARTS |= {word + "s": value for word, value in _PARTS.items()} | {"halves": 2}

_STATING = frozenset(table("is are was were has have had only just exactly equals"))
STARTS = frozenset((*_SMALL, "a", "an", "half", *_ORDINALS))


class Spelled(NamedTuple):
    """A number in words: its value, the token after it, and whether it is an ordinal."""

    value: Fraction
    end: int
    ordinal: bool = False


def spelled(tokens: Sequence[Token], at: int) -> Spelled | None:
    """The number whose words start at a token; None if none does. A lone "one" or "a" is none here.

    >>> from orca2.reading.tokens import tokens
    >>> spelled(tokens("three hundred and five apples"), 0), spelled(tokens("twenty-first"), 0)
    (Spelled(value=Fraction(305, 1), end=4, ordinal=False), Spelled(value=Fraction(21, 1), end=3, ordinal=True))
    """
    word = _word(tokens, at)
    if word not in STARTS:
        return None
    if word == "half":
        return _half(tokens, at)
    if part := _part(tokens, at):
        return part
    if word in _ORDINALS:
        return Spelled(Fraction(_ORDINALS[word]), at + 1, True)
    whole = _whole(tokens, at)
    if whole is None or whole.ordinal:
        return whole
    found = _with_point(tokens, whole) or with_part(tokens, whole)
    if found.end == at + 1 and _word(tokens, found.end) == "of" and _word(tokens, at - 1) not in _STATING:
        return None  # "two of them were late"
    return None if word == "one" and found.end == at + 1 else found


def with_part(tokens: Sequence[Token], whole: Spelled) -> Spelled:
    """A whole number and the part that follows it: "two and a half", "3 and three quarters"."""
    at = whole.end
    if _word(tokens, at) == "and" and (part := _part(tokens, at + 1, lone=True)):
        return Spelled(whole.value + part.value, part.end)
    return whole


def _whole(tokens: Sequence[Token], at: int) -> Spelled | None:
    """A whole number, by the usual rule: a scale multiplies what stands before it."""
    total = group = 0
    start, last = at, 0  # the last word's value: "twenty four" is one number, "four twenty" two
    if _word(tokens, at) in ("a", "an"):
        if _word(tokens, at + 1) not in SCALES:
            return None
        group, at = 1, at + 1
    while True:
        step = at + 1 if at > start and _joins(tokens, at) else at
        word = _word(tokens, step)
        if (value := _SMALL.get(word)) is not None and (group % 100 == 0 or (last >= 20 and value < 10)):
            group, last = group + value, value
        elif value is not None and 17 <= group <= 20 and total == 0 and value >= 10:
            group, last = 100 * group + value, value  # a year: "nineteen eighty-four"
        elif word in _ORDINALS and step > start and group % 10 == 0 and not (word == "second" and step == at):
            return Spelled(Fraction(total + group + _ORDINALS[word]), step + 1, True)
        elif word in SCALES and (group or step == start):
            scale, last = SCALES[word], 0
            total, group = (total, group * scale) if scale <= 100 else (total + group * scale, 0)
        else:
            break
        at = step + 1
    lone = at == start + 1 and _word(tokens, start) == "one" and _word(tokens, at) not in ("point", "and")
    return None if at == start or lone else Spelled(Fraction(total + group), at)


def _joins(tokens: Sequence[Token], at: int) -> bool:
    """Whether a token only joins two words of one number: a hyphen, or "and" after a scale."""
    if at >= len(tokens):
        return False
    if tokens[at].text == "-":
        return (
            tokens[at - 1].end == tokens[at].start and at + 1 < len(tokens) and tokens[at].end == tokens[at + 1].start
        )
    return tokens[at].text == "and" and tokens[at - 1].text in SCALES


def _part(tokens: Sequence[Token], at: int, lone: bool = False) -> Spelled | None:
    """ "one third", "two-fifths", "three quarters"; "a third" where it is a share, or after "and" (`lone`)."""
    above, step = _word(tokens, at), at + 1
    if step < len(tokens) and tokens[step].text == "-":
        step += 1
    below = _word(tokens, step)
    if below not in _PARTS:
        return None
    if above in ("a", "an"):
        share = lone or below == "half" or _word(tokens, step + 1) == "of" or not _word(tokens, step + 1)
        return Spelled(Fraction(1, _PARTS[below]), step + 1) if share else None
    count = _SMALL.get(above, 0)
    if not 0 < count < 20 or (count == 1) == (below.endswith("s")):
        return None
    return Spelled(Fraction(count, _PARTS[below]), step + 1)


def _half(tokens: Sequence[Token], at: int) -> Spelled | None:
    """ "half a dozen", "half an hour", "half of it", "half" alone."""
    after = _word(tokens, at + 1)
    if after in ("a", "an"):
        scale = SCALES.get(_word(tokens, at + 2))
        return Spelled(Fraction(scale or 1, 2), at + 3 if scale else at + 2)
    return Spelled(Fraction(1, 2), at + 1) if after == "of" or not after else None


def _with_point(tokens: Sequence[Token], whole: Spelled) -> Spelled | None:
    """ "nine point eight": the digits after the point, one by one or as one number."""
    if _word(tokens, whole.end) not in ("point", "dot"):
        return None
    at, decimals = whole.end + 1, ""
    while (digit := _DIGITS.get(_word(tokens, at))) is not None:
        at, decimals = at + 1, decimals + str(digit)
    if not decimals and (rest := _whole(tokens, at)):
        at, decimals = rest.end, str(rest.value)
    return Spelled(whole.value + Fraction(int(decimals), 10 ** len(decimals)), at) if decimals else None


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) and tokens[at].kind == "word" else ""
