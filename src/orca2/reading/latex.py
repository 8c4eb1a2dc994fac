"""LaTeX as people and models write it around an answer: what is dress, and what is left when it is off."""

import re

_FRACTION = r"\\[dtc]?frac\s?(?:\{\s?[0-9]{1,9}\s?\}|[0-9])\s?(?:\{\s?[0-9]{1,9}\s?\}|[0-9])"
_NESTED = 3  # boxes and fonts in one another
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_BOX = re.compile(r"\\(?:boxed|fbox)\s?\{")
THOUSANDS = re.compile(r"(?<=[0-9])(?:,\\[!,;:]|\{,\}|\\[,;: ]|,\s?\\!|~)\s?(?=[0-9]{3}(?![0-9]))")
_DECIMAL_COMMA = re.compile(r"(?<=[0-9])\{,\}(?=[0-9])")
_FONT = re.compile(
    r"\\(?:text(?:bf|it|rm|sf|tt|sc|up|normal)?|mbox|hbox|mathrm|mathbf|mathit|mathsf|mathtt|mathnormal|boldsymbol|bm|"
    r"operatorname\*?|emph|underline|textcolor\{[a-z]{1,20}\}|color\{[a-z]{1,20}\}|bold)\s?\{([^{}]{0,200})\}"
)
_SIZE = re.compile(
    r"\\(?:left|right|middle|[bB]igg?[lrm]?|displaystyle|textstyle|scriptstyle|limits|nolimits|rm|bf|it)(?![a-zA-Z])\.?"
)
_SPACE = re.compile(
    r"\\(?:[,;:>]|\s|quad(?![a-zA-Z])|qquad(?![a-zA-Z])|hspace\*?\{[^{}]{0,20}\}|[hv]?phantom\{[^{}]{0,40}\})|~"
)
_DEGREE = re.compile(r"\s?\^\s?\{?\s?(?:\\circ|\\degree|∘)\s?\}?|\s?\\(?:degree|deg)(?![a-zA-Z])|º")
_ESCAPED = re.compile(r"\\([%$#&_])")
_DELIMITERS = re.compile(r"\$\$|\\[()\[\]]")
# A dollar sign in front of a number is money unless it has a partner that closes a formula.
_FORMULA = re.compile(r"\$([^$]{1,400})\$")
_SUBSCRIPT = re.compile(r"_\s?\{\s?(?:\\text\s?\{)?\s?(\w{1,12})\s?\}{1,2}")

_WHOLE = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)"
_VALUE = re.compile(
    rf"[-+]?\s?(?:{_WHOLE}\s(?:[0-9]+/[0-9]+)|{_WHOLE}\s?{_FRACTION}|{_WHOLE}\s?/\s?{_WHOLE}|{_FRACTION}"
    rf"|{_WHOLE}(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{{1,3}}(?![0-9]))?|\.[0-9]+)"
)
# What may follow a number that is the whole answer: a per cent sign, or words for units; letters that touch it, or few
# letters without a vowel, may be names that it is multiplied with.
_SHORT_UNITS = (
    "cm|mm|km|dm|nm|in|ft|yd|mi|kg|mg|lbs?|oz|m[lL]|c[lL]|hrs?|min|sec|mph|kph|kmh|rpm|sq|deg|rad|k?Hz|k?J|k?W|k?Pa|"
    "[ap]m|pts?|pcs|cc|ha|GB|MB|KB|dB|[mgshdLlNJWVAKCF]"
)
_ENDS = r"(?![a-zA-Z0-9_(])"
_POWER = r"(?:\s?\^\s?\{?-?[1-4]\}?|[²³])?"
_TOUCHING = rf"(?:st|nd|rd|th|{_SHORT_UNITS.replace('[mgshdLlNJWVAKCF]', '[mgL]')}|[a-zA-Z]{{4,20}}){_ENDS}"
_WORD = rf"(?:{_SHORT_UNITS}|(?=[a-zA-Z]{{3,20}}{_ENDS})[a-zA-Z]{{0,19}}?[aeiouyAEIOUY][a-zA-Z]{{0,19}}){_ENDS}"
_UNIT = re.compile(
    rf"\s?(?:%|°(?:\s?[CF]\b)?)?(?:{_TOUCHING}{_POWER})?(?:\s{{0,3}}[\s/]\s?{_WORD}{_POWER}){{0,5}}\s?\.?"
)
_NOT_UNITS = re.compile(r"\b(?:pi|sqrt|sin|cos|tan|sec x|csc|cot|log|ln|exp|or|and|to|times|plus|minus|over|not)\b")


def unboxed(text: str) -> str:
    """The inside of a box around the whole text, or the text."""
    text = text.strip()
    for _ in range(_NESTED):
        match = _BOX.match(text)
        if not match or closings(text).get(match.end() - 1) != len(text) - 1:
            break
        text = text[match.end() : -1].strip()
    return text


def closings(text: str, start: int = 0) -> dict[int, int]:
    """Where each opening brace of a text from `start` on is closed, by where it stands."""
    found, opened = {}, []
    for match in _BRACE.finditer(text, start):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            found[opened.pop()] = match.start()
    return found


def plain_latex(text: str) -> str:
    """A text without the dress of LaTeX: no delimiters, boxes, fonts or spacing; units stay as words.

    Commands that mean something, such as `\\sqrt` and `\\frac`, stay.

    >>> plain_latex(r"14,\\!400"), plain_latex(r"$96 \\mbox{ cm}^2$"), plain_latex(r"\\boxed{\\text{odd}}")
    ('14,400', '96 cm^2', 'odd')
    """
    text = text.strip()
    if "\\" not in text and "$" not in text and "{" not in text and "~" not in text:
        return text
    text = _FORMULA.sub(r"\1", unboxed(text.replace("$$", "")))
    text = unboxed(_DELIMITERS.sub(" ", text) if "\\begin" not in text else text)
    text = _DECIMAL_COMMA.sub(".", THOUSANDS.sub(",", text))
    text = _SIZE.sub("", text).replace("\\!", "")
    text = _SPACE.sub(" ", text)
    for _ in range(_NESTED):
        bare = _FONT.sub(r"\1", text)
        if bare == text:
            break
        text = bare
    text = _ESCAPED.sub(r"\1", _DEGREE.sub("°", text))
    return " ".join(_SUBSCRIPT.sub(r"_\1", text).split())


def plain_number(text: str) -> bool:
    """Whether an answer, in LaTeX or not, is a number and nothing but units around it: no root, letter or product.

    >>> plain_number(r"$14,\\!400$"), plain_number(r"3\\sqrt{5}"), plain_number("7(y+2)"), plain_number("5x")
    (True, False, False, False)
    """
    text = plain_latex(text).lstrip("$£€¥ ")
    found = _VALUE.match(text)
    if not found:
        return False
    rest = text[found.end() :]
    return not rest or (_UNIT.fullmatch(rest) is not None and not _NOT_UNITS.search(rest))
