"""Rows of messages: the tasks that their turns are, and what is said of those that are none."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.types import Message, Role
from orca2.data.messages import (
    Wanted,
    as_messages,
    conversation,
    last_asked,
    own_system,
    questions,
    tasks_of,
    with_system,
)
from orca2.data.not_text import NotTextError

SYSTEM = {"role": "system", "content": "Be kind."}
ASKED, ANSWER = {"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}
MORE, THEN = {"role": "user", "content": "and 3+3?"}, {"role": "assistant", "content": "6"}
words = st.text(min_size=1, max_size=9).filter(str.strip)


def test_a_question_and_its_answer_whoever_wrote_them_down() -> None:
    for talk in (
        [ASKED, ANSWER],
        [{"from": "human", "value": "2+2?"}, {"from": "gpt", "value": "4"}],
        [{"role": "User", "content": "2+2?"}, {"role": "Assistant", "content": "4"}],
        [{"role": "user", "content": [{"type": "text", "text": "2+2?"}]}, ANSWER],
        [{"role": "user", "content": None, "from": None, "value": "2+2?"}, ANSWER],
        [{"role": "system", "content": " "}, ASKED, ANSWER],
    ):
        (asked,) = tasks_of(talk, Wanted())
        assert (asked.system, asked.history, asked.question, asked.answer) == ("", (), "2+2?", "4")
    for name in ("system", "developer"):
        assert (
            tasks_of([{"role": name, "content": "Be kind.\n"}, ASKED, ANSWER], Wanted("last"))[0].system == "Be kind."
        )


@given(st.one_of(st.just(""), words), st.lists(st.tuples(words, words), min_size=1, max_size=4))
def test_each_answer_is_a_task_that_all_before_it_asks(system: str, pairs: list[tuple[str, str]]) -> None:
    roles = ["user", "assistant"] * len(pairs)
    texts = [text for pair in pairs for text in pair]
    turns = [{"role": role, "content": text} for role, text in zip(roles, texts, strict=True)]
    talk = with_system(turns, system.strip())
    found = tasks_of(talk, Wanted())
    assert [(asked.question, asked.answer) for asked in found] == [(q.strip(), a.strip()) for q, a in pairs]
    assert {asked.system for asked in found} == {system.strip()}
    for number, asked in enumerate(found):
        assert [message.content for message in asked.history] == [t.strip() for pair in pairs[:number] for t in pair]
        assert [message.role for message in asked.history] == ["user", "assistant"] * number
    assert tasks_of(talk, Wanted("last")) == found[-1:]
    assert last_asked(talk) == found[-1]


def test_an_answer_of_weight_zero_is_no_task_but_stands_before_later_ones() -> None:
    talk = [ASKED, {**ANSWER, "weight": 0}, MORE, {**THEN, "weight": 1}]
    (asked,) = tasks_of(talk, Wanted())
    assert asked.question == "and 3+3?" and [message.content for message in asked.history] == ["2+2?", "4"]
    (asked,) = tasks_of([ASKED, ANSWER, MORE, {**THEN, "weight": 0}], Wanted("last"))
    assert (asked.question, asked.answer) == ("2+2?", "4")
    with pytest.raises(ValueError, match="each has weight 0"):
        tasks_of([ASKED, {**ANSWER, "weight": 0}], Wanted())


def test_the_last_question_may_have_no_answer_yet() -> None:
    asked = last_asked([SYSTEM, ASKED, ANSWER, MORE])
    assert (asked.system, asked.question, asked.answer) == ("Be kind.", "and 3+3?", None)
    with pytest.raises(ValueError, match=r"^the last message is not the assistant's, so there is no answer$"):
        tasks_of([SYSTEM, ASKED, ANSWER, MORE], Wanted())


def test_a_last_question_is_a_task_where_something_else_decides() -> None:
    talk = [SYSTEM, ASKED, ANSWER, MORE]
    found = tasks_of(talk, Wanted("each", without_target=True))
    assert [(asked.question, asked.answer) for asked in found] == [("2+2?", "4"), ("and 3+3?", None)]
    assert tasks_of(talk, Wanted("last", without_target=True)) == found[-1:]
    assert tasks_of([*talk, THEN], Wanted("last", without_target=True))[0].answer == "6"


def test_a_system_message_that_stands_beside_the_messages() -> None:
    assert with_system([ASKED], "Be kind.") == [SYSTEM, ASKED]
    assert with_system([SYSTEM, ASKED], "Be kind.") == [SYSTEM, ASKED]
    with pytest.raises(ValueError, match="two system messages"):
        conversation(with_system([SYSTEM, ASKED], "Be brief."))
    assert own_system({"system": [{"type": "text", "text": "Be"}, {"type": "text", "text": "kind."}]}) == "Be\nkind."
    for none in ({}, {"system": None}, {"system": ""}, {"system": 4}, {"system": {"os": "x"}}, {"system": ["a"]}):
        assert own_system(none) == ""


BAD = [
    ([SYSTEM, SYSTEM, ASKED, ANSWER], "two system messages"),
    ([ASKED, SYSTEM, ANSWER], "a system message after the first"),
    ([ANSWER, ASKED], "an answer before any question"),
    ([SYSTEM, ANSWER], "an answer before any question"),
    ([SYSTEM], "no message of the user"),
    ([ASKED, ASKED, ANSWER], "two messages of the user in a row"),
    ([ASKED, ANSWER, ANSWER], "two messages of the assistant in a row"),
    ([ASKED, ANSWER, MORE, ANSWER, THEN], "two messages of the assistant in a row"),
    ([ASKED, ANSWER, SYSTEM, MORE, THEN], "a system message after the first"),
    ([ASKED, {"role": "narrator", "content": "4"}, ANSWER], "a message of the narrator"),
    ([{"role": "user", "content": " \n"}, ANSWER], "an empty message of the user"),
    ([ASKED, {"role": "assistant", "content": ""}], "an empty message of the assistant"),
    ([ASKED, {"role": "assistant", "content": " "}, MORE, THEN], "an empty message of the assistant"),
    ([ASKED, {"role": "assistant", "content": None, "tool_calls": []}], "a message of the assistant holds no text"),
    ([{"role": "user", "content": {"a": 1}}, ANSWER], "holds no text, or more than text"),
    ([{"role": "user", "content": [["2+2?"]]}, ANSWER], "holds no text, or more than text"),
    ([{"role": "user", "content": 4}, ANSWER], "holds no text, or more than text"),
]
IMAGE = {"type": "image_url", "image_url": {"url": "https://x/y.png"}}
MORE_THAN_TEXT = [
    ([{"role": "user", "content": [{"type": "text", "text": "What?"}, IMAGE]}, ANSWER], r"an image \(image_url\)"),
    ([{"role": "user", "content": [{"type": "input_image"}]}, ANSWER], r"an image \(input_image\)"),
    ([{"role": "user", "content": [{"type": "image", "text": None}]}, ANSWER], r"an image \(image\)"),
    ([{"role": "user", "content": [{"type": "input_audio"}]}, ANSWER], r"audio \(input_audio\)"),
    ([{"role": "user", "content": [{"type": "document", "source": {}}]}, ANSWER], r"a file \(document\)"),
    ([{"role": "user", "content": "What?", "images": ["x.png"]}, ANSWER], r"an image \(images\)"),
    ([ASKED, {**ANSWER, "audio": {"id": "a"}}], r"audio \(audio\)"),
    ([ASKED, {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}], r"a call of a tool \(tool_calls\)"),
    ([ASKED, {**ANSWER, "function_call": {"name": "f"}}], r"a call of a tool \(function_call\)"),
    ([ASKED, {"role": "assistant", "content": [{"type": "tool_use"}]}], r"a call of a tool \(tool_use\)"),
    ([{"role": "user", "content": [{"type": "tool_result"}]}, ANSWER], r"a result of a tool \(tool_result\)"),
    ([ASKED, {"role": "tool", "content": "4"}, ANSWER], "a message of the tool; "),
    ([ASKED, {"role": "function", "name": "f", "content": "4"}, ANSWER], "a message of the function; "),
    (
        [{"from": "human", "value": "2+2?"}, {"from": "function_call", "value": "{}"}],
        "message of the function_call; ",
    ),
    ([{"from": "human", "value": "2+2?"}, {"from": "observation", "value": "4"}], "a message of the observation; "),
    ([ASKED, {"role": "assistant", "content": None, "refusal": "No."}], r"a refusal \(refusal\)"),
]


@pytest.mark.parametrize(("talk", "said"), [*BAD, *MORE_THAN_TEXT])
def test_what_is_no_conversation_is_named(talk: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ValueError, match=f"^.*{said}") as raised:
        conversation(talk)
    assert isinstance(raised.value, NotTextError) == ((talk, said) in MORE_THAN_TEXT)
    assert len(str(raised.value).splitlines()) == 1


def test_what_interfaces_put_between_messages_is_named() -> None:
    for kind, said in (("function_call", "a call of a tool"), ("function_call_output", "a result of a tool")):
        with pytest.raises(NotTextError, match=rf"{said} \({kind}\)"):
            as_messages([ASKED, {"type": kind, "name": "f"}])


parts = st.one_of(st.none(), st.integers(), st.text(max_size=3), st.lists(st.text(max_size=3), max_size=2))
contents = st.one_of(parts, st.lists(st.dictionaries(st.sampled_from(["type", "text"]), parts), max_size=3))
turn = st.fixed_dictionaries({}, optional={
    "role": st.one_of(st.sampled_from(["user", "assistant", "system", "tool", "User"]), parts),
    "content": contents, "value": contents, "tool_calls": parts, "weight": parts,
})  # fmt: skip


@given(st.lists(turn, max_size=5))
def test_whatever_messages_hold_they_are_tasks_or_named(value: list[dict[str, Any]]) -> None:
    for turns in ("each", Wanted("last")):
        try:
            found = tasks_of(as_messages(value), Wanted(turns))  # type: ignore[arg-type]
        except ValueError:
            continue
        assert found and all(asked.question.strip() and asked.answer for asked in found)


def test_what_the_user_says_is_read_alone() -> None:
    assert questions([SYSTEM, ASKED, ANSWER, MORE]) == ["2+2?", "and 3+3?"]
    assert get_args(Role) == ("system", "user", "assistant") and Message("user", "x").content == "x"


def test_a_cell_of_a_table_may_hold_them_as_json_but_not_as_python_writes_them() -> None:
    assert as_messages('[{"role": "user", "content": "2+2?"}]') == [ASKED]
    for cell in (str([ASKED, ANSWER]), str([{"value": "x", "from": "human"}])):
        with pytest.raises(ValueError, match="messages written out as text"):
            as_messages(cell)
    for cell in (
        "[{'from': 'Paris', 'to': 'Rome'}]",
        "text",
        [],
        [["user", "2+2?"]],
        None,
        4,
        [{"content": "no role"}],
    ):
        with pytest.raises(ValueError, match="no list of messages"):
            as_messages(cell)
