"""Choosing a strategy per family from trials: the best wins, and a tie goes to the cheaper one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from orca2.core.nouns import Cell, Choice, Profile, Trial
from orca2.core.statistics import sign_test, wilson


def summarise(trials: Sequence[Trial]) -> Cell:
    """Accuracy with its 95 % Wilson interval and mean output tokens of one family x strategy."""
    correct = sum(trial.verdict.correct for trial in trials)
    tokens = sum(trial.completion.tokens_out for trial in trials) / max(len(trials), 1)
    low, high = wilson(correct, len(trials))
    return Cell(len(trials), correct, round(tokens, 2), low, high)


def choose(trials: Mapping[str, Sequence[Trial]], tie: float) -> Choice:
    """Pick one strategy for one family.

    Going from the cheapest strategy (mean tokens) to the dearest, a dearer one takes over only
    if it won on more of the shared tasks than chance allows: one-sided exact sign test on the
    discordant pairs, p below `tie`. Anything less counts as a tie, and a tie is no reason to
    reason. `trials` maps strategy name to its trials of this family, at least one strategy.
    """
    cells = {name: summarise(rows) for name, rows in trials.items()}
    order = sorted(cells, key=lambda name: (cells[name].tokens, name))
    chosen, why = order[0], "only strategy tried" if len(order) == 1 else ""
    for rival in order[1:]:
        wins, losses = _discordant(trials[rival], trials[chosen])
        p = sign_test(wins, losses)
        verb = "beats" if p < tie else "does not beat"
        said = f"{rival} {verb} {chosen}: +{wins}/-{losses} of {len(trials[rival])} tasks, p={p:.2g}"
        why = f"{why}; {said}" if why else said
        if p < tie:
            chosen = rival
    return Choice(chosen, why, cells)


def profile(trials: Iterable[Trial], who: str, seed: int, tie: float) -> Profile:
    """Group trials by family and strategy and choose for each family."""
    grouped: dict[str, dict[str, list[Trial]]] = defaultdict(lambda: defaultdict(list))
    for trial in trials:
        grouped[trial.family][trial.strategy].append(trial)
    families = {family: choose(grouped[family], tie) for family in sorted(grouped)}
    return Profile(who, seed, families)


def _discordant(ours: Sequence[Trial], theirs: Sequence[Trial]) -> tuple[int, int]:
    """Tasks that only `ours` got right, and that only `theirs` did, joined by task id."""
    right = {trial.task: trial.verdict.correct for trial in theirs}
    pairs = [(t.verdict.correct, right[t.task]) for t in ours if t.task in right]
    return sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs)
