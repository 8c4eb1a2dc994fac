"""Numbers in words, as digits: "three hundred and five" is 305, "2.5 million" is 2500000, "a dozen" is 12."""

import re
from fractions import Fraction

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten",
    "eleven",
    "twelve",
    *(stem + "teen" for stem in ("thir", "four", "fif", "six", "seven", "eigh", "nine")),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = {word: value for value, word in enumerate((*_ONES, *_TEENS))}
_SMALL |= {word: 10 * value for value, word in enumerate(_TENS, 2)}
_SCALES = {"hundred": 100, "dozen": 12, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}

_WORD = "|".join(sorted(_SMALL, key=len, reverse=True))
_SCALE = "|".join(_SCALES)
# A lone "one" is mostly a pronoun, so it takes a scale, a hyphen or a second word to be a number in running text.
_PHRASE = re.compile(
    rf"\b(?:(?:a|{_WORD})(?:[\s-]{{1,2}}(?:and\s)?(?:{_WORD}|{_SCALE})){{1,12}}|(?!one\b)(?:{_WORD})(?!\s+of\b))(?![\w'-])",
    re.IGNORECASE,
)
_SCALED = re.compile(
    rf"(?<![\w.,])([0-9][0-9,]{{0,14}}(?:\.[0-9]{{1,9}})?)\s(?:{_SCALE})\b(?:\s(?:thousand|million)\b)?", re.I
)
_POWER = re.compile(
    r"(?<![\w.])([0-9](?:\.[0-9]{1,12})?)\s?(?:x|\*|×|\\times|\\cdot)\s?10\s?\^\s?\{?([-+]?[0-9]{1,2})\}?",
    re.IGNORECASE,
)
_SPACED = re.compile(r"(?<![\w.,/])[0-9]{1,3}(?: [0-9]{3}){1,4}(?![\w/]|[.,][0-9]| [0-9])")


def digits(text: str) -> str:
    """The text with the numbers that it spells out written in digits."""
    text = _SPACED.sub(lambda match: match[0].replace(" ", ""), text)
    text = _POWER.sub(r"\1e\2", text)
    text = _SCALED.sub(_scaled, text)
    return _PHRASE.sub(lambda match: str(value(match[0])), text)


def value(phrase: str) -> int:
    """The value of a spelled number, by the usual rule: a scale multiplies what stands before it."""
    total = group = 0
    for word in re.findall(r"[a-z]+", phrase.lower()):
        if word in _SMALL:
            group += _SMALL[word]
        elif word == "a":
            group = 1
        elif word in ("hundred", "dozen"):
            group = max(group, 1) * _SCALES[word]
        elif word in _SCALES:
            total, group = total + max(group, 1) * _SCALES[word], 0
    return total + group


def _scaled(match: re.Match[str]) -> str:
    number = Fraction(match[1].replace(",", ""))
    for word in re.findall(r"[a-z]+", match[0].lower()):
        number *= _SCALES[word]
    return str(number) if number.denominator == 1 else str(float(number))
