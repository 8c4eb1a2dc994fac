"""Thinking, in the forms that models and servers write it, is never read as the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import auto
from orca2.reading.thoughts import Split, split_thoughts, unmarked, without_thoughts


@pytest.mark.parametrize(
    ("target", "response", "question", "outcome"),
    [
        ("7", "<think>6</think><answer>7</answer>", "How many?", "correct"),
        ("7", "<reasoning>It is 6+1</reasoning>\n<answer>\n7\n</answer>", "How many?", "correct"),
        ("7", "Okay so 6... no 7.\n</think>\n\nThe answer is 7.", "How many?", "correct"),
        ("7", "<think>\nThe answer is 7.", "How many?", "truncated"),
        ("7", "<thinking>The answer is 7.</thinking>", "How many?", "unextracted"),
        (
            "7",
            "<|channel|>analysis<|message|>7.<|end|><|start|>assistant<|channel|>final<|message|>It is 8.<|return|>",
            "How many?",
            "wrong",
        ),
        ("7", "<|channel|>analysis<|message|>It is 7, so", "How many?", "truncated"),
        ("7", "[THINK]It is 8[/THINK]7", "How many?", "correct"),
        ("7", "◁think▷It is 8◁/think▷7", "How many?", "correct"),
        (
            "7",
            "<|begin_of_thought|>8<|end_of_thought|>\n<|begin_of_solution|>The answer is 7.<|end_of_solution|>",
            "How many?",
            "correct",
        ),
        ("7", "The answer is 7. <think>Or is it 8?", "How many?", "correct"),
        ("7", "<seed:think>8</seed:think>7", "How many?", "correct"),
        ("7", "<think></think>\n\n7", "How many?", "correct"),
        ("7", "analysisWe need 6+1assistantfinal7", "How many?", "correct"),
        ("7", "<reflection>8</reflection> 7", "How many?", "correct"),
        ("7", "Reasoning: <think>8</think>\n<think>9</think>\n7", "How many?", "correct"),
        ("7", "<thought>\nfoo 8\n</thought>\nSo 7", "How many?", "correct"),
        ("7", "<|START_THINKING|>8<|END_THINKING|><|START_RESPONSE|>7<|END_RESPONSE|>", "How many?", "correct"),
    ],
)
def test_thoughts_are_left_out(target: str, response: str, question: str, outcome: str) -> None:
    assert auto.load().grade(target, response, question).outcome == outcome


@given(
    thought=st.text(st.characters(exclude_characters="<[◁|", exclude_categories=("Cs",)), max_size=60),
    answer=st.text(st.characters(exclude_characters="<[◁|", exclude_categories=("Cs",)), min_size=1, max_size=60),
    marks=st.sampled_from(
        [("<think>", "</think>"), ("", "</think>"), ("[THINK]", "[/THINK]"), ("◁think▷", "◁/think▷")]
    ),
)
def test_what_follows_the_thought_comes_back_as_it_is(thought: str, answer: str, marks: tuple[str, str]) -> None:
    if answer.strip():
        assert without_thoughts(f"{marks[0]}{thought}{marks[1]}{answer}") == (answer, False)


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("<think>5?</think>It is 6.", Split("It is 6.", "5?")),
        ("so 6.</think>6", Split("6", "so 6.")),
        ("<think>5 or", Split("", "5 or", True)),
        ("7</think>", Split("", "7")),
        ("7</think><think>8", Split("", "7\n\n8")),
        ("The answer is 7. <think>Or 8?", Split("The answer is 7.", "Or 8?")),
        ("The answer is 7. <think>Or 8?</think>", Split("The answer is 7. ", "Or 8?")),
        ("Well: <think>8</think>\n<think>9</think>\n7", Split("\n7", "Well:\n\n8\n\n9")),
        ("<think></think>\n\n7", Split("\n\n7", "")),
        ("<|channel>thought\nhm<channel|>7", Split("7", "hm")),
        ("[THINK]8[/THINK]7", Split("7", "8")),
        ("<|channel|>analysis<|message|>6+1<|end|><|channel|>final<|message|>7<|return|>", Split("7", "6+1")),
        ("<|channel|>analysis<|message|>6+", Split("", "6+", True)),
        ("<|channel|>ana", Split("", "", True)),
        ("analysisWe need 6+1assistantfinal7", Split("7", "We need 6+1")),
        ("analysisWe need 6+", Split("", "We need 6+", True)),
        ("The result is `x`</think>7", Split("7", "The result is `x`")),
        ("Write `<think>` and `</think>` around it.", None),
        ("7 <b> [1] ◁", None),
        ("An analysis of it: 7", None),
        ("6+1<|end|><|start|>assistant<|channel|>final<|message|>7", Split("7", "6+1")),
        ("gpt-oss marks them with <|channel|>, and others do not.", None),
        ("<thi", Split("", "", True)),
        ("[TH", Split("", "", True)),
        ("<", None),
        ("", None),
    ],
)
def test_a_response_is_taken_apart(text: str, split: Split | None) -> None:
    assert split_thoughts(text) == split


def test_marks_that_are_left_in_a_thought_are_no_part_of_it() -> None:
    assert unmarked("<thought>5 or\n6</thought>\n") == "5 or\n6" and unmarked(" plain ") == "plain"


PIECES = st.lists(
    st.sampled_from(
        ["<think>", "</think>", "[THINK]", "[/THINK]", "six ", "`", "\n", "<|channel|>", "final<|message|>"]
    ),
    max_size=9,
).map("".join)


@given(PIECES)
def test_an_answer_holds_no_mark_and_is_its_own(text: str) -> None:
    split = split_thoughts(text)
    if split is not None and "<|channel|>" not in text and "`" not in text:
        assert split_thoughts(split.answer) is None
        assert split.answer.count("six") + split.thought.count("six") == text.count("six")  # nothing is lost
        assert not (split.cut and split.answer)
