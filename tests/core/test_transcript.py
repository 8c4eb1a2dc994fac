"""A conversation as one text."""

from orca2.core.transcript import length, transcript, turns
from orca2.core.types import Message

SAID = [Message("system", "Be kind."), Message("user", "2+2?"), Message("assistant", "4")]


def test_a_question_alone_is_its_text_and_one_after_others_stands_under_its_role() -> None:
    assert transcript([], "2+2?") == "2+2?"
    assert transcript(SAID, "+1?") == "system: Be kind.\n\nuser: 2+2?\n\nassistant: 4\n\nuser: +1?"
    assert (turns([]), turns(SAID[:1])) == ("", "system: Be kind.")
    assert length(SAID) == len("Be kind.2+2?4")
