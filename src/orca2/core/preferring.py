"""Answers that a judge has compared in pairs, in both orders: who is preferred, and how far the judge agrees with
itself, with others and with people."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from orca2.core.auditing import AuditRow, Rate, rate
from orca2.core.results import Comparison
from orca2.core.types import Answer

# what a judge prefers in both orders; `split`: the order decides, or several judges are divided
Preference = Literal["ours", "theirs", "tie", "split", "unread"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The cautious student's answer to a task `against` another one's, and what each judge prefers."""

    task: str
    family: str
    against: str
    ours: str
    theirs: str
    judges: Mapping[str, Preference]

    @property
    def preferred(self) -> Preference:
        """What more than half of the judges prefer."""
        preference, count = Counter(self.judges.values()).most_common(1)[0]
        return preference if 2 * count > len(self.judges) else "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferred:
    """How the pairs against another one came out: `gained` of the comparison are those preferred, `lost` the rest of
    those decided."""

    comparison: Comparison
    ties: int
    split: int
    unread: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """How far a judge can be trusted: pairs of which it says the same in `both_orders`, and pairs of which it says what
    another judge says, by that one's name."""

    judge: str
    both_orders: Rate
    others: Mapping[str, Rate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """What pairs say of the cautious student, over all families and in each, and what they say of the judges; `labels`
    are labelled answers of which the judges together say what people say, None where there are no such labels."""

    rows: Sequence[Preferred]
    reliability: Sequence[Reliability]
    labels: Rate | None = None


def judging(pairs: Sequence[Pair], answers: Mapping[str, Answer], seed: int, audited: AuditRow | None) -> Judging:
    """`answers` are the cautious student's, by task; `audited` is how the judges did on labelled rows."""
    against = dict.fromkeys(pair.against for pair in pairs)
    rows = [row for name in against for row in _rows([p for p in pairs if p.against == name], answers, seed, name)]
    judges = dict.fromkeys(name for pair in pairs for name in pair.judges)
    reliability = [_reliability(name, list(judges), pairs) for name in judges]
    return Judging(rows=rows, reliability=reliability, labels=_labels(audited) if audited else None)


def _rows(pairs: Sequence[Pair], answers: Mapping[str, Answer], seed: int, against: str) -> list[Preferred]:
    """Preferred counts as right and the other one as wrong, so that both are compared as answers are."""
    from orca2.core.comparing import by_family  # numpy, which those who read records can do without

    ours = [_as_answer(answers[pair.task], pair.preferred == "ours") for pair in pairs]
    theirs = [_as_answer(answers[pair.task], pair.preferred == "theirs") for pair in pairs]
    found = by_family(ours, theirs, seed, student="cautious", against=against, system="default")
    return [_preferred(row, [p for p in pairs if row.family in ("all", p.family)]) for row in found]


def _as_answer(answer: Answer, preferred: bool) -> Answer:
    return replace(answer, outcome="correct" if preferred else "wrong")


def _preferred(row: Comparison, pairs: Sequence[Pair]) -> Preferred:
    counts = Counter(pair.preferred for pair in pairs)
    return Preferred(comparison=row, ties=counts["tie"], split=counts["split"], unread=counts["unread"])


def _reliability(name: str, judges: Sequence[str], pairs: Sequence[Pair]) -> Reliability:
    said = [pair.judges[name] for pair in pairs]
    others = {other: rate(_agrees(pairs, name, other)) for other in judges if other != name}
    return Reliability(
        judge=name,
        both_orders=rate(preference != "split" for preference in said if preference != "unread"),
        others=others,
    )


def _agrees(pairs: Iterable[Pair], name: str, other: str) -> Iterable[bool]:
    for pair in pairs:
        if "unread" not in (pair.judges[name], pair.judges[other]):
            yield pair.judges[name] == pair.judges[other]


def _labels(audited: AuditRow) -> Rate:
    """What is neither a wrong answer accepted nor a right one rejected is judged as people do."""
    missed = audited.false_accepts.count + audited.false_rejects.count
    return rate([True] * (audited.labelled - missed) + [False] * missed)
