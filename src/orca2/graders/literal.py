"""Literals of a program, such as the output of code: lists, dictionaries, strings in quotes, booleans, None.

Compared by value and type, exactly: no forgiving of signs, order, case or length.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from orca2.core.types import Verdict, Where
from orca2.reading.answer_fields import answer_field
from orca2.reading.grader import TextGrader
from orca2.reading.literals import NOTHING, literals, parse, same
from orca2.reading.patterns import lazy_pattern
from orca2.reading.places import statements, verdict

_TAIL = 20_000  # characters from the end that are read
# a question about code, so that its gold answer is what a program gives and not a quotation or a list in prose
_CODE = lazy_pattern(
    r"\bassert\b|\bdef \w+\(|\bprint\(|\blambda\b|==\s?\?\?|\bliteral\b|\[PYTHON\]|```(?:python|py)\b|>>>|"
    r"\b(?:output|result|value) of (?:the|this|running|executing) ?(?:following )?"
    r"(?:python )?(?:code|program|function|snippet|script|call|expression)|"
    r"\b\w+\([^()\n]{0,200}\)+ (?:return|print|output|evaluate|give)|"
    r"\b(?:returns?|prints?|outputs?|evaluates? to|calling)\b.{0,60}\b\w+\(",
    re.IGNORECASE,
)
# words that a literal follows as what the program gives
_MARK = lazy_pattern(
    r"(?:\b(?:answer|output|outputs|result|returns?|returned|prints?|printed|evaluates to|gives|yields|becomes|"
    r"produces|equals?|gets?|obtain|have|is|are|be)\b"
    r"(?: (?:value|is|will be|would be|are|be|the|a|an|list|tuple|set|string|dictionary|dict|boolean|following))*"
    r"|==|=>|->|→)\s?:?[\s*`$]{0,6}$",
    re.IGNORECASE,
)
_EMPTY: dict[type, str] = {
    str: "string",
    list: "list|array",
    dict: "dict|dictionary|object",
    tuple: "tuple",
    set: "set",
}
_OR = re.compile(r"[\s`*,]{0,4}\bor\b[\s`*]{0,4}(?:either )?")
_FENCED = re.compile(r"\A\s*```\w*\n(.*?)\n?```\s*\Z", re.DOTALL)
_STATED_TEXT = re.compile(
    r"(?:\banswer is|\b(?:final )?answer|\boutput|\bresult)\s?:?\s(?:is:?\s)?(.{1,2000})$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Literal(TextGrader):
    """What a program gives, by value and type.

    >>> Literal().grade("[1, 2]", "So f returns [2, 1].", "What does f() return?").outcome
    'wrong'
    """

    name: ClassVar[str] = "literal"
    probes: ClassVar[tuple[str, ...]] = ("''", "[]", "{}", "()", "0", "None")
    looks_into_json: ClassVar[bool] = False

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is a container in Python's writing, or any such literal and code is asked about."""
        text = target.strip()
        if not text or text[0] not in "[({'\"NsfT" or (value := parse(text)) is NOTHING:
            return False
        if isinstance(value, list | tuple | dict | set) and text[0] in "[({s":
            if "'" in text or "None" in text or "True" in text or "False" in text or isinstance(value, set):
                return True
            return bool(_CODE().search(question[-20_000:]))
        return (isinstance(value, str | bytes) or value is None) and bool(_CODE().search(question[-20_000:]))

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Read the literal in a field of JSON, the whole text, what is stated or the last one of the gold's type."""
        gold = parse(target)
        if gold is NOTHING:
            gold = target
        field = answer_field(text)
        if field is not None and field.text is not None and not same(gold, parse(text)):
            value = _value(field.text, gold)
            return verdict((field.text,), "field", same(gold, value))
        return _of_text(gold, text)


load = Literal


def _value(text: str, gold: Any) -> Any:
    """What a text that is nothing but an answer comes to: a literal, else the text as a string."""
    fenced = _FENCED.match(text)
    text = fenced[1] if fenced else text
    if isinstance(gold, str) and text == gold:
        return text
    stripped = text.strip()
    if len(stripped) > 2 and stripped[0] == stripped[-1] == "`":
        text = stripped = stripped.strip("`")
    if (value := parse(stripped)) is NOTHING:
        return text
    if isinstance(gold, str) and not isinstance(value, str):
        return text  # '[4]' without its quotes
    return value


def _of_text(gold: Any, text: str) -> Verdict:
    """Read prose: the whole of it, then the literal after a word such as "returns", then the last one."""
    text = text[-_TAIL:]
    whole = _value(text, gold)
    if same(gold, whole):
        return verdict((text.strip() or repr(gold),), "whole", True)
    found = list(literals(text.replace("`", " "), type(gold)))
    marked = [row for row in found if _MARK().search(text.replace("`", " "), max(0, row[0] - 80), row[0])]
    closing = (statements(text) or [""])[-1]
    if not found and gold in ("", [], {}, (), set()) and re.search(rf"\bempty (?:{_EMPTY[type(gold)]})\b", closing):
        return verdict((closing,), "last", True)
    if not found and isinstance(gold, str):
        return _unquoted(gold, text)
    if not found:
        return _of_another_type(gold, text)
    chosen = marked[0] if marked else found[0]
    before = next((row for row in found if row[1] <= chosen[0]), None)
    if before and _OR.fullmatch(text, before[1], chosen[0]) and not same(before[2], chosen[2]):
        return verdict((repr(before[2]), repr(chosen[2])), "stated" if marked else "last", False)
    where: Where = "stated" if marked else "last"
    return verdict((text[chosen[0] : chosen[1]],), where, same(gold, chosen[2]))


def _of_another_type(gold: Any, text: str) -> Verdict:
    """A text without a literal of the gold answer's type is wrong where it is, or states, one of another type."""
    if parse(text) is not NOTHING:
        return verdict((text.strip(),), "whole", False)
    for kind in (list, tuple, dict, set, str, int, float, bool, type(None)):
        for start, end, _ in literals(text, kind):
            if _MARK().search(text, max(0, start - 80), start):
                return verdict((text[start:end],), "stated", False)
    return verdict((), "last", False)


def _unquoted(gold: str, text: str) -> Verdict:
    """A string that is stated without its quotes: `The answer is hello.`"""
    backticked = re.findall(r"`([^`\n]{1,2000})`", text)
    stated = _STATED_TEXT.findall(text)
    if stated and "`" not in stated[-1]:
        said = stated[-1].strip().strip("*")
        return verdict((said,), "stated", gold in (said, said.removesuffix(".")))
    if backticked:
        return verdict((backticked[-1],), "last", backticked[-1] == gold)
    return verdict((text.strip(),) if len(text.split()) < 4 else (), "whole", False)
