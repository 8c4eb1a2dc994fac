"""A formula in LaTeX, or as typed on a keyboard, taken apart into tokens that mean the same in both."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from orca2.reading.latex import THOUSANDS, unboxed

LONGEST = 600  # characters of a formula that is read
MOST = 300  # tokens of one


class Token(NamedTuple):
    """`kind`: number, name, function, text, begin, end, separator, or the sign itself. `text`: which one."""

    kind: str
    text: str


class Unreadable(ValueError):
    """The text is no formula, or one that we have no rules for."""


FUNCTIONS = frozenset(
    "sin cos tan sec csc cot arcsin arccos arctan sinh cosh tanh log ln lg exp sqrt cbrt".split()
)  # fmt: skip
_ALIASES = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "cosec": "csc", "tg": "tan", "ctg": "cot",
    "arctg": "arctan",
}  # fmt: skip
_GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau "
    "upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell".split()
)
# Short words that stand for a product of letters in no text: units, and English.
_SHORT_WORDS = frozenset(
    "cm mm km dm nm in ft yd mi kg mg lb lbs oz ml mL hr hrs min sec am pm mph kph usd sq deg rad Hz kHz kJ kW Pa "
    "is it of to an at by for the are was has no not so we if on as be he all can its per out sum via set let one two "
    "yes off up us my me you she his her him our few top due odd now ten six day men cup box dog cat hat bag pen egg "
    "car bus kid boy pie pm cents dm cc ha".split()
)
_CONSTANTS = {"pi": "pi", "infinity": "infinity", "inf": "infinity", "infty": "infinity", "oo": "infinity"}
_SIGNS = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "le": "<=", "leq": "<=", "leqslant": "<=", "lt": "<",
    "ge": ">=", "geq": ">=", "geqslant": ">=", "gt": ">", "ne": "!=", "neq": "!=", "approx": "approx", "simeq": "approx",
    "pm": "pm", "mp": "mp", "cup": "union", "cap": "meet", "setminus": "minus", "backslash": "minus", "in": "in",
    "infty": "infinity", "pi": "pi", "{": "\\{", "}": "\\}", "lbrace": "\\{", "rbrace": "\\}", "langle": "<(",
    "rangle": ")>", "lvert": "|", "rvert": "|", "vert": "|", "mid": "|", "lfloor": "floor(", "rfloor": ")floor",
    "lceil": "ceil(", "rceil": ")ceil", "emptyset": "empty", "varnothing": "empty", "frac": "frac", "dfrac": "frac",
    "tfrac": "frac", "cfrac": "frac", "binom": "binom", "dbinom": "binom", "tbinom": "binom", "choose": "choose",
    "prime": "'", "colon": ":", "%": "%", "lor": "or", "vee": "or", "land": "and", "wedge": "and", "R": "reals",
    "\\": "row", "newline": "row", "lbrack": "[", "rbrack": "]",
}  # fmt: skip
_TYPED = {"**": "^", "<=": "<=", ">=": ">=", "=<": "<=", "=>": ">=", "!=": "!=", "==": "=", ";": ",", "\u2032": "'"}
_DROPPED = frozenset(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle displaystyle textstyle limits "
    "quad qquad , ; : ! > $ rm bf it hline allowbreak nonumber notag".split()
) | {" ", "\n"}
_UNICODE = {
    "\u2212": "-", "\u2013": "-", "\u2011": "-", "\u00d7": "*", "\u22c5": "*", "\u00b7": "*", "\u2219": "*",
    "\u00f7": "/", "\u2044": "/", "\u2215": "/", "\u221e": "\\infty ", "\u03c0": "\\pi ", "\u221a": "\\sqrt ",
    "\u221b": "\\cbrt ", "\u2264": "<=", "\u2a7d": "<=", "\u2265": ">=", "\u2a7e": ">=", "\u2260": "!=",
    "\u2208": "\\in ", "\u222a": "\\cup ", "\u2229": "\\cap ", "\u2216": "\\setminus ", "\u2205": "\\emptyset ",
    "\u211d": "\\R ", "\u00b1": "\\pm ", "\u2213": "\\mp ", "\u2248": "\\approx ", "\u27e8": "\\langle ",
    "\u27e9": "\\rangle ", "\u2223": "|", "\u230a": "\\lfloor ", "\u230b": "\\rfloor ", "\u2308": "\\lceil ",
    "\u2309": "\\rceil ", "\u2019": "'", "\u2032": "'", "\u00bd": "\\frac12", "\u00bc": "\\frac14",
    "\u00be": "\\frac34", "\u2153": "\\frac13", "\u2154": "\\frac23", "\u2155": "\\frac15", "\u215b": "\\frac18",
    "\u2218": "\u00b0", "\u00ba": "\u00b0", "\uff0c": ",", "\uff08": "(", "\uff09": ")", "\u3001": ",",
    "\u2063": "", "\u2062": "", "\u2061": "", "\u200b": "",
} | dict.fromkeys("\u00a0\u2009\u202f\u2002\u2003\u2005", " ") | {
    letter: f"\\{name} " for letter, name in zip(
        "αβγδεζηθικλμνξρσςτυφχψωΓΔΘΛΞΣΦΨΩℓ",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma sigma tau upsilon phi chi "
        "psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell".split(), strict=True,
    )
}  # fmt: skip
_TRANSLATED = str.maketrans(_UNICODE)
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿˣ", "0123456789+-()nx", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋ₙ", "0123456789+-n", strict=True))
_RUNS = re.compile(f"([{''.join(_RAISED)}]+)|([{''.join(_LOWERED)}]+)")
_DEGREES = re.compile(r"\^\s?\{?\s?(?:\\circ|°|\\degree)\s?\}?|\\(?:degree|deg)(?![a-zA-Z])")
_MIXED = re.compile(r"(?<![\w.^/)}])([0-9]{1,9})[ ]([0-9]{1,9})/([0-9]{1,9})(?![\w./^])")
_BRACKET = re.compile(r"[(\[]|\\\{|\{[^{}]{0,40},|\\begin")
_GROUPED = re.compile(r"(?<![\w.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9]|,[0-9])")
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
    r"|(?P<row>\\(?=[0-9-]))"
    r"|\\(?P<command>[a-zA-Z]+|[^a-zA-Z])"
    r"|(?P<letters>[a-zA-Z]+)"
    r"|(?P<typed>\*\*|<=|>=|=<|=>|!=|==)"
    r"|(?P<sign>\S)"
)


def tokens(text: str) -> list[Token]:
    """The tokens of a formula; raises `Unreadable`.

    >>> [token.text for token in tokens(r"$2\\sqrt{3}\\,$")] == [token.text for token in tokens("2√{3}")]
    True
    """
    if len(text) > LONGEST:
        raise Unreadable("too long")
    text = unboxed(text.strip().strip("$").strip())
    if not text.isascii():
        text = _RUNS.sub(_raised, text).translate(_TRANSLATED)
    if "\\" in text or "{" in text or "°" in text:
        text = _DEGREES.sub("°", THOUSANDS.sub("", text).replace("{,}", "."))
        text = _REPEATING.sub(_repeating, text)
    if "/" in text:
        text = _MIXED.sub(r"\1\\frac{\2}{\3}", text)
    if "," in text and not _BRACKET.search(text):
        text = _GROUPED.sub(lambda match: match[0].replace(",", ""), text)
    found = list(_tokens(text))
    if len(found) > MOST:
        raise Unreadable("too many tokens")
    return found


def _raised(match: re.Match[str]) -> str:
    if match[1]:
        return f"^{{{''.join(map(_RAISED.__getitem__, match[1]))}}}"
    return f"_{{{''.join(map(_LOWERED.__getitem__, match[2]))}}}"


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
            if said != "~":
                yield Token(_TYPED.get(said, said), said)
        elif kind == "typed":
            yield Token(_TYPED[said], said)
        elif kind == "command":
            yield from _command(said)
        elif kind == "text":
            yield from _words(said)
        elif kind == "marked":
            yield Token("name", said)
        elif kind == "double":
            yield Token("reals" if said == "R" else "name", said)
        else:
            yield Token(kind, said)


def _letters(said: str) -> Iterator[Token]:
    """A run of letters: a function, a constant, a word, or a product of names."""
    low = _ALIASES.get(said.lower(), said.lower())
    if low in FUNCTIONS and (len(low) > 2 or said.islower()):
        yield Token("function", low)
    elif low in _CONSTANTS and len(said) > 1:
        yield Token(_CONSTANTS[low], low)
    elif low in ("and", "or"):
        yield Token(low, low)
    elif said in _GREEK:
        yield Token("name", said)
    elif len(said) == 1:
        yield Token("name", said)
    elif low[:-1] in FUNCTIONS and len(low) > 3:  # sinx
        yield from (Token("function", low[:-1]), Token("name", said[-1]))
    elif low[:2] == "pi" and len(low) == 3:  # pir
        yield from (Token("pi", "pi"), Token("name", said[2]))
    elif len(said) < 4 and said not in _SHORT_WORDS and low not in _SHORT_WORDS:
        yield from (Token("name", letter) for letter in said)
    else:
        yield Token("text", said)


def _command(said: str) -> Iterator[Token]:
    name = _ALIASES.get(said, said)
    if said in _DROPPED:
        return
    if name in FUNCTIONS:
        yield Token("function", name)
    elif said in _SIGNS:
        yield Token(_SIGNS[said], said)
    elif said in _GREEK:
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
