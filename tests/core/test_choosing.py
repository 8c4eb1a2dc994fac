"""Choosing for one family: the race, the outlook, and what decides where trials say nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.choosing import Evidence, choose, ranked
from orca2.core.racing import Rules
from orca2.core.trend import DRAWS, Forecast
from orca2.core.types import Choice, Completion, Trial, TrialSummary, Verdict

RULES = Rules()


def trials(strategy: str, right: str, tokens: int, family: str = "f") -> list[Trial]:
    """`right` holds a 1 or 0 a task."""
    return [
        Trial(
            f"t{i}",
            family,
            strategy,
            Completion("", "stop", 0, tokens),
            Verdict("correct" if c == "1" else "wrong", c, ""),
        )
        for i, c in enumerate(right)
    ]


def pick(direct: str, steps: str, evidence: Evidence | None = None, pool: int | None = None) -> Choice:
    tried = {"steps": trials("steps", steps, 30), "direct": trials("direct", direct, 3)}
    return choose(tried, pool or len(direct), RULES, evidence)


def heading(direct: float, steps: float, spread: float, extrapolation: float = 1.0) -> Evidence:
    rng = np.random.default_rng(0)
    draws = {"direct": direct, "steps": steps}
    return Evidence(Forecast({name: rng.normal(mean, spread, DRAWS) for name, mean in draws.items()}, extrapolation))


def test_the_better_wins() -> None:
    found = pick("0" * 20, "1" * 20)
    assert (found.chosen, found.status) == ("steps", "decided")
    assert found.strategies["steps"].correct == 20 and found.strategies["steps"].tokens == 30
    assert found.why == "direct: steps beats it: +20/-0 of 20 tasks"


def test_a_tie_goes_to_the_cheaper() -> None:
    found = pick("10" * 200, "10" * 200)
    assert found.chosen == "direct" and found.status in ("decided", "tie")


def test_a_difference_that_chance_explains_is_no_ground() -> None:
    found = pick("1010" * 3, "1110" * 2 + "1010")
    assert (found.chosen, found.status) == ("direct", "undecided")


def test_tasks_are_paired_by_id_not_by_place() -> None:
    steps, direct = trials("steps", "1" * 6 + "0" * 6, 30), trials("direct", "1" * 6 + "0" * 6, 3)
    assert "+0/-0" in choose({"direct": direct, "steps": steps[::-1]}, 12, RULES).why


def test_one_that_is_heading_higher_is_chosen_although_it_is_behind_now() -> None:
    found = pick("1" * 8 + "0" * 12, "1" * 4 + "0" * 16, heading(0.45, 0.85, 0.05))
    assert (found.chosen, found.status) == ("steps", "decided")
    assert "heading for 85% against 45%" in found.why and "now" in found.why
    assert found.strategies["steps"].projected and round(found.strategies["steps"].projected[0], 2) == 0.85


def test_where_neither_is_surely_heading_higher_it_is_early() -> None:
    found = pick("1" * 8 + "0" * 12, "1" * 4 + "0" * 16, heading(0.45, 0.55, 0.15))
    assert (found.chosen, found.status) == ("steps", "early")


def test_what_the_race_decided_and_the_outlook_agrees_with_stays_decided() -> None:
    assert pick("0" * 20, "1" * 20, heading(0.5, 0.6, 0.3)).status == "decided"


def test_a_cheaper_one_is_never_decided_on_when_most_of_the_training_is_still_to_come() -> None:
    far = pick("1" * 20, "0" * 20, heading(0.9, 0.2, 0.01, extrapolation=3.5))
    assert (far.chosen, far.status) == ("direct", "early")
    assert pick("1" * 20, "0" * 20, heading(0.9, 0.2, 0.01)).status == "decided"
    assert pick("0" * 20, "1" * 20, heading(0.2, 0.9, 0.01, extrapolation=3.5)).status == "decided"


def test_where_every_strategy_fails_the_teacher_decides() -> None:
    teacher = Evidence(teacher={"direct": (2, 8), "steps": (7, 8)})
    found = pick("0" * 20, "0" * 20, teacher)
    assert (found.chosen, found.status) == ("steps", "failed")
    assert found.why.startswith("every strategy fails: 0 of 20 right at most; the teacher does best there: ")
    assert pick("0" * 20, "0" * 20, Evidence(teacher={"direct": (7, 8), "steps": (7, 8)})).chosen == "direct"
    assert pick("0" * 20, "0" * 20).chosen == "direct"


def test_a_family_that_is_too_small_says_so() -> None:
    found = pick("111", "000", Evidence(teacher={"direct": (1, 3), "steps": (3, 3)}))
    assert (found.chosen, found.status) == ("steps", "undecided") and found.why.startswith("too small: 3 tasks tried")


@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 9), st.integers(1, 50)), min_size=1))
def test_the_chosen_strategy_is_tried_first_and_then_the_best_of_the_others(seen: dict[str, tuple[int, int]]) -> None:
    cells = {name: TrialSummary(9, correct, float(tokens), 0.0, 1.0) for name, (correct, tokens) in seen.items()}
    chosen = min(cells)
    order = ranked(Choice(chosen, "", cells))
    assert order[0] == chosen and sorted(order) == sorted(cells)
    keys = [(-cells[name].correct, cells[name].tokens) for name in order[1:]]
    assert keys == sorted(keys)
    assert ranked(Choice("x", "set by hand", {})) == ["x"]
