"""Numbers as they are written: digits of other scripts, decimal comma or point, thousands, raised digits, fractions."""

import functools
import re
import unicodedata
from fractions import Fraction
from typing import NamedTuple

LONGEST = 400  # characters of one numeral that is taken for a number

# Zeros of the scripts whose digits count as digits: Arabic, Persian, Indic ones, Thai, Lao, Tibetan, Burmese, Khmer,
# Mongolian, full-width, and the five alphabets of mathematical digits.
_ZEROS = (
    0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0, 0xF20, 0x1040, 0x17E0,
    0x1810, 0xFF10, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6,
)  # fmt: skip
_FRACTIONS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"
_PLAIN = str.maketrans(
    {chr(zero + digit): str(digit) for zero in _ZEROS for digit in range(10)}
    | {"٫": ".", "٬": ",", "٪": "%", "％": "%", "．": ".", "，": ",", "、": ",", "。": ". ", "！": "! ", "？": "? "}
    | {
        "：": ":",
        "（": "(",
        "）": ")",
        "＝": "=",
        "＋": "+",
        "－": "-",
        "﹣": "-",
        "−": "-",
        "–": "-",
        "⁄": "/",
        "∕": "/",
    }
    | {"⋅": "·", "∙": "·", "✕": "×", "✖": "×", "➗": "÷", "’": "'", "ʼ": "'", "＄": "$", "￥": "¥", "…": "..."}
    | dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " ")
    | dict.fromkeys("\u200b\u200e\u200f\u2060\ufeff\u2066\u2067\u2068\u2069", None)
)
_RAISED = re.compile("[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,6}")
_LOWERED = re.compile("(?<=[0-9])[₀₁₂₃₄₅₆₇₈₉]{1,3}")
_RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_LOWERED_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_FRACTION = re.compile(f"([0-9])?\\s?([{_FRACTIONS}])")
_SPACED = re.compile(
    r"(?<![\w.,/])[0-9]{1,3}(?: [0-9]{3}){1,4}(?=[.,]?(?:[^\w/.,]|$)|[.,][0-9]{1,2}(?![0-9])|[a-zA-Z])(?! [0-9])"
)
_LATEX_FRACTION = re.compile(
    r"(?P<whole>(?<=[0-9])\s?)?\\[dtc]?frac\s?(?:\{\s?(?P<above>[0-9]{1,9})\s?\}|(?P<a>[0-9]))"
    r"\s?(?:\{\s?(?P<below>[0-9]{1,9})\s?\}|(?P<b>[0-9]))"
)
_LATEX_GROUP = re.compile(r"(?<=[0-9])(?:,?\\[!,;: ]|,\s?\\!|\{,\}|,\{\}|~)\s?(?=[0-9]{3}(?![0-9]))")
_REPEATING = re.compile(r"([0-9]{0,12}\.[0-9]{0,12})\\(?:overline|bar|dot)\s?\{([0-9]{1,12})\}")


def plain(text: str) -> str:
    """A text with its numbers in plain digits.

    >>> plain("٢٬٥٠٠"), plain("7 × 10⁴"), plain("2½"), plain("1 234 567"), plain(r"\\frac12")
    ('2,500', '7 × 10^4', '2 1/2', '1234567', '1/2')
    """
    if not text.isascii():
        text = text.translate(_PLAIN)
        text = _RAISED.sub(lambda raised: "^" + raised[0].translate(_RAISED_DIGITS), text)
        text = _LOWERED.sub(lambda lowered: "_" + lowered[0].translate(_LOWERED_DIGITS), text)
        text = _FRACTION.sub(_fraction, text)
    if "\\" in text or "{,}" in text or "~" in text:
        text = _LATEX_GROUP.sub(",", text)
        text = _LATEX_FRACTION.sub(_latex_fraction, text)
        text = _REPEATING.sub(_repeating, text)
    return _SPACED.sub(lambda match: match[0].replace(" ", ""), text) if " " in text else text


def _fraction(match: re.Match[str]) -> str:
    value = Fraction(unicodedata.numeric(match[2])).limit_denominator(10)
    return f"{match[1]} {value}" if match[1] else str(value)


def _latex_fraction(match: re.Match[str]) -> str:
    above, below = match["above"] or match["a"], match["below"] or match["b"]
    return f"{' ' if match['whole'] is not None else ''}{above}/{below}"


def _repeating(match: re.Match[str]) -> str:
    fixed, repeated = match[1], match[2]
    places = len(fixed) - fixed.index(".") - 1
    tail = Fraction(int(repeated), (10 ** len(repeated) - 1) * 10**places)
    return str(Fraction(f"0{fixed}0") + tail)


