"""Whether an answer is built as the strategy chosen for its family builds answers, nobody having named one.

What an answer looks like is measured on its text alone: how much stands before and after the place where the answer
is said, in how many pieces, and the phrases of the strategies. Answers whose strategy is known, of the same family,
are the reference; an answer looks like the strategy whose mean is nearest, in standard deviations. How far that can
be believed is measured too: each reference answer is told from the others with itself left out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orca2.core.intervals import wilson
from orca2.core.records import FamilyAgreement, FamilyReference, TotalAgreement

NONE = "none"  # looks like no strategy tried for the family
FEW = 5  # reference answers of a strategy; with fewer it is not compared
MOST = 100  # more of them hardly move a mean
FAR = 3.0  # standard deviations, root mean square over the features
LEAST = 0.25  # a feature that never varies still tolerates this much
TOLD = 0.8  # share of a strategy's reference answers to tell from another's, or the two are alike

Texts = Mapping[str, Sequence[str]]  # strategy -> answers known to be made under it
Confusion = dict[str, dict[str, int]]  # strategy -> what its reference answers were taken for

STATED = re.compile(r"\banswer\s*(?:is\b|:)", re.IGNORECASE)
OPENS = re.compile(r"\W*the\s+answer\s+is\b", re.IGNORECASE)
CLOSES = re.compile(r"\bso,?\s+the\s+(?:final\s+)?answer\s+is\b", re.IGNORECASE)
STEP = re.compile(r"^\s*(?:step\s*)?(?:\d+[.):]|[-*•])\s", re.IGNORECASE | re.MULTILINE)
PIECE = re.compile(r"(?<=[.!?;:])\s+|\n+")


def features(text: str) -> tuple[float, ...]:
    """Words in all, before and after the piece that says the answer, pieces and numbered steps (as logarithms, since
    twice as long is as telling at 5 words as at 50), and whether the phrases that strategies ask for are there.

    The answer is said where the last "answer is" or "answer:" stands, and otherwise in the last piece.
    """
    pieces = [piece for piece in PIECE.split(text) if piece.strip()]
    words = [len(piece.split()) for piece in pieces]
    stated = [number for number, piece in enumerate(pieces) if STATED.search(piece)]
    answer_index = stated[-1] if stated else len(pieces) - 1
    before, after = sum(words[:answer_index]), sum(words[answer_index + 1 :])
    counts = (sum(words), before, after, len(pieces), len(STEP.findall(text)))
    return (
        *(float(np.log1p(count)) for count in counts),
        float(bool(OPENS.match(text))),
        float(bool(CLOSES.search(text))),
    )


@dataclass(frozen=True)
class CentroidClassifier:
    """Tells by which strategy an answer is made: each one's mean and radius, and the spread within a strategy."""

    names: tuple[str, ...]
    means: NDArray[np.float64]
    spread: NDArray[np.float64]
    radius: NDArray[np.float64]

    def classify(self, point: Sequence[float]) -> str:
        """The nearest strategy, or NONE for what lies farther from it than FAR and all of its own."""
        distances = _distances(np.asarray(point), self.means, self.spread)
        nearest = int(np.argmin(distances))
        return self.names[nearest] if distances[nearest] <= max(FAR, self.radius[nearest]) else NONE


def fit(points: Mapping[str, NDArray[np.float64]]) -> CentroidClassifier:
    """From the features of known answers, one row each, at least one row a strategy."""
    names = tuple(sorted(points))
    means = np.stack([points[name].mean(axis=0) for name in names])
    within = [points[name].var(axis=0) for name in names]
    spread = np.maximum(np.sqrt(np.mean(within, axis=0)), LEAST)
    radius = [_distances(points[name], mean, spread).max() for name, mean in zip(names, means, strict=True)]
    return CentroidClassifier(names, means, spread, np.asarray(radius))


