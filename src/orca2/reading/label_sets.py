"""The closed set of labels that a gold answer is one of: named by options, by a question's list or prose, or usual."""

import functools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orca2.reading.mentions import flat, spaced
from orca2.reading.options import aliases, unlettered
from orca2.reading.patterns import lazy_pattern

PAIRS = (("yes", "no"), ("true", "false"), ("valid", "invalid"), ("plausible", "implausible"))
LIKE_PAIRS = (*PAIRS, ("correct", "incorrect"), ("possible", "impossible"))
_ABROAD = (
    ("ja", "nein"), ("oui", "non"), ("sí", "no"), ("sì", "no"), ("sim", "não"), ("да", "нет"), ("так", "ні"),
    ("是", "否"), ("是", "不是"), ("はい", "いいえ"), ("예", "아니요"), ("네", "아니요"), ("نعم", "لا"),
    ("evet", "hayır"), ("tak", "nie"), ("ja", "nee"), ("ja", "nej"), ("wahr", "falsch"), ("richtig", "falsch"),
    ("vrai", "faux"), ("verdadero", "falso"), ("vero", "falso"), ("верно", "неверно"), ("正确", "错误"), ("对", "错"),
    ("真", "假"),
)  # fmt: skip
_USUAL = (
    *PAIRS,
    ("positive", "negative", "neutral", "mixed"),
    ("entailment", "contradiction", "neutral"),
    ("supported", "refuted", "not enough information"),
    *_ABROAD,
)
# "not related" is unrelated
_NEGATIONS = ("un", "in", "im", "ir", "il", "dis", "non", "non ", "not ", "no ", "ir", "不", "非")
# the labels that a question offers in prose: "positive, negative or neutral?"
_PROSE = re.compile(
    r"(?:[\w'-]{1,30}(?: [\w'-]{1,30}){0,3}, ){0,12}[\w'-]{1,30}(?: [\w'-]{1,30}){0,3},? (?:or|oder|ou|o|или) "
    r"(?:an? )?[\w'-]{1,30}(?: [\w'-]{1,30}){0,3}"
)
_BETWEEN = re.compile(r",? (?:or|oder|ou|o|или) (?:an? )?|, (?:an? )?")
_SLASHED = re.compile(r"[\w'-]{1,30}(?:\s?[/|]\s?[\w'-]{1,30}){1,12}")
# "Labels: billing, shipping, refund", "one of [billing, shipping, refund]"
_LISTED = lazy_pattern(
    r"\b(?:labels?|categor(?:y|ies)|class(?:es)?|options|choices|intents?|topics?|tags?|departments?|queues?|"
    r"emotions?|sentiments?|one of(?: the following| these)?(?: \w{1,20}){0,2}|from|among|into|"
    r"(?P<choose>choose|pick|select|decide|answer|reply|respond)(?: one)? (?:from|between|among|with one of|as))"
    r"[ \t]?(?::|=|(?=[\[({\"'])|(?(choose)\s|(?!)))\s{0,2}(?P<items>[^\n.?]{3,600})",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"\s?(?:,|;|\||/)\s?(?:or |and )?|\s(?:or|and)\s")
# words in front of a list that belong to its sentence, and words behind it
_FRONT = re.compile(
    r".*(?<![\w'-])(?:as|is|are|was|be|being|either|whether|of|into|between|among|from|to|with|in|on|say|says|answer|reply|"
    r"respond|choose|pick|select|output|write|labels?|it|this|that|which|the|oder|als|ist)\s(?:an?\s|the\s)?"
)
_BEHIND = re.compile(
    r"\s(?:for|based|in|to|according|depending|by|as|with|that|if|and|on|of|about|from|at|is|are|was|when|here|today)\b.*"
)
_SLASH = re.compile(r"\s?[/|]\s?")
_NO_LABEL = frozenset(("not", "no", "very", "an", "a", "the", "is", "are", "more", "less", "so", "too", "most", "it"))
_QUESTION = 4_000  # characters of the question, from its end, that may offer labels
_LONGEST = 60  # characters of a label


@dataclass(frozen=True, slots=True)
class LabelSet:
    """`names` are (alias, label) pairs; `firm` those that name a label wherever they stand; `gold` is one of them.

    `opposites` gives the label that the denial of an alias names.
    """

    names: tuple[tuple[str, str], ...]
    firm: tuple[tuple[str, str], ...]
    gold: str | None
    opposites: dict[str, str]

    @classmethod
    def of(cls, names: Mapping[str, str], gold: str | None, passing: Collection[str] = ()) -> "LabelSet":
        """The set of these aliases; those of `passing` may be named in passing."""
        firm = {alias: label for alias, label in names.items() if alias not in passing}
        return cls(tuple(names.items()), tuple(firm.items()), gold, _opposites(firm))

    def with_more(self, more: Mapping[str, str]) -> "LabelSet":
        """The set with further aliases of its labels."""
        return LabelSet.of({**dict(self.firm), **more}, self.gold)