class Literal(NamedTuple):
    """What a numeral may mean: its value, and its other value where the mark in it is a decimal comma or point."""

    value: Fraction
    other: Fraction | None = None


_GROUPED = {mark: re.compile(rf"[0-9]{{1,3}}(?:{re.escape(mark)}[0-9]{{3}})+") for mark in ",.'"}
_INDIAN = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")
_ONE_GROUP = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


@functools.lru_cache(maxsize=4096)
def literal(text: str) -> Literal | None:
    """The value of a run of digits with points, commas and apostrophes in it; None if it is no one number.

    A single mark before three digits may be either; then `value` takes a point for the decimal mark, `other` a comma.

    >>> literal("1,450.00").value, literal("1.450,00").value, literal("112,80").value, literal("1,00,000").value
    (Fraction(1450, 1), Fraction(1450, 1), Fraction(564, 5), Fraction(100000, 1))
    >>> literal("1.234")
    Literal(value=Fraction(617, 500), other=Fraction(1234, 1))
    """
    if len(text) > LONGEST:
        return None
    if text.isdigit():
        return Literal(Fraction(int(text)))
    if "'" in text:
        whole, mark, rest = text.partition("." if "." in text else ",")
        if not _GROUPED["'"].fullmatch(whole) or (mark and not rest.isdigit()):
            return None
        return Literal(Fraction(f"{whole.replace(chr(39), '')}.{rest or 0}"))
    if _ONE_GROUP.fullmatch(text):
        digits = re.split("[.,]", text)
        grouped, decimal = Fraction("".join(digits)), Fraction(".".join(digits))
        return Literal(decimal, grouped) if "." in text else Literal(grouped, decimal)
    return _marked(text)


def _marked(text: str) -> Literal | None:
    """The value of digits with marks that can be read in one way only."""
    last = max(text.rfind("."), text.rfind(","))
    mark, whole, rest = text[last], text[:last], text[last + 1 :]
    if (_GROUPED[mark].fullmatch(text) and text.count(mark) > 1) or _INDIAN.fullmatch(text):
        return Literal(Fraction(text.replace(mark, "")))
    group = "," if mark == "." else "."
    grouped = not whole or whole.isdigit() or _GROUPED[group].fullmatch(whole)
    if not rest.isdigit() or not (grouped or (mark == "." and _INDIAN.fullmatch(whole))):
        return None
    return Literal(Fraction(f"{whole.replace(group, '') or 0}.{rest}"))


_COMMA_SHOWS = re.compile(
    r"(?<![0-9.,(\[{])(?:[0-9]{1,3}(?:[.'][0-9]{3})+,[0-9]{1,9}|0,[0-9]{1,9}|[0-9]{1,9},(?:[0-9]{1,2}|[0-9]{4,9}))"
    r"(?![0-9,)\]}]|\.[0-9])"
)
_POINT_SHOWS = re.compile(
    r"(?<![0-9.,])(?:[0-9]{1,3}(?:[,'][0-9]{3})+\.[0-9]{1,9}|[1-9][0-9]{0,2}(?:,[0-9]{3}){2,4}|0?\.[0-9]{1,9}|"
    r"[0-9]{1,9}\.(?:[0-9]{1,2}|[0-9]{4,9}))(?![0-9.,]{0,1}[0-9])"
)
# Words of the languages that write a decimal comma; two of them settle it where no number does.
_COMMA_WORDS = re.compile(
    r"\b(?:ist|sind|der|und|wie|viele?|beträgt|ergibt|kostet|das|antwort|el|cuántos?|cuántas?|cuesta|respuesta|"
    r"le|les|est|combien|réponse|coûte|il|sono|quanti|quante|costa|risposta|het|een|hoeveel|antwoord|são|quantos|"
    r"resposta|ile|kosztuje|odpowiedź|сколько|ответ|равно|стоит|kaç|cevap)\b",
    re.IGNORECASE,
)


def comma_shown(*texts: str) -> bool | None:
    """Whether the numbers of texts show a decimal comma; None if they show neither mark. The first text decides."""
    for text in texts:
        comma, point = len(_COMMA_SHOWS.findall(text)), len(_POINT_SHOWS.findall(text))
        if comma != point:
            return comma > point
    return None


def comma_decimal(*texts: str) -> bool:
    """Whether texts write a decimal comma: by their numbers, else by their language.

    >>> comma_decimal("Das macht 1.250,50 Euro."), comma_decimal("1,250.50"), comma_decimal("Wie viele sind es?")
    (True, False, True)
    """
    shown = comma_shown(*texts)
    if shown is None:
        return any(len({word.lower() for word in _COMMA_WORDS.findall(text)}) > 1 for text in texts)
    return shown
