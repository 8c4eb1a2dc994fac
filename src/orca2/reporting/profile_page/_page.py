"""Everything that the profile page shows, in its order, ready for the template."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from orca2.core.mixing import SingleStrategyBaseline, single_strategy_baselines
from orca2.core.types import Profile, Task, Trial
from orca2.reporting import formats, profiles
from orca2.reporting.profile_page._trials import examples

Found = dict[str, dict[str, list[Trial]]]  # family -> strategy -> trials


def page(
    name: str, recipe: Mapping[str, Any], profile: Profile, trials: Sequence[Trial], tasks: Mapping[str, Task]
) -> dict[str, Any]:
    """The template's context. Text is unescaped; only the charts are ready markup."""
    found: Found = defaultdict(lambda: defaultdict(list))
    for trial in trials:
        if trial.family in profile.families:
            found[trial.family][trial.strategy].append(trial)
    named = recipe.get("strategies", [])
    views = profiles.families(profile, named)
    mixes = single_strategy_baselines(_grid(found), {view.family: view.chosen for view in views}, profile.seed)
    return {
        "name": name,
        "facts": _facts(recipe, profile, trials),
        "headline": headline(views, mixes),
        "who": profile.subject,
        "strategies": profiles.strategies(profile, named),
        "choices": views,
        "statuses": {status: profiles.SAID[status] for status in profiles.SAID if status in {v.status for v in views}},
        "mixes": mixes,
        "curves": any(cell.curve or cell.projected for view in views for cell in view.cells),
        "examples": [[examples(found[v.family][c.strategy], tasks, profile.seed) for c in v.cells] for v in views],
        "cautions": [*profiles.remarks(profile), *_always(profile)],
    }


def headline(views: Sequence[profiles.FamilyView], mixes: Sequence[SingleStrategyBaseline]) -> str:
    """What was chosen, and what the best single strategy would lose against it."""
    chosen = Counter(view.chosen for view in views).most_common()
    if not chosen:
        return "No family was profiled."
    if len(chosen) == 1:
        first = f"{chosen[0][0]} is chosen for {'the one family' if len(views) == 1 else f'all {len(views)} families'}."
    else:
        first = f"Of {len(views)} families, {_listed([f'{n} take {name}' for name, n in chosen])}."
    settled = Counter("set by hand" if view.status == "set" else view.status for view in views)
    said = f"{first} The choices: {_listed([f'{n} {status}' for status, n in settled.most_common()])}."
    if len(chosen) == 1 or not mixes:
        return said
    best = mixes[0]
    size = f"{abs(100 * best.difference):.1f} points {'less' if best.difference < 0 else 'more'}"
    where = "" if best.families == best.of else f" over the {best.families} families where it was tried"
    return (
        f"{said} One strategy for all, {best.strategy} at best, would get"
        f" {size if round(100 * best.difference, 1) else 'as many'} right{where}"
        f" (95% interval {formats.point_range(100 * best.low, 100 * best.high)} points)"
        f" at {formats.tokens(best.tokens)} tokens an answer instead of {formats.tokens(best.mix_tokens)}."
    )


def _facts(recipe: Mapping[str, Any], profile: Profile, trials: Sequence[Trial]) -> dict[str, str]:
    models = {who: (recipe.get(who) or {}).get("model") for who in ("student", "teacher")}
    who, model = profile.subject, models.get(profile.subject)
    asked = sum(trial.completion.tokens_in for trial in trials)
    answered = sum(trial.completion.tokens_out for trial in trials)
    return {
        "measured on": f"the {who}, {model}" if model else f"the {who}",
        "families": formats.count(len(profile.families)),
        "trials": formats.count(len(trials)),
        "tokens": f"{formats.count(asked)} in, {formats.count(answered)} out",
        "seed": str(profile.seed),
    }


def _grid(found: Found) -> dict[str, dict[str, dict[str, tuple[bool, int]]]]:
    return {
        family: {
            name: {t.task: (t.verdict.correct, t.completion.tokens_out) for t in trials}
            for name, trials in cells.items()
        }
        for family, cells in found.items()
    }


def _always(profile: Profile) -> list[str]:
    first = "The strategies were chosen on these very trials, so the chosen mix looks a little better here than it is."
    if profile.subject == "teacher":
        return [first, "The teacher was measured, not the student: the best strategy for one need not suit the other."]
    return [first]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
