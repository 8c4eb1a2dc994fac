"""profile.json as the pages show it. No full grid is assumed: a strategy may have been dropped early or never tried."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from markupsafe import Markup

from orca2.core.types import Choice, Profile, Status, TrialSummary
from orca2.reporting import formats
from orca2.reporting.charts import learning_curve

FEW_TRIALS = 30  # per family and strategy

SAID: dict[str, str] = {
    "decided": "shown by the trials",
    "tie": "no difference beyond noise, or none worth its tokens",
    "undecided": "too few trials to say",
    "early": "a guess at what will pay once the student has learned",
    "failed": "no strategy works",
    "set": "set by hand in the recipe",
}
REMARKS = {
    "failed": "Every strategy fails in {}, so the choice there means little.",
    "early": "The student was still learning in {}: the strategy was taken that will likelier pay in the end, which may"
    " cost tokens for nothing; more explanation tuning would tell.",
    "undecided": "The trials are too few to choose in {}: another strategy may well be better there.",
    "tie": "The choice is a tie in {}: no other strategy is better beyond noise and by enough to be worth its tokens,"
    " so the cheaper one was taken.",
    "set": "The strategy is set by hand in {}: the trials did not choose it.",
}
assert set(SAID) == set(get_args(Status)), "every status has words"


@dataclass(frozen=True, slots=True)
class CellView:
    """One family under one strategy. `note` is what is unusual about it; `tried` is whether there is any trial."""

    strategy: str
    chosen: bool
    tried: bool
    note: str
    trials: int = 0
    correct: int = 0
    low: float = 0.0
    high: float = 1.0
    tokens: float = 0.0
    projected: tuple[float, float, float] | None = None
    curve: Markup | None = None

    @property
    def level(self) -> int:
        """Depth of colour, in percent."""
        return round(60 * self.correct / self.trials) if self.trials else 0


@dataclass(frozen=True, slots=True)
class FamilyView:
    """One family's choice. `few` is the number of trials of its most tried strategy where that is small."""

    family: str
    chosen: str
    status: str
    said: str
    why: str
    few: int | None
    cells: tuple[CellView, ...]


def families(profile: Profile, named: Iterable[str] = ()) -> list[FamilyView]:
    """One row a family, with a cell for each of `strategies(profile, named)`."""
    order = strategies(profile, named)
    return [_family(name, choice, order, profile.curves.get(name, {})) for name, choice in profile.families.items()]


def strategies(profile: Profile, named: Iterable[str] = ()) -> list[str]:
    """All that were tried or chosen anywhere, those of `named` first and in its order."""
    found = {name for choice in profile.families.values() for name in (*choice.strategies, choice.chosen)}
    first = [name for name in dict.fromkeys(named) if name in found]
    return [*first, *sorted(found - set(first))]


def cells(profile: Profile) -> list[TrialSummary]:
    """Every cell that has trials."""
    return [cell for choice in profile.families.values() for cell in _tried(choice).values()]


def remarks(profile: Profile) -> Iterator[str]:
    """What a reader of the choices should be careful about, the weightiest first."""
    views = families(profile)
    for name, remark in REMARKS.items():
        if named := [view.family for view in views if view.status == name]:
            yield remark.format(formats.families_named(named))
    fewest = min((cell.trials for cell in cells(profile)), default=0)
    if dropped := [view.family for view in views if any(cell.tried and cell.note for cell in view.cells)]:
        yield (
            f"Strategies that fell behind were dropped early in {formats.families_named(dropped)};"
            f" they have fewer trials and wider intervals than the others."
        )
    if fewest < FEW_TRIALS:
        yield f"Strategies were chosen on few trials: as few as {fewest} per family and strategy."


def _tried(choice: Choice) -> dict[str, TrialSummary]:
    return {name: cell for name, cell in choice.strategies.items() if cell.trials}


def _family(
    name: str, choice: Choice, order: Sequence[str], curves: Mapping[str, Sequence[Sequence[float]]]
) -> FamilyView:
    tried = _tried(choice)
    most = max((cell.trials for cell in tried.values()), default=0)
    return FamilyView(
        name, choice.chosen, choice.status, SAID[choice.status], choice.why, most if most < FEW_TRIALS else None,
        tuple(_cell(strategy, strategy == choice.chosen, tried.get(strategy), most, curves.get(strategy, ()))
              for strategy in order),
    )  # fmt: skip


def _cell(name: str, chosen: bool, cell: TrialSummary | None, most: int, points: Sequence[Sequence[float]]) -> CellView:
    if cell is None:
        return CellView(name, chosen, False, "not tried")
    trials, projected = cell.trials, cell.projected
    note = f"dropped after {formats.count(trials)} {'trial' if trials == 1 else 'trials'}" if trials < most else ""
    curve = learning_curve(points, projected) if sum(point[2] > 0 for point in points) > 1 else None
    return CellView(name, chosen, True, note, trials, cell.correct, cell.low, cell.high, cell.tokens, projected, curve)
