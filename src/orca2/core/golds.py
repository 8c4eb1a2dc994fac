"""Golds that no row gives: the answer on which several answers agree, and whether enough of them do."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from orca2.core.types import Gold, Task

Accepts = Callable[[str, int], bool]  # whether a grader accepts the answer of this number for this gold


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One answer asked for a gold: of which teacher, under which strategy, which sample of it, and the answer that was
    read in it; None where it states none or several, was cut or failed."""

    teacher: str
    strategy: str
    sample: int
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedGold:
    """What became of a task without a gold answer: the `target` on which `agreeing` of its votes agree, empty where the
    task is set aside, and why."""

    task: str
    family: str
    target: str
    agreeing: int
    why: str
    votes: Sequence[Vote]

    @property
    def share(self) -> float:
        """Of all votes, those that agree."""
        return self.agreeing / len(self.votes) if self.votes else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldCounts:
    """Of one family: its tasks by where their golds come from, and those set aside because too few answers agree."""

    ways: Mapping[Gold, int]
    set_aside: int = 0


def agree(task: Task, votes: Sequence[Vote], accepts: Accepts, share: float) -> AgreedGold:
    """The answer that most votes agree on, if they are at least this `share` of all and no other answer has as many.

    Votes without an answer count among all, so that a gold of one readable answer in five is none.
    """
    written = Counter(vote.answer for vote in votes if vote.answer is not None)
    agreeing = {
        answer: frozenset(n for n, vote in enumerate(votes) if vote.answer is not None and accepts(answer, n))
        for answer in written
    }
    if not agreeing:
        return _gold(task, votes, "", 0, f"no answer can be read in any of {len(votes)}")
    # of equals the one that is written most often, then the first
    target = max(agreeing, key=lambda answer: (len(agreeing[answer]), written[answer]))
    most = agreeing[target]
    said = f"{len(most)} of {len(votes)} agree on {target[:40]!r}"
    rivals = [answer for answer, who in agreeing.items() if len(who) == len(most) and not who & most]
    if rivals:
        return _gold(task, votes, "", len(most), f"{said}, and as many on {rivals[0][:40]!r}")
    if len(most) < share * len(votes) - 1e-9:
        return _gold(task, votes, "", len(most), f"only {said}")
    return _gold(task, votes, target, len(most), said)


def with_golds(tasks: Sequence[Task], golds: Sequence[AgreedGold]) -> list[Task]:
    """The tasks with the answers that were agreed on, or are judged against, without those that are set aside."""
    known = {gold.task: gold.target for gold in golds}
    whole = [replace(task, target=known[task.id]) if task.id in known else task for task in tasks]
    return [task for task in whole if task.gold != "agreed" or task.target]


def _gold(task: Task, votes: Sequence[Vote], target: str, agreeing: int, why: str) -> AgreedGold:
    return AgreedGold(task=task.id, family=task.family, target=target, agreeing=agreeing, why=why, votes=votes)
