"""Gold answers that are no words, such as expressions and code: nothing of them is forgiven but outer marks."""

import re
from collections.abc import Iterator

from orca2.reading.clauses import sentences

_NO_WORDS = re.compile(r"[\\\[\]{}<>=^_|~@*]|(?:^|[\s,;(])[-+]\s?\w|\w\s?[+]\s?\w|^\W+$")
_QUOTED = re.compile(r"""(["'`]).*\1\Z""", re.DOTALL)
_CODE = re.compile(r"\bassert\b|==|\breturns?\b|\bdef\b|\bprint|\w\(")
_AFFIX = re.compile(r"\b(?:suffix|affix|ending)", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_AROUND = re.compile(r"\s*([^\w\s'\"])\s*")
_TAIL = re.compile(r"(?:\b(?:is|are|be|was|returns?|gives|equals|outputs?|prints)\b|[:=])\s")
_MARKS = re.compile(r"`([^`\n]{1,400})`|\$([^$\n]{1,400})\$|(\"[^\"\n]{1,400}\"|'[^'\n]{1,400}')")
_EDGE = " \t\n$`.,;:"


def is_verbatim(gold: str, question: str) -> bool:
    """Whether a gold answer is no words: signs, brackets, LaTeX, or a string in quotes where code is asked about."""
    if _QUOTED.match(gold):
        return _CODE.search(question) is not None
    if _AFFIX.search(question):  # "-ose" is one then, "-pi" is not
        gold = gold.lstrip("-")
    return _NO_WORDS.search(gold) is not None


def same(gold: str, said: str) -> bool:
    """Whether two texts are the same but for white space, of which a text in quotes keeps all, and outer marks."""
    return _plain(gold) == _plain(said)


def offered(text: str) -> Iterator[str]:
    """What prose offers at its end: what stands behind its last "is", "returns" or colon, or between its last marks."""
    last = (sentences(text) or [""])[-1]
    yield last
    yield _TAIL.split(last)[-1]
    if marked := list(_MARKS.finditer(last)):
        yield next(group for group in marked[-1].groups() if group)


def _plain(text: str) -> str:
    text = _SPACES.sub(" ", text.strip(_EDGE))
    return text if _QUOTED.match(text) else _AROUND.sub(r"\1", text)