def leave_one_out(points: Mapping[str, NDArray[np.float64]]) -> Confusion:
    """What each known answer is taken for by what the others teach; at least two rows a strategy."""
    found: Confusion = {}
    for name, rows in points.items():
        guesses: Counter[str] = Counter()
        for number, row in enumerate(rows):
            guesses[fit({**points, name: np.delete(rows, number, axis=0)}).classify(row)] += 1
        found[name] = dict(guesses)
    return found


@dataclass(frozen=True)
class Reference:
    """What one family's answers are held against; no `classifier` where the chosen strategy has too few answers."""

    chosen: str
    classifier: CentroidClassifier | None
    confusion: Confusion
    unknown: tuple[str, ...]  # strategies with fewer than FEW answers

    @property
    def alike(self) -> list[str]:
        """The strategies that cannot be told from the chosen one: either way, more answers than TOLD allows are
        taken for the other."""
        mine = self.confusion.get(self.chosen, {})
        return [
            name for name, theirs in self.confusion.items()
            if name != self.chosen and (_taken(mine, name) > 1 - TOLD or _taken(theirs, self.chosen) > 1 - TOLD)
        ]  # fmt: skip

    @property
    def clear(self) -> bool:
        """Whether agreement says something here: another strategy was tried, and all can be told from the chosen."""
        return self.classifier is not None and len(self.confusion) > 1 and not self.alike and not self.unknown

    def record(self, source: str) -> FamilyReference:
        """All of it but the classifier; `source` is whose answers they are."""
        return FamilyReference(
            source=source,
            chosen=self.chosen,
            references=sum(sum(guesses.values()) for guesses in self.confusion.values()),
            told=sum(guesses.get(name, 0) for name, guesses in self.confusion.items()),
            confusion=self.confusion,
            alike=self.alike,
            unknown=self.unknown,
            clear=self.clear,
        )


def measure(chosen: str, texts: Texts) -> Reference:
    """From answers of one family known to be made under each strategy; empty ones say nothing."""
    answers = {name: [text for text in found if text.strip()][:MOST] for name, found in {chosen: [], **texts}.items()}
    known = {name: _points(found) for name, found in sorted(answers.items()) if len(found) >= FEW}
    unknown = tuple(sorted(answers.keys() - known.keys()))
    if chosen not in known:
        return Reference(chosen, None, {}, unknown)
    return Reference(chosen, fit(known), leave_one_out(known), unknown)


def compare(
    reference: Reference, answers: Iterable[str], *, family: str = "", student: str = "", system: str = ""
) -> FamilyAgreement:
    """How many of one family's answers look like the chosen strategy, and like which else."""
    texts = list(answers)
    if reference.classifier is None:
        return FamilyAgreement(items=len(texts), family=family, student=student, system=system)
    taken = Counter(reference.classifier.classify(features(text)) if text.strip() else NONE for text in texts)
    agreeing = taken[reference.chosen]
    low, high = wilson(agreeing, len(texts))
    return FamilyAgreement(
        items=len(texts), agreeing=agreeing, low=low, high=high, taken=dict(taken),
        family=family, student=student, system=system,
    )  # fmt: skip


def total(rows: Iterable[tuple[Reference, FamilyAgreement]], *, student: str = "", system: str = "") -> TotalAgreement:
    """Over the families where the reference is clear."""
    pairs = list(rows)
    clear = [row for reference, row in pairs if reference.clear]
    agreeing, items = sum(row.agreeing or 0 for row in clear), sum(row.items for row in clear)
    low, high = wilson(agreeing, items)
    return TotalAgreement(
        items=items, agreeing=agreeing, low=low, high=high, families=len(clear), of=len(pairs),
        student=student, system=system,
    )  # fmt: skip


def _taken(guesses: Mapping[str, int], name: str) -> float:
    return guesses.get(name, 0) / max(sum(guesses.values()), 1)


def _points(texts: Iterable[str]) -> NDArray[np.float64]:
    return np.asarray([features(text) for text in texts])


def _distances(
    points: NDArray[np.float64], means: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Root mean square over the features, in units of the spread."""
    found: NDArray[np.float64] = np.sqrt(np.mean(((points - means) / spread) ** 2, axis=-1))
    return found
