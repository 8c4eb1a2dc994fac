"""The names of tasks and conversations."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.identity import conversation_id, task_id
from orca2.core.types import Message, Role


@given(st.text(), st.text())
def test_a_prompt_has_one_name_and_no_other_prompt_has_it(one: str, other: str) -> None:
    name = task_id(one)
    assert len(name) == 16 and int(name, 16) >= 0 and (task_id(other) == name) == (one == other)


def test_the_name_of_a_question_that_stands_alone_is_the_hash_of_its_text() -> None:
    assert task_id("What is 2 + 2?") == hashlib.sha256(b"What is 2 + 2?").hexdigest()[:16]


texts = st.text(max_size=4)
roles = st.sampled_from(list[Role](["user", "assistant"]))
histories = st.lists(st.builds(Message, roles, texts), max_size=3).map(tuple)
whole = st.tuples(texts, texts, histories)
Whole = tuple[str, str, tuple[Message, ...]]


@given(whole, whole)
def test_a_conversation_has_one_name_and_no_other_one_has_it(one: Whole, other: Whole) -> None:
    assert (task_id(*one) == task_id(*other)) == (one == other)


@given(texts, histories)
def test_all_tasks_of_a_conversation_share_its_first_turn(prompt: str, history: tuple[Message, ...]) -> None:
    first = history[0].content if history else prompt
    assert conversation_id(prompt, history) == conversation_id("later", (*history, Message("user", prompt)))
    assert conversation_id(prompt, history) == task_id(first)
