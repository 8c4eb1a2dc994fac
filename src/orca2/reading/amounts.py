"""One number of a statement with what belongs to it: scale, ending, per cent, unit ("$2.5 million", "12th", "20 %")."""

from fractions import Fraction

from orca2.reading.measures import BEFORE, LETTERS, PERCENT, UNITS, table
from orca2.reading.numerals import literal
from orca2.reading.spelled import SCALES, STARTS, Spelled, spelled, with_part
from orca2.reading.tokens import Statement
from orca2.reading.values import Value, negated, scaled

_GREEK = "pi alpha beta gamma delta theta phi lambda mu sigma omega tau"
FUNCTIONS = frozenset(table("sin cos tan sec csc cot arcsin arccos arctan log ln exp"))
SYMBOLS = frozenset((*(f"\\{name}" for name in (*FUNCTIONS, *_GREEK.split(), "infty")), "π", "pi", "∞"))
ROOTS = frozenset(("√", "\\sqrt", "sqrt"))
FRACTIONS = frozenset(("\\frac", "\\dfrac", "\\tfrac", "\\cfrac"))
_WORDS = {f"{word}s": size for word, size in SCALES.items()} | SCALES | {
    "bn": 10**9, "mn": 10**6, "mln": 10**6, "mio": 10**6, "mrd": 10**9, "tn": 10**12, "trn": 10**12, "cr": 10**7,
    "grand": 10**3, "tausend": 10**3, "mille": 10**3, "mila": 10**3, "millones": 10**6, "millionen": 10**6,
    "milioni": 10**6, "milliarden": 10**9, "milliards": 10**9, "miliardi": 10**9, "тысяч": 10**3, "миллионов": 10**6,
}  # fmt: skip
_LETTERS = {"k": 10**3, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}  # right behind a number
_LETTERS_OF_MONEY = _LETTERS | {"m": 10**6, "b": 10**9, "t": 10**12}
_ENDINGS = frozenset(("st", "nd", "rd", "th"))
_LATIN = 0x250  # letters of other scripts stand right behind a number without making a term of it
_SCRIPTS = 0x590


def numeral(said: Statement, at: int, money: bool = False) -> Value | None:
    """The number that starts at a token; `money`: a currency stands before it."""
    kind, text = said.kind(at), said.said(at)
    if kind == "clock":
        hour, _, minute = text.partition(":")
        return Value(Fraction(int(hour)) if minute == "00" else None, at + 1)
    if text in ("a", "an", "one") and (unit := UNITS.get(said.said(at + 1))) and said.said(at + 2) == "and":
        return Value(Fraction(1), at + 2, unit=unit)  # "an hour and a half"
    if kind == "word":
        words = spelled(said.tokens, at) if text in STARTS else None
        return _with_scale(said, Value(words.value, words.end, ordinal=words.ordinal), money) if words else None
    if kind != "number" or _within_name(said, at):
        return None
    meaning = literal(text) if "e" not in text and "E" not in text else None
    if meaning is None:
        return _with_scale(said, Value(_exponent(text), at + 1), money)
    found = Value(meaning.value, at + 1, meaning.other, plain=text.isdigit())
    return _with_scale(said, _mixed(said, found), money)


def after_unit(said: Statement, at: int) -> int:
    """The token after the words, marks and powers of a unit that start at a token; the token itself where none does."""
    start, words = at, 0
    while at < len(said):
        kind, text, _, _ = said.tokens[at]
        if kind == "word" and words < 4 and text not in GOES_ON and text not in STARTS:
            words += 1
        elif text == "^" and at > start and said.kind(at - 1) in ("word", "mark"):
            at += 1
        elif not (kind == "money" or text in ("%", "°", '"') or _per(said, at)):
            break
        at += 1
    return at


def _per(said: Statement, at: int) -> bool:
    """Whether a slash parts two words of a unit: "8 pints / gallon"."""
    return said.said(at) == "/" and said.kind(at + 1) == "word" and said.said(at + 1) not in STARTS


# Words that belong to the sentence and to no unit.
GOES_ON = frozenset(
    table(
        "and or is are was were be been being which that who whom so then but if because since as than to in at on "
        "into have has had will would can could plus minus times divided multiplied equals equal gives give makes "
        "make leaves left x y z i n he she it they we you for from with when while after before until each every "
        "more less fewer not how what a an the"
    )
)


