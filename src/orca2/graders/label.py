"""One of a few words: yes or no, true or false, a usual label, one that the question offers or the options name."""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from orca2.core.nouns import Verdict, Where
from orca2.reading.grader import TextGrader
from orca2.reading.label_sets import LIKE_PAIRS, LabelSet, label_set
from orca2.reading.mentions import Mention, flat, joined, meant, spaced
from orca2.reading.places import read_with, statements, tidy, verdict
from orca2.reading.undecided import NO_ANSWER, NOTHING, settled

_LEAD = re.compile(
    r"(?:[\s\"',:*(\[$=>-]|\b(?:option|is|are|was|be|to be|it|it's|this|that|that's|therefore|thus|so|then|hence|a|an|"
    r"the|definitely|clearly|probably|most likely|more likely|likely|overall|mostly|mainly|primarily|largely|"
    r"predominantly|either|both|argument|statement|review|text|sentence|message|ticket|about|label|category|class|sentiment|tone|as|"
    r"looks like|seems|seems to be|appears to be|would be|should be|must be)(?![\w'-]))*+",
)
_JOIN = re.compile(
    r"[\s\"'*)]{0,4},?\s?(?:\bor\b|\band\b|\bto\b|/|&|\bversus\b)[\s,\"'*(]{0,4}(?:(?:possibly|perhaps|maybe|even|also|"
    r"an?|the|could be|it could be|as)[\s,]{1,2}){0,3}[\"'*(]{0,2}|,\s(?:could be|maybe|possibly|perhaps)\s"
)
_COMMA = re.compile(r"[\"')*]{0,3},\s[\"'(*]{0,3}")
_NEITHER = re.compile(r"\b(neither)\b.{1,60}\bnor\b")
_STOPS = re.compile(r"[*\"')\]]{0,3}\s{0,3}(?:[.!?,;:。，！]|$)")
_CLOSES = re.compile(r"[*\"')\]]{0,3}\s{0,3}(?:[.!?;:。！(]|$|(?:because|since|as)\b)")
# "The customer was billed twice, so: refund"
_CONCLUDES = re.compile(r".*\b(?:so|thus|hence|therefore|which makes it|making it|that makes it|overall)\b[:,]?\s")
# what a main clause is qualified with: "positive, although the end is negative"
_ASIDE = re.compile(
    r",?\s(?:because|since|although|even though|though|despite|in spite of|while|whereas|given that|due to|as it|"
    r"even if)\s.*"
)
_AHEAD = re.compile(r"^(?:although|even though|though|while|whereas|despite|in spite of|even if)\b[^,]*,\s")
_NAMES = (
    r"(?:label|category|class(?:ification)?|intent|sentiment|topic|tone|verdict|prediction|type|tag|stance|emotion|genre|"
    r"department|queue|polarity|decision|conclusion|relation|rating|judge?ment|priority|severity|kategorie|catégorie|"
    r"categoría|etichetta|类别|标签|分类)"
)
_CUE = (
    rf"\b{_NAMES}\b[^.:\n]{{0,40}}?(?:\s(?:is|are|was|would be|should be)\b|[:=]|->|→)\s{{0,3}}|"
    r"(?<!not )(?<!n't )(?<!not be )(?<!n't be )(?<!never )(?<!or )\b(?:classif(?:y|ied)|categori[sz]ed?|"
    r"label(?:l?ed)?|tag(?:ged)?|mark(?:ed)?|route[ds]?|assign(?:ed)?|filed?)\b[^.:\n]{0,40}?\s(?:as|under|to|with)\s:?\s{0,2}|"
    r"(?<!not )(?<!n't )\b(?:falls?|fits?|belongs?|goes|go)\s(?:best\s)?(?:under|into|in|to|with)\s"
)
_CUED = re.compile(_CUE, re.IGNORECASE)
_TRUE = {"yes": "true", "no": "false", "correct": "true", "incorrect": "false"}
_MEANS = {word: meant for pair in LIKE_PAIRS[1:] for word, meant in zip(pair, ("yes", "no"), strict=True)}
_ASKS_YES = re.compile(r"\byes\b[^.\n]{0,20}\bno\b", re.IGNORECASE)
_ASKS_TRUE = re.compile(r"\btrue\b[^.\n]{0,20}\bfalse\b", re.IGNORECASE)
_ASKS_POSSIBLE = re.compile(r"\b(?:possible|possibly|can|could|feasible|able)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label(TextGrader):
    """Reads one label of a closed set: yes or no, a sentiment, one that the question lists or that `labels` names.

    >>> Label().grade("refund", "Not billing, but refund.", "Is it billing, shipping or refund?").outcome
    'correct'
    >>> Label(labels=["billing", "refund"]).grade("billing", "billing or refund").outcome
    'ambiguous'

    `labels` is the closed set that the answer is one of, where the question does not list it: a recipe names it, and
    the stage `tasks` finds it among a family's gold answers. Case, hyphens and underscores do not count; "not spam"
    is a label of its own where it is named; a conclusion that settles on nothing ("it depends") is no answer.
    """

    labels: Sequence[str] = ()

    name: ClassVar[str] = "label"

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is one of the labels, of the usual words, or of those that the question offers."""
        return self._set(target, question).gold is not None

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Read one label and compare it without regard to case."""
        names = self._set(target, question)
        found, place = _found(text, names)
        if not found and (meanings := _meanings(names, question)):
            found, place = _found(text, meanings)
        if NOTHING in found:
            found = ()
        return verdict(found, place, found == (names.gold,))

    def _set(self, target: str, question: str) -> LabelSet:
        return _for_question(label_set(target, question, tuple(self.labels)), question)


load = Label


def _for_question(names: LabelSet, question: str) -> LabelSet:
    """A gold "true" is met by yes where the question asks for yes or no, and a gold "yes" by true."""
    if names.gold in ("true", "false") and _ASKS_YES.search(question) and not _ASKS_TRUE.search(question):
        return names.with_more({"yes": "true", "no": "false"})
    if names.gold in ("yes", "no") and _ASKS_TRUE.search(question) and not _ASKS_YES.search(question):
        return names.with_more({"true": "yes", "false": "no"})
    return names


def _meanings(names: LabelSet, question: str) -> LabelSet | None:
    """What stands for yes and no, or true and false, where a response says neither."""
    if names.gold in ("true", "false"):
        return LabelSet.of(_TRUE, names.gold)
    if names.gold not in ("yes", "no"):
        return None
    possible = "yes" if not question or _ASKS_POSSIBLE.search(question) else NOTHING  # what is possible need not be so
    return LabelSet.of({**_MEANS, "possible": possible}, names.gold)


def _found(text: str, names: LabelSet) -> tuple[tuple[str, ...], Where]:
    found, place = read_with(text, lambda text, place: _read(text, place, names), _cue(names.firm))
    if place == "first":  # "True. False. True." settles on nothing
        said = (_read(piece, "whole", names) for piece in statements(tidy(text)))
        found = tuple(dict.fromkeys((*found, *(name for names_said in said for name in names_said))))
    return found, place


@functools.lru_cache(maxsize=64)
def _cue(names: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """What says that a label of these comes, and one does: "Category: refund", "I would classify it as refund"."""
    aliases = "|".join(
        re.escape(alias).replace(r"\ ", r"[\s_-]") for alias, _ in sorted(names, key=lambda pair: -len(pair[0]))
    )
    lead = r"(?:[\s\"'*(\[]|\b(?:an?|the|most likely|probably|likely|clearly)\b){0,6}"
    return re.compile(
        rf"{NO_ANSWER}|<(?:\w{{1,12}}_)?(?:answer|label)>|(?:{_CUE})(?={lead}(?:{aliases})(?!\w))", re.IGNORECASE
    )


def _read(text: str, place: Where, names: LabelSet) -> tuple[str, ...]:
    line = spaced(text)
    if place == "whole":
        return _equal(line, names)
    if place == "first":
        return _equal(line, names) or _joined_alone(line, names)
    # The words of 'Sentence A: "He drinks apple."' may be repeated in passing; its name is not.
    aliases = names.firm if place in ("last", "opening") else names.names
    said = line if place == "last" else spaced((statements(text) or [""])[0])
    if "=" in said:
        return _equal(said.rpartition("=")[2], names)
    direct = _direct(line, aliases)
    if direct and place == "corrected" and not _STOPS.match(line, direct[-1].end):
        return ()
    if direct or place in ("corrected", "opening"):
        return tuple(mention.name for mention in direct)
    if (part := settled(said, aliases)) is None:
        return (NOTHING,)
    return _concluded(part, aliases) or _within(part, aliases, names.opposites) or ((NOTHING,) if part != said else ())


def _equal(line: str, names: LabelSet) -> tuple[str, ...]:
    bare = flat(line).strip("*()[]{}<>:!_,;。「」『』 \"'")
    return tuple(name for alias, name in names.names if alias in (bare, flat(line)))[:1]


def _joined_alone(line: str, names: LabelSet) -> tuple[str, ...]:
    """The labels of an opening sentence that holds nothing else: "Yes and no."."""
    direct = _direct(line, names.names)
    alone = len(direct) > 1 and not re.search(r"\w", line[direct[-1].end :])
    return tuple(mention.name for mention in direct) if alone else ()


def _direct(line: str, aliases: Sequence[tuple[str, str]]) -> list[Mention]:
    """The label that a text starts with, and those joined to it as in "yes or no" or "billing, refund"."""
    found, denied = meant(line, aliases, _LEAD)
    if not found or denied[0] or not _LEAD.fullmatch(line, 0, found[0].start):
        return []
    offered = joined(line, found, _JOIN)
    more = found[len(offered) :]
    if more and not denied[len(offered)] and _COMMA.fullmatch(line, offered[-1].end, more[0].start):
        offered += more[:1] if _CLOSES.match(line, more[0].end) else []
    return offered


def _concluded(said: str, aliases: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The label that a statement comes to behind "so" or "therefore"."""
    concludes = _CONCLUDES.match(said)
    rest = said[concludes.end() :] if concludes else ""
    direct = _direct(rest, aliases)
    return tuple(mention.name for mention in direct) if direct and _CLOSES.match(rest, direct[-1].end) else ()


def _within(line: str, aliases: Sequence[tuple[str, str]], opposites: Mapping[str, str]) -> tuple[str, ...]:
    """Labels anywhere in a statement, those of its main clause first; a denied one is its opposite, if it has one."""
    if neither := _NEITHER.search(line):  # a label of its own, or one of the others is left
        opposites = {}
        if own := tuple(label for alias, label in aliases if alias == neither[1]):
            return own
    main = _ASIDE.sub("", _AHEAD.sub("", line))
    for part in (main, line) if main != line else (line,):
        found, denied = meant(part, aliases, _LEAD)
        named = [
            opposites.get(part[mention.start : mention.end]) if no else mention.name
            for mention, no in zip(found, denied, strict=True)
        ]
        if any(named):
            return tuple(name for name in named if name)
    return ()
