"""Where each form puts system messages, earlier turns and thoughts."""

from orca2.apps.lessons._forms import FORMS, in_text
from orca2.core.types import Lesson, Message

TURNS = (
    Message("system", "Be brief."), Message("user", "2+2?"), Message("assistant", "4"),
    Message("user", "7+1?"), Message("assistant", "8", "7 and one more"),
)  # fmt: skip
LESSON = Lesson(TURNS, "t")


def test_a_field_of_its_own_holds_a_thought() -> None:
    answer = {"role": "assistant", "content": "8", "reasoning_content": "7 and one more"}
    assert FORMS["messages"](LESSON)["messages"][-2:] == [{"role": "user", "content": "7+1?"}, answer]
    made = FORMS["prompt-completion"](LESSON)
    assert made["completion"] == [answer] and [turn["content"] for turn in made["prompt"]] == [
        "Be brief.", "2+2?", "4", "7+1?",
    ]  # fmt: skip


def test_forms_without_one_have_it_in_the_text() -> None:
    said = "<think>\n7 and one more\n</think>\n\n8"
    assert in_text(TURNS[-1]) == said and in_text(TURNS[2]) == "4"
    speakers = [turn["from"] for turn in FORMS["sharegpt"](LESSON)["conversations"]]
    assert speakers == ["system", "human", "gpt", "human", "gpt"]
    assert FORMS["sharegpt"](LESSON)["conversations"][-1]["value"] == said
    assert FORMS["alpaca"](LESSON) == {
        "instruction": "7+1?", "input": "", "output": said, "system": "Be brief.", "history": [["2+2?", "4"]],
    }  # fmt: skip
