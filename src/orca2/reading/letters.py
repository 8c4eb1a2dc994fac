"""Marks of options in a text, such as (B), "option B" or (ii): which of them stand for an option."""

import re
from collections.abc import Collection, Iterable

from orca2.reading.mentions import Mention
from orca2.reading.patterns import lazy_pattern

_LATIN = "A-Za-z0-9\u00c0-\u024f"
_BOUND_BEFORE = rf"(?<![{_LATIN}\\.^])(?<![{_LATIN}]['-])(?<![{_LATIN}}}\]_]_)"
_BOUND_AFTER = rf"(?![{_LATIN}_^]|'[a-z]|-[{_LATIN}])"
_HITS = {
    "letter": lazy_pattern(
        r"[(\[{]\s?(?P<closed>[A-Za-z])\s?[)\]}]|[(\[]\s?(?P<several>[A-J]{2,6})\s?[)\]]|"
        rf"{_BOUND_BEFORE}(?P<open>[A-Z]){_BOUND_AFTER}(?P<mark>\))?"
    ),
    "number": lazy_pattern(
        r"[(\[{]\s?(?P<closed>[0-9]{1,2})\s?[)\]}]|(?P<several>(?!))|"
        rf"{_BOUND_BEFORE}(?<![0-9][,/])(?<![-+$€£])(?P<open>[0-9]{{1,2}})(?!\.[0-9]|,[0-9]|[%/])"
        rf"{_BOUND_AFTER}(?P<mark>\))?"
    ),
    "roman": lazy_pattern(
        r"[(\[{]\s?(?P<closed>[ivx]{1,4}|[IVX]{1,4})\s?[)\]}]|(?P<several>(?!))|"
        rf"{_BOUND_BEFORE}(?P<open>[ivx]{{1,4}}|[IVX]{{1,4}}){_BOUND_AFTER}(?P<mark>\))?"
    ),
}
# A lone capital may be a word ("A", "I") or a name; as an answer it stops, or goes on with one of these.
_GOES_ON = re.compile(
    r"\s{1,3}(?!(?:because|since|as|or|and|is|for|but|with|due|not|which|rather|instead|over|are|was|were|does|do|es|est|ist|adalah)\b)"
    r"[a-z\u00df-\u00ff]"
)
# in prose a number stands for an option only in brackets or after one of these
_CUED = re.compile(r"(?:\b(?:option|choice|answer|number|statement|no\.)|#)\s?$", re.IGNORECASE)
# of a formula: f(x), (1 mole)(R), N k T, 1.5 C, b = 4 B
_OPERATOR = frozenset("=+*/^_\\<>~·×÷≈≤≥±√")
_ARROWS = ("=>", "->", "→")
_TAG = re.compile(r"<?\w{0,20}>$")
_ATTACHED = re.compile(r"(?:[0-9)}\]_^]|\b[A-Za-z]|\b(?:sin|cos|tan|log|ln|exp|det|lim|max|min|gcd|rank|mod|var))$")
# what a lone capital behind it is the name of: "the area A is", "vitamin C is"
_NAMED = lazy_pattern(
    r"\b(?:areas?|points?|lines?|sides?|angles?|vertex|node|edge|forces?|fields?|charges?|mass|masses|plan|vitamin|hepatitis|"
    r"teams?|groups?|types?|classe?s?|grade|sets?|events?|matrix|matrices|vectors?|graph|figure|cit(?:y|ies)|towns?|person|"
    r"train|machine|box|block|constant|variable|element|phase|stage|section|part|note|key|influenza|blood type|"
    r"across|between|through|of|at|from|than|per|in|via|into|from [A-Z] to)\s$",
    re.IGNORECASE,
)
_FACTOR_BEFORE = re.compile(r"(?:[0-9]\s?|(?<![\w'])[b-df-hj-np-tv-xzB-HJ-Z]\s)$")
_FACTOR_AFTER = re.compile(r"\s(?:[b-df-hj-np-tv-xzB-HJ-Z](?![\w'])|\^)")


def hits(text: str, kind: str, listed: Collection[str], strict: bool) -> list[Mention]:
    """The marks in a text that stand for an option.

    `listed` are the marks that the question has; none where they are not known. Where nothing says that an answer
    comes (`strict`), a mark is no letter of a formula, and a capital without brackets is a listed one.
    """
    found = []
    for match in _HITS[kind]().finditer(text):
        if several := match["several"]:
            at = match.start("several")
            found += [Mention(at + i, at + i + 1, letter, True) for i, letter in enumerate(_each(several, listed))]
            continue
        closed = match["closed"] is not None
        mark = match["closed"] or match["open"]
        name = mark.upper() if kind == "letter" else mark.lower()
        if not closed and not match["mark"]:
            if (strict or mark in "AI") and _GOES_ON.match(text, match.end()):
                continue
            if strict and (
                (listed and name not in listed)
                or (kind != "letter" and not _CUED.search(text, max(0, match.start() - 12), match.start()))
            ):
                continue
        if strict and _in_formula(text, match, closed):
            continue
        found.append(Mention(match.start(), match.end(), name, closed))
    return found


def with_words(text: str, found: Iterable[Mention], words: Iterable[Mention]) -> list[Mention]:
    """The marks outside of options' words, each with its own option's words where they follow: "(D) tray"."""
    words = list(words)
    outside = [hit for hit in found if not any(_covers(word, hit) for word in words)]
    return [_longer(text, hit, words) for hit in outside]


def _covers(word: Mention, hit: Mention) -> bool:
    return word.start <= hit.start and hit.end <= word.end and word.end - word.start > hit.end - hit.start


def _longer(text: str, hit: Mention, words: Iterable[Mention]) -> Mention:
    for word in words:
        between = text[hit.end : word.start]
        if word.name == hit.name and word.start >= hit.end and len(between) < 6 and not re.search(r"\w", between):
            return Mention(hit.start, word.end, hit.name, hit.closed)
    return hit


def _each(several: str, listed: Collection[str]) -> str:
    """The letters of "(CDF)", which names several options; of a word or a short form there are none."""
    return several if listed and list(several) == sorted(set(several) & set(listed)) else ""


def _in_formula(text: str, match: re.Match[str], closed: bool) -> bool:
    before, after = text[max(0, match.start() - 8) : match.start()], text[match.end() : match.end() + 3]
    bracket = _open_bracket(text, match.start())
    if closed:
        return bool(_ATTACHED.search(before)) or after[:1] in ("(", "^", "_", "/") or bracket >= 0
    if bracket > 0 and text[bracket - 1].isalnum():  # P(A and B)
        return True
    if before.endswith("|") and after.startswith("|"):  # a size
        return True
    left, right = _TAG.sub("", before).rstrip(), after.lstrip()
    if right.startswith("</"):
        right = ""
    if before.endswith("*") and after.startswith("*"):  # emphasis
        left, right = left[:-1], right[1:]
    operated = left[-1:] in _OPERATOR and left != "" and not left.endswith(_ARROWS)
    operated = operated or (right[:1] in _OPERATOR and right != "" and not right.startswith(_ARROWS))
    named = _NAMED().search(text, max(0, match.start() - 16), match.start())
    return bool(operated or named or _FACTOR_BEFORE.search(before) or _FACTOR_AFTER.match(after))


def _open_bracket(text: str, at: int) -> int:
    """The place of the bracket that is open here, as in (3 N k (C); -1 if none is."""
    depth = 0
    for place in range(at - 1, max(text.rfind("\n", 0, at), at - 60, -1), -1):
        depth += {")": 1, "(": -1}.get(text[place], 0)
        if depth < 0:
            return place
    return -1
