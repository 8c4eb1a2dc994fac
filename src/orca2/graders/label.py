"""One of a few words: yes or no, true or false, a usual label, one that the question offers or the options name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from orca2.core.types import Verdict, Where
from orca2.reading.choices import Asked
from orca2.reading.classified import concluded, cue, direct, stops, turns, within
from orca2.reading.grader import TextGrader
from orca2.reading.label_sets import LIKE_PAIRS, LabelSet, label_set
from orca2.reading.mentions import flat, mentions, spaced
from orca2.reading.options import unlettered
from orca2.reading.places import read_with, statements, tidy, verdict
from orca2.reading.undecided import NOTHING, settled

_TRUE = {"yes": "true", "no": "false", "correct": "true", "incorrect": "false"}
_MEANS = {word: meant for pair in LIKE_PAIRS[1:] for word, meant in zip(pair, ("yes", "no"), strict=True)}
# "Yes, he sent messages, but riders carried them."
_CONCEDES = re.compile(r"\W{0,3}\w{1,12},\s.{1,300}\sbut\s")
_ASKS_YES = re.compile(r"\byes\b[^.\n]{0,20}\bno\b", re.IGNORECASE)
_ASKS_TRUE = re.compile(r"\btrue\b[^.\n]{0,20}\bfalse\b", re.IGNORECASE)
_OFFERED = re.compile(r"\w or (?:an? )?([^\W\d_]{2,30})")
_QUESTION = 4_000  # characters of a question, from its end, that may offer labels
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
    probes: ClassVar[tuple[str, ...]] = ("yes", "true", "positive", "entailment", "supported", "valid")

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is one of the labels, of the usual words, or of those that the question offers."""
        if self.labels and (Asked.of(target, question).listed or all(label.isdigit() for label in self.labels)):
            return False  # options have marks too, and numbers are read as such
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

    def probes_of(self, question: str) -> tuple[str, ...]:
        """A label that is named, an option that the question lists, and of each two that it joins with "or" the
        second."""
        listed = list(unlettered(question))[:1]
        return (*self.labels[:1], *listed, *_OFFERED.findall(question[-_QUESTION:])[::-1])

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
    says = cue(names.firm)
    found, place = read_with(text, lambda text, place: _read(text, place, names, firm=True), says)
    if not found:
        found, place = read_with(text, lambda text, place: _read(text, place, names, firm=False), says)
    if place == "first":  # "True. False. True." settles on nothing
        said = (_equal(spaced(piece), names) for piece in statements(tidy(text)))
        found = tuple(dict.fromkeys((*found, *(name for names_said in said for name in names_said))))
    return found, place


def _read(text: str, place: Where, names: LabelSet, firm: bool) -> tuple[str, ...]:
    """The labels that a part of a response names.

    A closing statement is read twice: `firm` for what it settles on, then for what it names in passing.
    """
    if not firm and place not in ("last", "opening"):
        return ()
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
    if place == "last":
        return _read_last(said, names, firm)
    offered = direct(line, aliases)
    if place in ("corrected", "opening"):
        sure = stops(line, offered) if offered else False
        weak = place == "opening" and not _others(line, names)
        return (
            tuple(mention.name for mention in offered) if (sure or weak) and not (firm and place == "opening") else ()
        )
    return tuple(mention.name for mention in offered) or _settled(said, names, aliases)


def _read_last(said: str, names: LabelSet, firm: bool) -> tuple[str, ...]:
    """As `_read`, of a closing statement, which may name labels in passing."""
    if conclusion := concluded(said, names.firm):
        return conclusion
    offered = direct(said, names.firm)
    ends = bool(offered) and stops(said, offered)
    subject = bool(offered) and not re.search(r"\w", said[: offered[0].start])  # "Billing is mentioned."
    if offered and _CONCEDES.match(said):  # unless it is all that is said, as an opening
        return ()
    if offered and (ends or not _others(said, names)) and (ends or not (firm and subject)):
        return tuple(mention.name for mention in offered)
    if firm and not turns(said):
        return (NOTHING,) if settled(said, names.firm) is None else ()
    return _settled(said, names, names.firm)


def _settled(said: str, names: LabelSet, aliases: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The labels anywhere in a statement, if it settles on any."""
    part = settled(said, aliases)
    if part is None:
        return (NOTHING,)
    found = concluded(part, aliases) or within(part, aliases, names.opposites)
    return found or ((NOTHING,) if part != said else ())


def _equal(line: str, names: LabelSet) -> tuple[str, ...]:
    bare = flat(line).strip("*()[]{}<>:!_,;。「」『』 \"'")
    return tuple(name for alias, name in names.names if alias in (bare, flat(line)))[:1]


def _joined_alone(line: str, names: LabelSet) -> tuple[str, ...]:
    """The labels of an opening sentence that holds nothing else: "Yes and no."."""
    offered = direct(line, names.names)
    alone = len(offered) > 1 and not re.search(r"\w", line[offered[-1].end :])
    return tuple(mention.name for mention in offered) if alone else ()


def _others(line: str, names: LabelSet) -> bool:
    """Whether a statement names several labels."""
    return len({mention.name for mention in mentions(line, names.firm)}) > 1
