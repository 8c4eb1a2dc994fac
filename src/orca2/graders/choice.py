"""Lettered options, by letter or by the words of one; two letters offered as one answer are ambiguous."""

import re
from dataclasses import dataclass
from typing import ClassVar

from orca2.core.nouns import Verdict, Where
from orca2.reading import options as _options
from orca2.reading.grader import TextGrader
from orca2.reading.places import read_with, statements, tidy, verdict

_LETTER = re.compile(r"[(\[{]\s?(?P<closed>[A-Za-z])\s?[)\]}]|(?<![\w'\\.-])(?P<open>[A-Z])(?![\w'-])(?P<mark>\))?")
# A lone capital may be a word ("A", "I") or a name; as an answer it stops, or goes on with one of these.
_GOES_ON = re.compile(r"\s{1,3}(?!(?:because|since|as|or|and|is|for|but|with|due|not|which)\b)[a-z]")
_LEAD = re.compile(
    r"(?:[\s\"',:*$=-]|\b(?:option|choice|letter|answer|is|it|it's|that|that's|therefore|thus|so|then|now|no|"
    r"definitely|clearly|probably|most likely|likely|either|both|the)(?![\w'-]))*+",
    re.IGNORECASE,
)
_JOIN = re.compile(r"[\s,;/&]{0,4}(?:\b(?:or|and|nor)\b)?[\s,]{0,3}(?:(?:option|choice)\s)?", re.IGNORECASE)
_DENIED_BEFORE = re.compile(
    r"(?:\bnot|n't|rather than|instead of|except)\s(?:be\s)?(?:option\s|choice\s)?$", re.IGNORECASE
)
_DENIED_AFTER = re.compile(
    r"\s{0,3}(?:(?:is|are|was|would be|seems)\s(?:clearly\s|also\s)?"
    r"(?:wrong|incorrect|not|false|out|eliminated|ruled out|implausible)\b|(?:is|are|was|does|do|can)n't\b)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\b(?:(first|second|third|fourth|fifth|last)(?:\s(?:option|choice|answer|one|statement))?)"
    r"(?=\W{0,4}$|\sor\sthe\s(?:first|second|third|fourth|fifth|last)\b)",
    re.IGNORECASE,
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
# "(A) London - no. (B) Paris - yes." weighs each option and settles on the one that passes.
_PASSES = r"yes|correct|right|true|fits|✓|✔|✅"
_FAILS = r"no|wrong|incorrect|false|eliminated|✗|✘|❌"
_WEIGHED = re.compile(
    rf"(?:[-–:,|=→)\s]|\bis\b|\bodd\b)\s{{0,2}}(?:(?P<passes>{_PASSES})|(?:{_FAILS}))(?:[,;].*)?[\s|.!]*$",
    re.IGNORECASE,
)
_LEAVES = re.compile(r".*\b(?:leav(?:es|ing)|left with|so|hence|thus|therefore)\b", re.IGNORECASE)
_NONE = re.compile(r"\(?(?:none|neither|no (?:option|answer|choice))\b", re.IGNORECASE)
_STOPS = re.compile(r"\s{0,3}(?:[.!?,;:]|$)")


@dataclass(frozen=True, slots=True)
class _Hit(_options.Mention):
    """A letter in a text; `closed` if in brackets."""

    closed: bool


@dataclass(frozen=True, slots=True)
class Choice(TextGrader):
    """DOC"""

    name: ClassVar[str] = "choice"

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is a letter ("(A)", or "A") or the words of a lettered option."""
        return bool(re.fullmatch(r"\([A-Z]\)|[A-Z]", target.strip())) or bool(_by_words(target, question))

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Read one letter; `question` lists the options, for answers that give only the words of one."""
        names = [(_options.flat(text), letter) for letter, text in _options.lettered(question).items()]
        names = [(words, letter) for words, letter in names if words]
        letter = re.fullmatch(r"\(?([A-Za-z])\)?[.:]?", target.strip())
        gold = letter[1].upper() if letter else _by_words(target, question)
        if len(names) > 1 and _options.flat(text) == _options.flat(_listing(question)):
            return verdict((), "last", False)  # nothing but the options again
        found, place = read_with(text, lambda text, place: _read(text, place, names))
        if place == "last" and len(passed := _weighed(text, names)) == 1:
            found = passed
        shown = tuple(f"({name})" if len(name) == 1 else name for name in found)
        return verdict(shown, place, found == (gold,))


load = Choice


def _listing(question: str) -> str:
    """The lines of a question from its first lettered option on."""
    lines = question.strip().split("\n")
    first = next((i for i, line in enumerate(lines) if re.match(r"\s*(?:- )?\(?[Aa][).:]", line)), len(lines))
    return "\n".join(lines[first:])


def _read(text: str, place: Where, names: list[tuple[str, str]]) -> tuple[str, ...]:
    if place == "whole":
        return _bare(text, names)
    if place == "first":
        return ()
    listed = "" if place == "stated" else "".join(letter for _, letter in names)
    hits = _hits(text, listed)
    if hits and _LEAD.fullmatch(text, 0, hits[0].start):
        return _offered(text, hits) if place != "corrected" or _STOPS.match(text, hits[0].end) else ()
    if place == "stated":
        if alone := re.match(r"\W{0,3}([a-z])(?:\W{0,3}$|[,;:)](?=\s))", text):
            return (alone[1].upper(),)
        said = (statements(text) or [""])[0]
        none = ("none",) if _NONE.match(said) else ()
        return _named(text, said, names) or none or _all(_hits(said)) or _ordinal(said, names)
    if place != "last":
        return ()
    left = _LEAVES.match(text)
    text = text[left.end() :] if left else text
    return _named(text, text, names) or _all(_hits(text, listed) if left else hits) or _ordinal(text, names)


def _weighed(text: str, names: list[tuple[str, str]]) -> tuple[str, ...]:
    """The options that pass where a response goes through at least two of them one by one."""
    passes: dict[str, bool] = {}
    for said in statements(tidy(text)):
        weighed = _WEIGHED.search(said)
        lead = re.match(r"\W{0,4}([A-Za-z])(?:[).:]|\b(?=\s?[-:|]))", said)
        named = _options.mentions(_options.flat(said), names)[:1]
        if weighed and (lead or named):
            letter = lead[1].upper() if lead else named[0].name
            passes[letter] = weighed["passes"] is not None
    return tuple(letter for letter, fits in passes.items() if fits) if len(passes) > 1 else ()


def _ordinal(said: str, names: list[tuple[str, str]]) -> tuple[str, ...]:
    """The options that "the second one" or "the first or the last option" means."""
    places = [len(names) - 1 if found[1].lower() == "last" else _ORDINALS.index(found[1].lower())
              for found in _ORDINAL.finditer(said)]  # fmt: skip
    return tuple(names[place][1] for place in places if 0 <= place < len(names))


def _bare(text: str, names: list[tuple[str, str]]) -> tuple[str, ...]:
    """The whole text as a letter, "A) Paris", or the words of one option."""
    alone = re.fullmatch(r"\W{0,4}([A-Za-z])\W{0,4}", text)
    lead = re.match(r"(?:\(([A-Z])\)|([A-Z])[).:])\s{1,3}", text)
    words = _options.flat(text[lead.end() :] if lead else text)
    fitting = [letter for option, letter in names if option == words]
    if alone and (len(words) == 1 or not fitting):
        return (alone[1].upper(),)
    return (lead[1] or lead[2],) if lead and fitting else tuple(fitting[:1])


def _named(text: str, said: str, names: list[tuple[str, str]]) -> tuple[str, ...]:
    """Options named by their words: those that the text starts with, else all in the statement."""
    if any(hit.closed for hit in _hits(said)):
        return ()
    line = _options.flat(text)
    found = _options.mentions(line, names)
    if not found or not _LEAD.fullmatch(line, 0, found[0].start):
        return tuple(named.name for named in _options.mentions(_options.flat(said), names))
    return tuple(named.name for named in _options.joined(line, found, _JOIN))


def _hits(text: str, listed: str = "") -> list[_Hit]:
    """The letters in a text that stand for an option and are not denied, as in "not (A)" or "B is wrong".

    Where nothing says that an answer comes, a capital without brackets must be one of the `listed` letters.
    """
    hits = []
    for match in _LETTER.finditer(text):
        letter = match["closed"] or match["open"]
        if match["open"] and not match["mark"]:
            if (listed or letter in "AI") and _GOES_ON.match(text, match.end()):
                continue
            if listed and letter not in listed:
                continue
        before = text[max(0, match.start() - 24) : match.start()]
        if not _DENIED_BEFORE.search(before) and not _DENIED_AFTER.match(text, match.end()):
            hits.append(_Hit(match.start(), match.end(), letter.upper(), bool(match["closed"])))
    return hits


def _offered(text: str, hits: list[_Hit]) -> tuple[str, ...]:
    """The first letter, with those joined to it as in "(A), (B) or (C)"."""
    return tuple(hit.name for hit in _options.joined(text, hits, _JOIN))


def _all(hits: list[_Hit]) -> tuple[str, ...]:
    """Every letter of a statement; those in brackets hide the others."""
    return tuple(hit.name for hit in hits if hit.closed) or tuple(hit.name for hit in hits)


def _by_words(target: str, question: str) -> str | None:
    words = _options.flat(target)
    listed = _options.lettered(question).items()
    return next((letter for letter, text in listed if words and _options.flat(text) == words), None)
