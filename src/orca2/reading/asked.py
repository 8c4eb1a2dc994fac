"""What a question of mathematics asks for: which letters, in which order, and whether an equation is to be solved."""

import re
from functools import lru_cache
from typing import NamedTuple

from orca2.reading.patterns import lazy_pattern

_TAIL = 2_000  # characters of a question, from its end, that are looked at
_FOR = re.compile(
    r"\b(?:find|solve for|solve|what (?:is|are)|determine|compute|calculate|evaluate|values? (?:of|for)|express|give|"
    r"state|for (?:what|which)|solutions? for)\s"
    r"(?:(?:the|all|every|each|real|possible|positive|negative|integers?|numbers?|values?|solutions?|of|for|exact|an?|"
    r"smallest|largest|least|greatest|in)\s){0,6}[$\\(]{0,3}\s?([a-zA-Z])(?![\w'])\s?[$\\)]{0,3}+(?!\s?[-+*/^=<>({_])|"
    r"\bsolve\b[^.?]{1,80}?\bfor\s[$\\(]{0,3}\s?([a-zA-Z])\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"(?<![a-zA-Z\\'])[a-zA-Z](?![a-zA-Z'])")
_ARTICLES = frozenset("aAI")
_ORDERED = re.compile(
    r"\b(?:(?:in|de)creasing|(?:a|de)scending|alphabetical|numerical|correct) order|\bin order\b|"
    r"\b(?:least|smallest|lowest|greatest|largest|highest|biggest) to (?:the )?"
    r"(?:least|smallest|lowest|greatest|largest|highest|biggest)\b",
    re.IGNORECASE,
)
_SOLVED = re.compile(
    r"\bin terms of\b|\bsolved?\b[^.?]{0,80}\bfor\b|\bas a function of\b|\bmake \S{1,12} the subject\b", re.IGNORECASE
)
_CURVE = re.compile(
    r"\b(?:equations?|lines?|planes?|circles?|parabola|ellipse|hyperbola|curve|asymptotes?|directrix|ax[ie]s|tangent|"
    r"boundary|graph)\b",
    re.IGNORECASE,
)
_BASE = re.compile(
    r"\bbase[\s$_-]{0,3}\{?(?:[0-9]|two|three|four|five|six|seven|eight|nine|eleven|twelve|[a-z]\b)", re.IGNORECASE
)
_INTERVAL = lazy_pattern(
    r"\bintervals?\b|\b(?:range|domain) of\b|\binequalit(?:y|ies)\b|\bsolution set\b|"
    r"\b(?:possible|real) values of\b|\bvalues of\s[$\\(]{0,3}\s?[a-zA-Z]\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"\bassert\b|\bdef \w|\bprint|\bpython\b|\breturns?\b|\bjson\b|\barrays?\b|```", re.IGNORECASE)
_CLOSED = re.compile(r"\[\s?(-?[0-9.]{1,12})\s?,\s?(-?[0-9.]{1,12})\s?\]")


class Asked(NamedTuple):
    """`names` are the letters that are asked for, `letters` all of the question's; the rest says how."""

    names: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()
    ordered: bool = False
    solved: bool = False
    curve: bool = False
    based: bool = False


@lru_cache(maxsize=1024)
def asked(question: str) -> Asked:
    """Read a question.

    >>> asked("If $x + y = 5$, what is the value of $x$?").names
    frozenset({'x'})
    """
    if not question:
        return Asked()
    text = question[-_TAIL:]
    return Asked(
        frozenset(name for match in _FOR.finditer(text) if (name := match[1] or match[2]) not in _ARTICLES),
        frozenset(_LETTER.findall(text)) - _ARTICLES,
        bool(_ORDERED.search(text)),
        bool(_SOLVED.search(text)),
        bool(_CURVE.search(text)),
        bool(_BASE.search(text)),
    )


def interval(target: str, question: str) -> bool:
    """Whether a gold answer such as "[0, 25]" is an interval and no list: the question asks for numbers in a range.

    >>> interval("[0,25]", "What is the range of the function?"), interval("[0,25]", "What does f(25) return?")
    (True, False)
    """
    ends = _CLOSED.fullmatch(target.strip())
    text = question[-_TAIL:]
    return bool(ends and _INTERVAL().search(text)) and not _CODE.search(text)