def _opposites(names: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for first, second in LIKE_PAIRS:
        if first in names and second in names:
            found |= {first: names[second], second: names[first]}
    for alias, label in names.items():
        other = next((names[negation + alias] for negation in _NEGATIONS if negation + alias in names), label)
        if other != label:
            found |= {alias: other} | {negation + alias: label for negation in _NEGATIONS if negation + alias in names}
    return found


@functools.lru_cache(maxsize=64)
def label_set(target: str, question: str, labels: tuple[str, ...]) -> LabelSet:
    """The set that the gold answer `target` is one of, with no gold answer where there is none."""
    gold = alias_of(target)
    for names, passing in _sets(gold, question, labels):
        if gold in names:
            squeezed = {alias.replace(" ", ""): label for alias, label in names.items() if alias not in passing}
            names = {**squeezed, **names}
            return LabelSet.of(names, names[gold], passing)
    return LabelSet.of({}, None)


def alias_of(text: str) -> str:
    r"""A label as it is compared: lower case, no dress, spaces for the marks inside of names.

    >>> alias_of(r"\text{Not_Spam}")
    'not spam'
    """
    return spaced(flat(re.sub(r"\\(?:text|textbf|mathrm|mathbf)\b|[{}$*]", "", text)))


def given(labels: Iterable[str]) -> dict[str, str]:
    """Alias to label as it is written, for labels that are named one by one."""
    return {alias_of(label): label for label in reversed(tuple(labels)) if alias_of(label)}


def _sets(gold: str, question: str, labels: Sequence[str]) -> Iterator[tuple[dict[str, str], set[str]]]:
    """The sets that may hold the gold answer, alias to label, with the aliases that may be named in passing."""
    if labels:
        yield given(labels), set()
    options: dict[str, str] = {}
    for option in unlettered(question):
        whole, *sides = [spaced(alias) for alias in aliases(option)] or [""]
        for alias in (whole, *sides):
            options.setdefault(alias, sides[0] if sides else whole)
    yield options, {alias for alias, label in options.items() if alias != label}
    usual = next((pair for pair in _USUAL if gold in pair), ())
    yield {**_asked(gold, question), **{word: word for word in usual}}, set()


def _asked(gold: str, question: str) -> dict[str, str]:
    """Alias to label of a list in the question, if the gold answer is one of them."""
    if not gold or len(gold) > _LONGEST or not any(character.isalpha() for character in gold):
        return {}
    text = question[-_QUESTION:].lower()
    if gold not in spaced(text):
        return {}
    for listed in _LISTED().finditer(text):
        items = [alias_of(item.strip("[](){}<> \"'")) for item in _ITEMS.split(listed["items"])]
        if gold in items and len(items) > 1:
            return {item: item for item in items if item and len(item) <= _LONGEST}
    for pattern, separator in ((_PROSE, _BETWEEN), (_SLASHED, _SLASH)):
        for match in pattern.finditer(text):
            labels = _trimmed(separator.split(match[0]), gold)
            if gold in labels:
                return labels
    return {}


def _trimmed(labels: list[str], gold: str) -> dict[str, str]:
    """Alias to label of a list, without the words of the sentence around it.

    The gold answer says how its own label is cut. Of another one at an edge every part that touches the list is an
    alias: the first label of "is the review positive or negative" may be "positive".
    """
    first, *middle, last = (flat(label) for label in (_FRONT.sub("", labels[0]), *labels[1:]))
    names = {spaced(label): spaced(label) for label in middle if label}
    if spaced(first).endswith(f" {gold}") and gold not in (*names, spaced(last)):
        first = gold
    elif spaced(last).startswith(f"{gold} ") and gold not in (*names, spaced(first)):
        last = gold
    if spaced(first) != gold:
        _add(names, [first.split()[at:] for at in range(len(first.split()))], -1)
    if spaced(last) != gold:
        words = _BEHIND.sub("", last).split()
        _add(names, [words[:end] for end in range(len(words), 0, -1)], 0)
    return {**names, gold: gold} if gold in (spaced(first), spaced(last), *names) else names


def _add(names: dict[str, str], parts: Sequence[list[str]], inner: int) -> None:
    """Add the parts of a label at an edge as aliases of the word that touches the list, or of it all."""
    if not parts:
        return
    word, whole = spaced(parts[0][inner]), spaced(" ".join(parts[0]))
    label = whole if word in names or word in _NO_LABEL else word
    for part in parts:
        if part[inner] not in _NO_LABEL and part[-1 - inner] not in _NO_LABEL:
            names.setdefault(spaced(" ".join(part)), label)
    names.setdefault(whole, label)
