"""A formula in LaTeX, or as typed on a keyboard, taken apart into tokens that mean the same in both."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from orca2.reading.expression_signs import (
    ALIASES,
    CONSTANTS,
    DROPPED,
    FUNCTIONS,
    GREEK,
    LOWERED,
    RAISED,
    RUNS,
    SHORT_WORDS,
    SIGNS,
    TRANSLATED,
    TYPED,
)
from orca2.reading.latex import THOUSANDS, unboxed

LONGEST = 1_000  # characters of a formula that is read
MOST = 400  # tokens of one


class Token(NamedTuple):
    """`kind`: number, name, function, text (set as such), word (typed), begin, end, or the sign; `text`: which one."""

    kind: str
    text: str


class Unreadable(ValueError):
    """The text is no formula, or one that we have no rules for."""


_DEGREES = re.compile(r"\^\s?\{?\s?(?:\\circ|°|\\degree)\s?\}?|\\(?:degree|deg)(?![a-zA-Z])")
_MIXED = re.compile(r"(?<![\w.^/)}])([0-9]{1,9})[ ]([0-9]{1,9})/([0-9]{1,9})(?![\w./^])")
_BRACKET = re.compile(r"[(\[]|\\\{|\{[^{}]{0,40},|\\begin")
_GROUPED = re.compile(r"(?<![\w.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9]|,[0-9])")
_ANGLES = re.compile(r"<([^<>=]{1,200},[^<>=]{1,200})>\Z")
_IN_BASE = re.compile(
    r"([0-9A-F]{1,24})\)?(?:_\{|\s?_?\s?\(|\s)\s?(?:\\text\s?\{)?\s?(?:in\s)?base[\s-]{0,2}([0-9]{1,2}|[a-z]{3,8})\s?[})]{0,2}"
)
_UNION = re.compile(r"(?<=[)\]])\s{0,2}U\s{0,2}(?=[(\[])")
_BRACED = re.compile(r"(?<=\{)[0-9]{1,3}(?:,[0-9]{3})+(?=\})")
_REPEATING = re.compile(r"([0-9]{0,12})\.([0-9]{0,12})\\overline\s?\{([0-9]{1,12})\}")
_TOKEN = re.compile(
    r"(?P<based>[0-9][0-9A-F]{0,20}[A-F][0-9A-F]{0,20}_\{?1[1-6]\}?(?![0-9]))"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3}(?![0-9.]))?|\.[0-9]+)"
    r"|\\(?:text(?:bf|it|rm|normal)?|mbox|hbox|mathrm|mathbf|mathit|mathsf|boldsymbol|bm|operatorname\*?)"
    r"\s?\{(?P<text>[^{}]{0,200})\}"
    r"|\\(?:vec|overline|bar|hat|widehat|overrightarrow|tilde|mathcal)\s?\{(?P<marked>[a-zA-Z]{1,4})\}"
    r"|\\mathbb\s?\{?(?P<double>[A-Z])\}?"
    r"|\\begin\s?\{(?P<begin>[a-zA-Z]{1,20})\*?\}(?:\s?\{[lcr| ]{1,20}\}|\s?\[[lcr]\])?"
    r"|\\end\s?\{(?P<end>[a-zA-Z]{1,20})\*?\}"
    r"|(?P<row>\\\\\s?\[-?[0-9.]{1,6}\s?[a-z]{2}\]|\\(?=[0-9-]))"
    r"|\\(?P<command>[a-zA-Z]+|[^a-zA-Z])"
    r"|(?P<letters>[a-zA-Z]+)"
    r"|(?P<typed>\*\*|<=|>=|=<|!=|==)"
    r"|(?P<sign>\S)"
)


def tokens(text: str) -> list[Token]:
    """The tokens of a formula; raises `Unreadable`.

    >>> [token.text for token in tokens(r"$2\\sqrt{3}\\,$")] == [token.text for token in tokens("2√{3}")]
    True
    """
    if len(text) > LONGEST:
        raise Unreadable("too long")
    text = unboxed(text.strip().strip("$").strip()).lstrip("= ")
    if not text.isascii():
        text = RUNS.sub(_raised, text).translate(TRANSLATED)
    if "\\" in text or "{" in text or "°" in text:
        text = _DEGREES.sub("°", THOUSANDS.sub("", text).replace("{,}", "."))
        text = _REPEATING.sub(_repeating, text)
    if "base" in text:
        text = _IN_BASE.sub(r"\1_{\2}", text)
    if "U" in text:
        text = _UNION.sub(r"\\cup ", text)
    if text.startswith("<"):
        text = _ANGLES.sub(r"\\langle \1\\rangle", text)
    if "/" in text:
        text = _MIXED.sub(r"\1\\frac{\2}{\3}", text)
    if "," in text:
        text = _BRACED.sub(lambda match: match[0].replace(",", ""), text)
    if "," in text and not _BRACKET.search(text):
        text = _GROUPED.sub(lambda match: match[0].replace(",", ""), text)
    found = list(_tokens(text))
    if len(found) > MOST:
        raise Unreadable("too many tokens")
    return found


def _raised(match: re.Match[str]) -> str:
    if match[1]:
        return f"^{{{''.join(map(RAISED.__getitem__, match[1]))}}}"
    return f"_{{{''.join(map(LOWERED.__getitem__, match[2]))}}}"


def _repeating(match: re.Match[str]) -> str:
    whole, fixed, repeated = match.groups()
    below = 10 ** len(fixed) * (10 ** len(repeated) - 1)
    above = int((whole or "0") + fixed + repeated) - int((whole or "0") + fixed)
    return f"(\\frac{{{above}}}{{{below}}})"


def _tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind, said = str(match.lastgroup), match[match.lastgroup or 0]
        if kind == "number":
            yield Token("number", said)
        elif kind == "letters":
            yield from _letters(said)
        elif kind == "sign":
            if said not in "~$":
                yield Token(TYPED.get(said, said), said)
        elif kind == "typed":
            yield Token(TYPED[said], said)
        elif kind == "command":
            yield from _command(said)
        elif kind == "text":
            symbol = match[0].startswith("\\math") or match[0].startswith("\\b")
            if len(said) == 1 and symbol and (said in "ie" or not match[0].startswith("\\mathrm")):
                yield Token("name", said)
            else:
                yield from _words(said)
        elif kind == "marked":
            yield Token("name", said)
        elif kind == "double":
            yield Token("reals" if said == "R" else "name", said)
        else:
            yield Token(kind, said)


def _letters(said: str) -> Iterator[Token]:
    """A run of letters: a function, a constant, a word, or a product of names."""
    low = ALIASES.get(said.lower(), said.lower())
    if low in FUNCTIONS and (len(low) > 2 or said.islower()):
        yield Token("function", low)
    elif low in CONSTANTS and len(said) > 1:
        yield Token(CONSTANTS[low], low)
    elif low in ("and", "or"):
        yield Token(low, low)
    elif said in GREEK or len(said) == 1:
        yield Token("name", said)
    elif low[:-1] in FUNCTIONS and len(low) > 3:  # sinx
        yield from (Token("function", low[:-1]), Token("name", said[-1]))
    elif low[:2] == "pi" and len(low) == 3:  # pir
        yield from (Token("pi", "pi"), Token("name", said[2]))
    elif len(said) < 4 and said not in SHORT_WORDS and low not in SHORT_WORDS:
        yield from (Token("name", letter) for letter in said)
    else:
        yield Token("word", said)


def _command(said: str) -> Iterator[Token]:
    name = ALIASES.get(said, said)
    if said in DROPPED:
        return
    if name in FUNCTIONS:
        yield Token("function", name)
    elif said in SIGNS:
        yield Token(SIGNS[said], said)
    elif said in GREEK or said in ("angle", "triangle"):
        yield Token("name", said)
    else:
        raise Unreadable(said)


def _words(said: str) -> Iterator[Token]:
    """The inside of `\\text{...}`: a name, a function, "or", a number, or words."""
    said = " ".join(said.replace("~", " ").split())
    if said.lower() in FUNCTIONS or said.lower().strip(" ,") in ("and", "or"):
        yield from _letters(said.lower().strip(" ,"))
    elif said and not any(character.isalpha() for character in said):
        yield from _tokens(said.replace("\\", " "))
    elif said:
        yield Token("text", said)
