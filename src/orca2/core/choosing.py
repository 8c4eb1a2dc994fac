"""Choosing a strategy per family from trials, and saying how far the choice can be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from orca2.core.intervals import wilson
from orca2.core.racing import Race, Rules, TrialRecord, race
from orca2.core.trend import Forecast
from orca2.core.types import Choice, Status, Trial, TrialSummary

FAILS = 0.1  # no strategy works where not even this accuracy is possible, by the upper end of the interval
FEW = 8  # tasks; below, trials say nothing
SURE = 0.9  # how likely the best has to stay the best, to be chosen for where it is heading
MAX_EXTRAPOLATION = 2.0  # times the lessons seen; further on, a dearer strategy may turn up that no trend has shown yet


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a choice can rest on beside the trials: where strategies are heading, and of a handful of tasks how many
    the teacher got right under each, (right, tasks)."""

    forecast: Forecast | None = None
    teacher: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def summarise(trials: Sequence[Trial]) -> TrialSummary:
    """Accuracy with its 95 % Wilson interval and mean output tokens of one family x strategy."""
    correct = sum(trial.verdict.correct for trial in trials)
    tokens = sum(trial.completion.tokens_out for trial in trials) / max(len(trials), 1)
    low, high = wilson(correct, len(trials))
    return TrialSummary(len(trials), correct, round(tokens, 2), low, high)


def standing(trials: Mapping[str, Sequence[Trial]], pool: int, rules: Rules) -> Race:
    """Where the strategies of one family stand after these trials."""
    tracks = {name: TrialRecord({t.task: t.verdict.correct for t in rows}, summarise(rows).tokens)
              for name, rows in trials.items()}  # fmt: skip
    return race(tracks, pool, rules)


def why_inconclusive(trials: Mapping[str, Sequence[Trial]]) -> tuple[Status, str] | None:
    """What a choice is where trials are no ground for one, and why; None if they are."""
    cells = [summarise(rows) for rows in trials.values()]
    tried = max(cell.trials for cell in cells)
    if tried < FEW:
        return "undecided", f"too small: {tried} tasks tried"
    if max(cell.high for cell in cells) < FAILS or not any(cell.correct for cell in cells):
        return "failed", f"every strategy fails: {max(cell.correct for cell in cells)} of {tried} right at most"
    return None


def choose(trials: Mapping[str, Sequence[Trial]], pool: int, rules: Rules, evidence: Evidence | None = None) -> Choice:
    """Pick one strategy for one family.

    `trials` maps each strategy to its trials of this family, `pool` is how many tasks there are to try. Now, the race
    decides (`core.racing`). With an outlook the strategy is chosen that will pay most once training is over, and if it
    is less than `SURE` to do so, the choice is early; so it is when training is to go beyond `MAX_EXTRAPOLATION` and a
    dearer one was passed over, since reasoning comes late. Where trials say nothing, the teacher's handful decides.
    """
    cells = {name: summarise(rows) for name, rows in trials.items()}
    if inconclusive := why_inconclusive(trials):
        status, why = inconclusive
        chosen, said = _by_teacher(cells, evidence.teacher if evidence else {})
        return Choice(chosen, f"{why}; {said}", cells, status)
    found = standing(trials, pool, rules)
    reasons = {**found.eliminated, **found.undecided}
    why = "; ".join(f"{name}: {reason}" for name, reason in reasons.items()) or "only strategy tried"
    now = Choice(found.surviving[0], why, cells, found.status)
    return _by_forecast(now, evidence.forecast, rules) if evidence and evidence.forecast else now


def ranked(choice: Choice) -> list[str]:
    """The chosen strategy, then the others as they should do, best first; of equal ones the cheaper."""
    cells = choice.strategies
    expected = {name: cell.projected[0] if cell.projected else cell.accuracy for name, cell in cells.items()}
    others = sorted(cells, key=lambda name: (-expected[name], cells[name].tokens, name))
    return [choice.chosen, *(name for name in others if name != choice.chosen)]


def _by_forecast(now: Choice, forecast: Forecast, rules: Rules) -> Choice:
    """The choice by where strategies are heading."""
    projections = {name: forecast.projected(name) for name in now.strategies}
    cells = {name: replace(cell, projected=projections[name]) for name, cell in now.strategies.items()}
    paid = {name: cell.tokens / (100 * rules.tokens_per_point) for name, cell in cells.items()}
    best = max(cells, key=lambda name: projections[name][0] - paid[name])
    probabilities = {
        name: forecast.win_probability(best, name, paid[best] - paid[name]) for name in cells if name != best
    }
    if not probabilities:
        return replace(now, strategies=cells)
    rival = min(probabilities, key=lambda name: probabilities[name])
    status: Status = "decided" if probabilities[rival] >= SURE else "early"
    if best == now.chosen and now.status in ("decided", "tie"):
        status = now.status
    if forecast.extrapolation > MAX_EXTRAPOLATION and paid[best] < max(paid.values()):
        status = "early"
    heading = f"heading for {projections[best][0]:.0%} against {projections[rival][0]:.0%} of {rival}"
    why = f"{best} {heading}, pays with chance {probabilities[rival]:.0%}; now {now.why}"
    return Choice(best, why, cells, status)


def _by_teacher(cells: Mapping[str, TrialSummary], teacher: Mapping[str, tuple[int, int]]) -> tuple[str, str]:
    """What the teacher does best, the cheaper one of equals; without a teacher the cheapest."""
    cheapest = sorted(cells, key=lambda name: (cells[name].tokens, name))
    if not any(tasks for _, tasks in teacher.values()):
        return cheapest[0], "the cheapest is taken"
    best = max(cheapest, key=lambda name: teacher[name][0] / max(teacher[name][1], 1))
    return best, "the teacher does best there: " + ", ".join(f"{n} {r} of {t}" for n, (r, t) in teacher.items())
