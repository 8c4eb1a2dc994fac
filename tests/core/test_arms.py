"""What the arms of an ablation have the same of, for any pool and any teacher."""

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.arms import BUILT_IN, Arm, equal_lessons, equal_tokens, strategy_for

POOLS = st.lists(st.integers(1, 9), min_size=1, max_size=4).map(
    lambda sizes: {f"f{f}": [f"f{f}-{n}" for n in range(size)] for f, size in enumerate(sizes)}
)


@st.composite
def pools_and_usable(draw: st.DrawFn, least: int = 0) -> tuple[dict[str, list[str]], dict[str, dict[str, int]]]:
    pool = draw(POOLS)
    tasks = [task for members in pool.values() for task in members]
    usable = st.dictionaries(st.sampled_from(tasks), st.integers(1, 40), min_size=least)
    return pool, {name: draw(usable) for name in ("a", "b", "c")}


@given(pools_and_usable())
def test_every_arm_has_as_many_lessons_of_every_family(
    drawn: tuple[dict[str, list[str]], dict[str, dict[str, int]]],
) -> None:
    pool, usable = drawn
    found = equal_lessons(pool, {"a": usable["a"], "b": usable["b"]}, {"c": usable["c"]})
    for members in pool.values():
        counts = {sum(task in members for task in found[name]) for name in found}
        assert len(counts) == 1
    assert found["a"] == found["b"], "verified arms learn from the very same prompts"
    assert all(task in usable[name] for name, tasks in found.items() for task in tasks)
    assert all(len(set(tasks)) == len(tasks) for tasks in found.values())


@given(pools_and_usable())
def test_no_prompt_is_wasted_that_all_arms_could_learn_from(
    drawn: tuple[dict[str, list[str]], dict[str, dict[str, int]]],
) -> None:
    pool, usable = drawn
    found = equal_lessons(pool, usable, {})
    common = [task for members in pool.values() for task in members if all(task in have for have in usable.values())]
    assert found == dict.fromkeys(usable, common)


@given(pools_and_usable(least=1), st.integers(0, 99))
def test_tokens_are_equal_to_within_one_lesson(
    drawn: tuple[dict[str, list[str]], dict[str, dict[str, int]]], seed: int
) -> None:
    pool, usable = drawn
    found = equal_tokens(pool, usable, seed)
    budget = min(sum(have.values()) for have in usable.values())
    order = [task for members in pool.values() for task in members]
    for name, tasks in found.items():
        total = sum(usable[name][task] for task in tasks)
        left = [usable[name][task] for task in usable[name] if task not in tasks]
        assert total <= budget and (not left or budget - total < min(left))
        assert tasks == sorted(tasks, key=order.index)
    assert found == equal_tokens(pool, usable, seed)


def test_the_rule_of_strategy() -> None:
    known = ["direct", "step_by_step"]
    tasks = [f"{n:016x}" for n in range(400)]

    def drawn(name: str, seed: int = 0) -> list[str]:
        return [strategy_for(BUILT_IN[name], task, known, "step_by_step", seed) for task in tasks]

    assert set(drawn("cautious")) == {"step_by_step"} and set(drawn("instruction_tuning")) == {"direct"}
    assert drawn("random_erased") == drawn("explanation_tuning"), "the two differ in what is erased and in nothing else"
    assert 150 < drawn("random_erased").count("direct") < 250
    assert drawn("random_erased") != drawn("random_erased", seed=1)
    assert strategy_for(Arm("mine", "guess_and_check"), tasks[0], known, "direct", 0) == "guess_and_check"