def _within_name(said: Statement, at: int) -> bool:
    """Whether a number is part of a name or an index: H2O, GPT-4, x_1."""
    start = said.tokens[at].start
    before = said.text[start - 1] if start else " "
    if before == "_":
        return True
    if before.isalpha() and ord(before) < _SCRIPTS:
        return said.said(at - 1) not in BEFORE and not (before == "x" and said.kind(at - 2) == "number")
    earlier = said.text[start - 2] if before == "-" and start > 1 else " "
    return earlier.isalpha() and ord(earlier) < _SCRIPTS


def _exponent(text: str) -> Fraction | None:
    """The value of 6.02e23."""
    base, mark, power = text.lower().partition("e")
    meaning = literal(base) if mark else None
    return meaning.value * Fraction(10) ** int(power) if meaning else None


def _mixed(said: Statement, whole: Value) -> Value:
    """ "3 1/2", "3 and a half"."""
    at = whole.end
    if whole.value is None or not whole.plain:
        return whole
    if said.kind(at) == "number" and said.said(at + 1) == "/" and said.attached(at + 1) and said.attached(at + 2):
        above, below = said.said(at), said.said(at + 2)
        small = above.isdigit() and below.isdigit() and len(below) < 6 and said.said(at + 3) != "/"
        if small and 0 < int(above) < int(below):
            return Value(whole.value + Fraction(int(above), int(below)), at + 3)
    if said.said(at) == "and":
        part = with_part(said.tokens, Spelled(whole.value, at))
        return Value(part.value, part.end) if part.end > at else whole
    return whole


def _with_scale(said: Statement, found: Value, money: bool) -> Value:
    at = found.end
    if said.kind(at) not in ("word", "mark", "money", "command"):
        return found
    text, attached = said.said(at), said.attached(at)
    size = _WORDS.get(text)
    if size is None and len(text) == 1 and (attached or money):
        size = (_LETTERS_OF_MONEY if money else _LETTERS).get(said.written(at))
    if size is None and money is False and attached and said.written(at) in _LETTERS_OF_MONEY:
        size = _LETTERS_OF_MONEY[said.written(at)] if said.said(at + 1) in ("€", "eur", "usd") else None
    if size:
        return _with_scale(said, scaled(found, size, at + 1), money)
    if attached and text in _ENDINGS:
        return found._replace(end=at + 1, ordinal=True, plain=False)
    if text == "%" or text in PERCENT:
        return found._replace(end=at + 1, percent=True, plain=False)
    if text in ("per", "por", "pour") and said.said(at + 1) in ("cent", "ciento", "cento"):
        return found._replace(end=at + 2, percent=True, plain=False)
    return _with_unit(said, found, at)


def _with_unit(said: Statement, found: Value, at: int) -> Value:
    """A number with its unit, or the letter that makes a term of it: 5x has no value."""
    text, written = said.said(at), said.written(at)
    if text in ("°", "degrees", "degree"):
        return _below_zero(said, found._replace(end=at + 1, plain=False))
    if said.kind(at) == "word" and len(text) == 1 and ord(text) < _LATIN and written not in LETTERS:
        return Value(None, at + 1) if _is_variable(said, at) else found
    unit = UNITS.get(text)
    if unit is None or text == "in":
        return _below_zero(said, found)
    if said.said(at + 1) in ("^", "/"):
        return found  # an area or a rate
    if text == "$" and said.text.count("$") % 2 == 0:
        return found  # it closes a formula
    return _below_zero(said, found._replace(unit=unit, end=at + 1))


def _is_variable(said: Statement, at: int) -> bool:
    """Whether a letter behind a number is a factor: 5x, 5 y = 10; but neither 5 x 4 nor "5 a day"."""
    if said.said(at) == "x" and (said.kind(at + 1) in ("number", "money") or said.said(at + 1) == "("):
        return False
    if said.attached(at):
        return True
    return said.said(at) in "ijnxyz" and said.kind(at + 1) in ("", "equals", "close", "operator", "mark", "money")


def _below_zero(said: Statement, found: Value) -> Value:
    """ "5 degrees below zero" is -5."""
    at = found.end + (said.said(found.end) in ("celsius", "fahrenheit", "c", "f"))
    if said.said(at) in ("below", "under") and said.said(at + 1) in ("zero", "0"):
        return negated(found)._replace(end=at + 2)
    return found._replace(end=at) if at > found.end else found
