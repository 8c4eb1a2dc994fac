"""A teacher that shows no thoughts is asked to think in its text; nothing of that reaches a student."""

from typing import Any

import pytest

from orca2.core.eliciting import ALOUD, aloud, learned, with_thought, without_aloud, written
from orca2.core.erasing import erase, with_instruction
from orca2.core.types import Completion, Demonstration, Message, Strategy, Verdict

THINK = Strategy("think", "", ("Think it over.",), writes="thought")
PLAIN = Strategy("direct", "", ("Answer alone.",))
THOUGHT, BARE = Completion("4", "stop", reasoning="2 and 2"), Completion("4", "stop")
RIGHT, WRONG = Verdict("correct", "4", "stated"), Verdict("wrong", "5", "stated")


def shown(system: str, text: str = "4") -> Demonstration:
    messages = (Message("system", system), Message("user", "2 + 2?"))
    return Demonstration("t", "f", "think", messages, Completion(text, "stop", reasoning="2 and 2"), RIGHT)


def test_what_is_said_beside_the_instruction_is_taken_back() -> None:
    for instruction in ("Think it over.", ""):
        said = aloud(instruction)
        assert said.endswith(ALOUD)
        asked = (Message("system", said), Message("user", "2 + 2?"))
        assert without_aloud(asked) == (Message("system", instruction), Message("user", "2 + 2?"))


def test_no_lesson_holds_it() -> None:
    lesson = with_instruction(shown(aloud("Think it over.")))
    assert [turn.content for turn in lesson.messages] == ["Think it over.", "2 + 2?", "4"]
    erased = erase(shown(aloud("Think it over.")), "Be careful.", (THINK,))
    assert erased is not None and all(ALOUD not in turn.content for turn in erased.messages)
    assert erase(shown("Think it over.", f"{ALOUD} 4"), "Be careful.", ()) is None  # the teacher repeats it


def test_an_answer_without_a_thought_teaches_no_thinking() -> None:
    assert with_thought(THOUGHT, RIGHT) == RIGHT and with_thought(BARE, WRONG) == WRONG
    found = with_thought(BARE, RIGHT)
    assert found.outcome == "unextracted" and "shows no thought" in found.why


@pytest.mark.parametrize(
    ("thinking", "writes", "expected"),
    [
        (None, None, "none"), ("off", None, "empty"), ("low", None, "thought"), (300, None, "thought"),
        ("high", "none", "none"), (None, "thought", "thought"), ("off", "none", "none"),
    ],
)  # fmt: skip
def test_a_student_writes_what_the_teacher_is_asked_for_unless_it_is_said(
    thinking: Any, writes: Any, expected: str
) -> None:
    assert written(Strategy("s", "", ("x",), thinking=thinking, writes=writes)) == expected


def test_what_is_learned_tells_answers_apart() -> None:
    assert learned(THINK, THOUGHT) == "2 and 2\n4" and learned(PLAIN, THOUGHT) == "4"
