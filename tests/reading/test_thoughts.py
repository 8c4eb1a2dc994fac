"""Thinking, in the forms that models and servers write it, is never read as the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import auto
from orca2.reading.thoughts import without_thoughts


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
