"""Columns that hold a conversation: what its parts are as rows."""

from typing import Any

import pytest

from orca2.core.types import Message
from orca2.data.conversations import has_history, is_messages, is_sharegpt, talk, with_history
from orca2.data.messages import Wanted
from orca2.data.not_text import NotTextError

ASKED, ANSWER = {"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}
MORE, THEN = {"role": "user", "content": "and 3+3?"}, {"role": "assistant", "content": "6"}
BEFORE = (Message("user", "2+2?"), Message("assistant", "4"))


def test_the_whole_conversation_goes_with_a_task_only_where_that_is_all_of_it() -> None:
    (alone,) = talk({"messages": [ASKED, ANSWER]}, "messages", Wanted())
    assert (alone.columns, alone.whole, alone.history) == ({"prompt": "2+2?", "target": "4"}, "", ())
    first, second = talk({"chat": [ASKED, ANSWER, MORE, THEN], "system": "Be kind."}, "chat", Wanted())
    assert (first.whole, second.whole, second.history, second.system) == ("chat", "chat", BEFORE, "Be kind.")
    (last,) = talk({"messages": [ASKED, ANSWER, MORE], "target": "six"}, "messages", Wanted())
    assert (last.columns, last.history) == ({"prompt": "and 3+3?"}, BEFORE)


def test_earlier_questions_beside_a_question_are_its_conversation() -> None:
    for history in ([["2+2?", "4"]], [ASKED, ANSWER]):
        raw: dict[str, Any] = {"history": history}
        assert has_history(raw)
        first, second = with_history(raw, "and 3+3?", 6, Wanted())
        assert (first.columns["target"], second.columns["target"], second.history) == ("4", "6", BEFORE)
        assert with_history(raw, "and 3+3?", "6", Wanted("last"))[0].columns["prompt"] == "and 3+3?"
    for none in ({}, {"history": []}, {"history": None}, {"history": "1914 to 1918"}):
        assert not has_history(none)
    for history, said in (
        ([["2+2?"]], "no list of questions with their answers"), ([["2+2?", None]], "no list of questions"),
        ([4], "no list of questions"), ([["2+2?", ""]], "an empty message of the assistant"),
        ([ASKED], "two messages of the user in a row"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=f"^history: {said}"):
            with_history({"history": history}, "and 3+3?", "6", Wanted())
    for answer in (None, "", {"a": 1}, [["x"]]):
        with pytest.raises(ValueError, match=r"^history: "):
            with_history({"history": [["2+2?", "4"]]}, "and 3+3?", answer, Wanted())


def test_what_is_more_than_text_stays_known_as_such() -> None:
    with pytest.raises(NotTextError, match=r"^messages: definitions of functions in column 'tools'"):
        talk({"messages": [ASKED, ANSWER], "tools": '[{"name": "f"}]'}, "messages", Wanted())
    for empty in (None, [], "", "[]", "null"):
        assert len(talk({"messages": [ASKED, ANSWER], "tools": empty, "images": empty}, "messages", Wanted())) == 1


def test_a_log_with_messages_is_no_row_of_messages() -> None:
    assert is_messages({"messages": []}) and not is_messages({"messages": [], "response": ""})
    assert is_sharegpt({"conversation": []}) and not is_sharegpt({"messages": []})
