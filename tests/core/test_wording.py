"""The wording that a task gets: drawn for each task, and always the same one."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.identity import task_id
from orca2.core.types import Message, Strategy, Task
from orca2.core.wording import asked, erased_system, instructed_system, joined, without_own, wording

TASKS = [task_id(str(number)) for number in range(400)]
wordings = st.lists(st.text(), min_size=1, max_size=5, unique=True).map(tuple)


@given(wordings, st.sampled_from(TASKS), st.integers())
def test_it_depends_on_seed_task_and_strategy_alone(texts: tuple[str, ...], task: str, seed: int) -> None:
    first = wording(Strategy("s", "", texts), task, seed)
    assert first in texts and wording(Strategy("s", "reworded", texts, "..."), task, seed) == first
    alone = Task(task, "f", "Why?", "", "auto", "train")
    said = instructed_system(Strategy("s", "", texts), alone, seed)
    assert asked(alone, said) == (Message("system", first), Message("user", "Why?"))


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


@given(st.text(), st.text())
def test_a_tasks_own_message_stands_after_what_is_the_same_for_all(first: str, own: str) -> None:
    whole = joined(first, own)
    assert whole == (f"{first}\n\n{own}" if first and own else first or own)
    assert without_own(whole, own) == first


def test_a_task_of_several_turns_is_asked_under_one_system_message() -> None:
    turns = (Message("user", "2+2?"), Message("assistant", "4"))
    task = Task("t", "f", "and 3+3?", "6", "auto", "train", system="Be kind.", history=turns)
    said = instructed_system(Strategy("s", "", ("Think.",)), task, 0)
    assert asked(task, said) == (Message("system", "Think.\n\nBe kind."), *turns, Message("user", "and 3+3?"))
    assert task.messages == (Message("system", "Be kind."), *turns, Message("user", "and 3+3?"))


def test_what_a_lesson_keeps_of_a_tasks_own_message() -> None:
    assert erased_system("Default.", "Own.", "both") == "Default.\n\nOwn."
    assert erased_system("Default.", "Own.", "task") == "Own."
    assert erased_system("Default.", "Own.", "default") == "Default."
    assert {erased_system("Default.", "", keeps) for keeps in ("both", "task", "default")} == {"Default."}
    assert [erased_system("", "Own.", keeps) for keeps in ("both", "task", "default")] == ["Own.", "Own.", ""]
