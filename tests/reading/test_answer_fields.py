"""The answer field of JSON outranks the prose beside it; a response cut inside its JSON is truncated."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import auto
from orca2.reading.answer_fields import Field, answer_field


@pytest.mark.parametrize(
    ("target", "response", "question", "outcome"),
    [
        ("84", '{"final_answer": 84}', "How many?", "correct"),
        ("84", '{"Answer": "84 jars"}', "How many?", "correct"),
        ("84", '{"explanation": "it is 80", "result": {"value": 84}}', "How many?", "correct"),
        ("84", '{"result": {"answer": "84", "unit": "jars"}}', "How many?", "correct"),
        ("84", '{"response": {"reasoning": "x", "final_answer": "84"}}', "How many?", "correct"),
        ("B", '{"choice": "B"}', "Which?\nA) x\nB) y", "correct"),
        ("B", '{"choice": "B) y"}', "Which?\nA) x\nB) y", "correct"),
        (
            "B",
            '```json\n{"reasoning": "A is wrong", "selected_option": "B"}\n```\nHope this helps! A is nice too.',
            "Which?\nA) x\nB) y",
            "correct",
        ),
        ("refund", '{"label": "refund", "confidence": 0.93}', "billing, shipping or refund?", "correct"),
        ("refund", '{"category": "billing"}\nSo it is refund', "billing, shipping or refund?", "wrong"),
        ("84", "```\n{'answer': '84'}\n```", "How many?", "correct"),
        ("84", '{"reasoning": "14*6 = 84, so the answer is 84", "answ', "How many?", "truncated"),
        ("84", '{"reasoning": "14*6 = 84, so the answer is 84', "How many?", "truncated"),
        ("84", 'Sure!\n```json\n{"reasoning": "14*6 = 84, so the answer is', "How many?", "truncated"),
        ("84", '{"steps": ["14", "28"], "answer": "84"', "How many?", "truncated"),
        ("84", '{"answer": "84", "reasoning": "because 14 ti', "How many?", "truncated"),
        ("84", '{"answer": null}', "How many?", "unextracted"),
        ("84", '{"answer": "I do not know"}\n84 is a nice number', "How many?", "unextracted"),
        ("84", '[{"answer": "84"}]', "How many?", "correct"),
        ("84", '{"answer": ["84"]}', "How many?", "correct"),
        ("yes", '{"answer": true}', "Is it? Answer yes or no.", "correct"),
        ("84", 'The JSON: {"problem": "6 crates", "answer": 84}', "How many?", "correct"),
        ("84", '{\n "thought": "maybe {83}",\n "answer": 84,\n}', "How many?", "correct"),
        ("84", "{answer: 84}", "How many?", "correct"),
        ("84", '{"reasoning": "He said "84" and {x}", "answer": "84"}', "How many?", "correct"),
        ("84", '**Answer**: {"answer": "83"}', "How many?", "wrong"),
    ],
)
def test_what_a_field_says_is_the_answer(target: str, response: str, question: str, outcome: str) -> None:
    assert auto.load().grade(target, response, question).outcome == outcome


@given(
    answer=st.text(st.characters(exclude_categories=("Cs",)), max_size=40),
    reasoning=st.text(st.characters(exclude_categories=("Cs",)), max_size=80),
    fence=st.sampled_from(["{}", "```json\n{}\n```", "Here it is:\n\n```\n{}\n```\n"]),
)
def test_well_formed_json_gives_its_answer_as_it_is(answer: str, reasoning: str, fence: str) -> None:
    if "\\" in answer + reasoning or answer.strip(" .<>[]_") in ("", "your answer"):
        return  # a backslash may be LaTeX's, and a form is not filled in
    text = fence.replace("{}", json.dumps({"reasoning": reasoning, "answer": answer}, indent=2))
    assert answer_field(text) == Field(answer)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"reasoning": "\\\\(3 \\times 4\\)", "answer": "\\frac{1}{2}"}', "\\frac{1}{2}"),
        ('{"answer": "\\\\frac{1}{2}"}', "\\frac{1}{2}"),
        ('{"reasoning": "one\ntwo", "answer": "a\\nb"}', "a\nb"),
        ("{'reasoning': 'x', 'answer': 'it'}", "it"),
        ('```json\n    "reasoning": "x",\n    "answer": "7"\n}\n```', "7"),
    ],
)
def test_what_models_break_is_mended(text: str, answer: str) -> None:
    assert answer_field(text) == Field(answer)


def test_prose_has_no_field() -> None:
    assert answer_field('The answer: 7. She said: "no".') is None
    assert answer_field("We write {x: x > 2} for the set.") is None
