"""Mathematical expressions, by value: "\\frac{1}{2}" is 0.5 and (x+1)^2 is x^2+2x+1. Needs the extra `math`."""

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from orca2.core.nouns import Verdict, Where
from orca2.errors import missing_extra
from orca2.reading import expression_pool as _pool
from orca2.reading.grader import TextGrader
from orca2.reading.places import STATEMENT, places, verdict

_LONGEST = 300  # characters of an expression; a longer one is not compared
_COMMANDS = re.compile(r"\\(?:[a-zA-Z]+|[{}])")
_COMMAND = re.compile(r"\\(?:frac|dfrac|tfrac|sqrt|pi|infty|cup|cap|le|ge|times|cdot|pm|log|ln|sin|cos|tan|{|begin)")
_PLAIN = re.compile(
    r"(?:[0-9]|\b(?:sqrt|pi|log|ln|sin|cos|tan|exp|e|i)\b|(?<![a-zA-Z])[a-zA-Z](?![a-zA-Z])|[\s+*/^=(),.<>|!{}\[\]-])+"
)
_OPERATOR = re.compile(r"[+*/^=<>]|(?<=[\w)])\s?-|[0-9)][a-z(]|\bsqrt\b|\bpi\b")
_TUPLE = re.compile(r"[(\[{][^()\[\]{}]{1,80},[^()\[\]{}]{1,80}[)\]}]")
_DATE = re.compile(r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}")
_DELIMITED = re.compile(r"\$\$?(.{1,300}?)\$\$?|\\\((.{1,300}?)\\\)|\\\[(.{1,300}?)\\\]", re.DOTALL)
_LEAD = re.compile(r"(?:[\s:*\"'`]|(?:the|value|is|equals?|of|therefore|thus|so|then|simply|just)\b)*", re.IGNORECASE)
_SPACING = re.compile(r"\\(?:left|right|big[lr]?|Big[lr]?|displaystyle|,|;|:|!|quad\b|qquad\b)\s?|~|\\ ")
_WORDS = re.compile(r"\\(?:text|mathrm|mathbf)\{([^{}]{0,60})\}")
_TO_LATEX = (
    (re.compile(r"(?<!\\)\bsqrt\s?\(([^()]{1,60})\)"), r"\\sqrt{\1}"),
    (re.compile(r"√\s?\(([^()]{1,60})\)"), r"\\sqrt{\1}"),
    (re.compile(r"√\s?([0-9a-z]+)"), r"\\sqrt{\1}"),
    (re.compile(r"(?<![\\a-z])(pi|sin|cos|tan|log|ln)(?![a-z])|π"), lambda m: "\\" + (m[1] or "pi") + " "),
    (re.compile(r"\^\(([^()]{1,40})\)"), r"^{\1}"),
    (re.compile(r"\*\*"), "^"),
    (re.compile(r"[*·]"), r"\\cdot "),
    (re.compile("∞"), r"\\infty "),
    (re.compile("²"), "^2"),
    (re.compile("³"), "^3"),
    (re.compile("\u2212"), "-"),
    (re.compile("∪"), r"\\cup "),
)


@dataclass(frozen=True, slots=True)
class Math(TextGrader):
    """DOC"""

    name: ClassVar[str] = "math"

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is an expression: LaTeX, a pair or interval, letters and numbers with operators."""
        text = target.strip().strip("$")
        if _DATE.fullmatch(text):
            return False
        if _COMMAND.search(text) or _TUPLE.fullmatch(text):
            return True
        return bool(_PLAIN.fullmatch(text) and _OPERATOR.search(text) and re.search(r"[0-9a-zA-Z]", text))

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Compare the stated, boxed or last expression by value, in a process with its own deadline."""
        gold = _latex(target)
        for place, piece in places(text[-4_000:].replace("**", " ")):
            answers = list(dict.fromkeys(_expressions(piece, place, gold)))
            if not answers:
                continue
            if len(answers) > 1:
                return verdict(tuple(answers), place, False)
            if _squeeze(answers[0]) == _squeeze(gold):
                return verdict((answers[0],), place, True)
            if importlib.util.find_spec("math_verify") is None:
                raise missing_extra("math-verify", "math")
            equal = _pool.same(gold, answers[0])
            if equal is None:
                return Verdict("failed", answers[0], f"the comparison took longer than {_pool.DEADLINE:.0f} s")
            return verdict((answers[0],), place, equal)
        return verdict((), "last", False)


load = Math


def _expressions(piece: str, place: Where, gold: str) -> Iterator[str]:
    """The expressions that a piece of a response offers as its answer."""
    piece = piece[-STATEMENT:] if place == "last" else piece[:STATEMENT]
    spans = list(_DELIMITED.finditer(piece))
    if place == "whole":
        offered = [piece]
    elif spans and place == "last":
        offered = [_inner(spans[-1])]
    elif spans and place == "stated":
        offered = [_inner(spans[0])]
        for before, span in pairwise(spans):
            if not re.fullmatch(r"\s{1,3}or\s{1,3}", piece[before.end() : span.start()]):
                break
            offered.append(_inner(span))
    elif place == "stated":
        said = _LEAD.sub("", piece, count=1).strip(" `\"'").split(". ")[0]
        offered = [said] if " or " in gold else re.split(r"\s+or\s+", said)
    else:
        said = piece.rstrip(" .").rpartition("=")[2] if "=" in piece else piece.rpartition(" is ")[2]
        offered = [said]
    for said in offered:
        latex = _latex(said)
        if "=" not in gold:
            latex = latex.rpartition("=")[2].strip()
        if 0 < len(latex) <= _LONGEST and _PLAIN.fullmatch(_COMMANDS.sub(" ", latex)):
            yield latex


def _inner(span: re.Match[str]) -> str:
    return next(str(group) for group in span.groups() if group)


def _latex(text: str) -> str:
    """An expression as LaTeX without delimiters, boxes, spacing commands and text around units."""
    text = re.sub(r"\\boxed\s?\{(.*)\}", r"\1", text.strip().strip("$").strip())
    text = _WORDS.sub(r" \1", _SPACING.sub("", text)).replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac")
    for pattern, latex in _TO_LATEX:
        text = pattern.sub(latex, text)
    return text.strip().strip(".")


def _squeeze(latex: str) -> str:
    return "".join(latex.split()).replace("{", "").replace("}", "")
