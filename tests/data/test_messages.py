"""Rows of messages: which are one question and its answer, and what is said of the others."""

from typing import Any

import pytest

from orca2.data.messages import as_messages, check_turns, question, reply

SYSTEM = {"role": "system", "content": "Be kind."}
ASKED, ANSWER = {"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}


def test_a_question_and_its_answer_whoever_wrote_them_down() -> None:
    for talk in (
        [ASKED, ANSWER],
        [{"from": "human", "value": "2+2?"}, {"from": "gpt", "value": "4"}],
        [{"role": "User", "content": "2+2?"}, {"role": "Assistant", "content": "4"}],
        [{"role": "user", "content": [{"type": "text", "text": "2+2?"}]}, ANSWER],
    ):
        assert (question(talk), reply(talk)) == ("2+2?", "4")


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        ([SYSTEM, ASKED, ANSWER], "a system message, which a task has no place for"),
        ([SYSTEM, SYSTEM, ASKED, ANSWER], "two system messages"),
        ([ASKED, SYSTEM, ANSWER], "a system message after the first"),
        ([ANSWER, ASKED], "an answer before any question"),
        ([SYSTEM, ANSWER], "an answer before any question"),
        ([SYSTEM], "no message of the user"),
        ([ASKED, ASKED, ANSWER], "two messages of the user in a row"),
        ([ASKED, ANSWER, ANSWER], "two messages of the assistant in a row"),
        ([ASKED, ANSWER, ASKED, ANSWER], "several turns; a task has one question"),
        ([ASKED, {"role": "tool", "content": "4"}, ANSWER], "a message of the tool"),
        ([{"role": "user", "content": " \n"}, ANSWER], "an empty message of the user"),
        ([ASKED, {"role": "assistant", "content": ""}], "an empty message of the assistant"),
        ([ASKED, {"role": "assistant", "content": None, "tool_calls": []}], "a message of the assistant holds no text"),
        ([{"role": "user", "content": [{"type": "image_url"}]}, ANSWER], "holds no text, or more than text"),
        ([{"role": "user", "content": {"a": 1}}, ANSWER], "holds no text, or more than text"),
        ([{"role": "user", "content": 4}, ANSWER], "holds no text, or more than text"),
    ],
)
def test_what_is_no_single_question_is_named(talk: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ValueError, match=f"^.*{said}"):
        check_turns(talk)


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
