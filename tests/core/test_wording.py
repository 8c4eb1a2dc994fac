"""The wording that a task gets: drawn for each task, and always the same one."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.types import Message, Strategy, Task, task_id
from orca2.core.wording import opening, wording

TASKS = [task_id(str(number)) for number in range(400)]
wordings = st.lists(st.text(), min_size=1, max_size=5, unique=True).map(tuple)


@given(wordings, st.sampled_from(TASKS), st.integers())
def test_it_depends_on_seed_task_and_strategy_alone(texts: tuple[str, ...], task: str, seed: int) -> None:
    first = wording(Strategy("s", "", texts), task, seed)
    assert first in texts and wording(Strategy("s", "reworded", texts, "..."), task, seed) == first
    asked = Task(task, "f", "Why?", "", "auto", "train")
    assert opening(Strategy("s", "", texts), asked, seed) == (Message("system", first), Message("user", "Why?"))


@given(wordings, st.integers())
def test_every_wording_is_used_over_many_tasks(texts: tuple[str, ...], seed: int) -> None:
    used = Counter(wording(Strategy("s", "", texts), task, seed) for task in TASKS)
    assert set(used) == set(texts)
    assert min(used.values()) > len(TASKS) / len(texts) / 2


@given(st.integers())
def test_seed_and_strategy_change_the_draw(seed: int) -> None:
    texts = ("a", "b", "c")

    def drawn(name: str, seed: int) -> list[str]:
        return [wording(Strategy(name, "", texts), task, seed) for task in TASKS]

    assert drawn("s", seed) != drawn("s", seed + 1)
    assert drawn("s", seed) != drawn("t", seed)
