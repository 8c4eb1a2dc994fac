from orca2.core.choosing import choose, profile
from orca2.core.nouns import Completion, Trial, Verdict


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


def test_the_better_wins() -> None:
    found = choose({"direct": trials("direct", "0" * 20, 3), "step": trials("step", "1" * 20, 30)}, 0.1)
    assert found.chosen == "step"
    assert found.strategies["step"].correct == 20 and found.strategies["step"].tokens == 30


def test_a_tie_goes_to_the_cheaper() -> None:
    same = "1" * 10 + "0" * 10
    assert choose({"step": trials("step", same, 30), "direct": trials("direct", same, 3)}, 0.1).chosen == "direct"


def test_a_difference_that_chance_explains_is_a_tie() -> None:
    found = choose({"direct": trials("direct", "1100", 3), "step": trials("step", "1110", 30)}, 0.1)
    assert found.chosen == "direct" and "does not beat" in found.why


def test_cheaper_and_better_needs_no_proof() -> None:
    found = choose({"direct": trials("direct", "111", 3), "step": trials("step", "011", 30)}, 0.1)
    assert found.chosen == "direct"


def test_tasks_are_paired_by_id_not_by_place() -> None:
    step = trials("step", "1" * 6 + "0" * 6, 30)
    direct = trials("direct", "1" * 6 + "0" * 6, 3)
    assert choose({"direct": direct, "step": step[::-1]}, 0.4).why.count("+0/-0") == 1


def test_profile_keeps_families_apart() -> None:
    rows = trials("direct", "1" * 9, 3, "a") + trials("step", "1" * 9, 30, "a")
    rows += trials("direct", "0" * 9, 3, "b") + trials("step", "1" * 9, 30, "b")
    found = profile(rows, "student", 7, 0.1)
    assert {family: choice.chosen for family, choice in found.families.items()} == {
        "a": "direct",
        "b": "step",
    }
    assert found.seed == 7
