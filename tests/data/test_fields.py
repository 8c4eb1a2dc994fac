"""The field map: columns, paths into columns, templates, and rows of messages."""

from typing import Any

import pytest

from orca2.data.fields import check_fields, fill, to_row
from orca2.errors import DataError, RecipeError

ROW = {
    "q": {"text": "How?", "id": 7, "a.b": "odd"}, "choices": {"text": ["red", "blue"], "label": ["A", "B"]},
    "answers": [{"text": "four"}, {"text": "4"}], "x.y": "its own name", "x": {"y": "within"},
    "cell": '{"text": "in JSON", "n": [1, 2]}', "gone": None, "target": "4", "plain": "text",
}  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("q.text", "How?"), ("q.id", "7"), ("choices.text", "red\nblue"), ("choices.text.1", "blue"),
        ("answers.text", "four\n4"), ("answers.0.text", "four"), ("answers[-1].text", "4"),
        ("{answers[0].text}", "four"),
        ("choices.text[-2]", "red"), ("cell.n[-1]", "2"), ("x.y", "its own name"),
        ("cell.text", "in JSON"), ("cell.n.1", "2"),
        ("{q.text} {choices.label}", "How? A\nB"), ("{{{plain}}} }}", "{text} }"), ("{x.y}", "its own name"),
    ],
)  # fmt: skip
def test_columns_paths_and_templates(spec: str, said: str) -> None:
    check_fields({"prompt": spec})
    assert to_row(ROW, {"prompt": spec}, "d:1", "f").prompt == said
    assert fill(spec, ROW, "d:1").strip() == said


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("none", "no column 'none' for prompt; columns here: q, choices, "),
        ("q.none", "no column 'q.none' for prompt; q holds text, id, a.b"),
        ("q.text.more", r"no column 'q.text.more' for prompt; q.text holds no such part"),
        ("answers.5.text", "answers holds no such part"),
        ("answers[-3].text", "answers holds no such part"),
        ("{none}", "no column 'none' for '{none}'; columns here: q"),
        ("{q.none}", "q holds text, id"),
        ("{gone}", "no value in column 'gone'"),
        ("gone", "no prompt in column 'gone'"),
        ("gone.more", "no prompt in column"),
        ("q", "column 'q' holds text, id, a.b, no text; name a text in it"),
        ("answers", "column 'answers' holds a list, no text"),
    ],
)
def test_what_a_row_lacks_is_named(spec: str, said: str) -> None:
    with pytest.raises(DataError, match=f"^d:1: .*{said}"):
        to_row(ROW, {"prompt": spec}, "d:1", "f")


@pytest.mark.parametrize("spec", ["{q} {", "} {q}", "{q!x}", "{q!r}", "{q:>9}", "{}", "{q:{w}}", "{q"])
def test_a_template_that_no_row_could_fill_is_refused_as_it_is(spec: str) -> None:
    with pytest.raises(RecipeError) as said:
        check_fields({"target": spec})
    assert repr(spec) in str(said.value) and str(said.value).startswith("tasks.options.fields.target: ")


def test_a_field_that_is_no_text_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"fields.prompt: \['q'\] is no text"):
        check_fields({"prompt": ["q"]})  # type: ignore[dict-item]


def test_objects_are_json_in_targets_and_fields() -> None:
    row = to_row({"prompt": "2+2?", "target": {"sum": 4}, "flag": True, "gone": None}, {}, "d:1", "f")
    assert row.target == '{"sum": 4}' and row.fields == {"prompt": "2+2?", "target": '{"sum": 4}', "flag": "true"}


def said(role: str, content: Any) -> dict[str, Any]:
    return {"role": role, "content": content}


AT = {"prompt": "messages.0.content"}
SYSTEM, ASKED, ANSWER = said("system", "Be kind."), said("user", "2+2?"), said("assistant", "4")


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        ({"prompt": [ASKED], "target": "4"}, {}),
        ({"prompt": [ASKED], "completion": [ANSWER]}, {"target": "completion"}),
        ({"talk": [ASKED, ANSWER]}, {"prompt": "talk", "target": "talk"}),
        (
            {"messages": [ASKED, said("assistant", "5"), said("user", "Sure?"), ANSWER]},
            {"prompt": "messages.0.content", "target": "messages[-1].content"},
        ),
    ],
)
def test_messages_are_a_question_and_an_answer(raw: dict[str, Any], fields: dict[str, str]) -> None:
    row = to_row(raw, fields, "d:1", "f")
    assert (row.prompt, row.target) == ("2+2?", "4")


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        (
            [SYSTEM, SYSTEM, ASKED, ANSWER],
            'messages: two system messages; name what is meant, as in prompt = "mess',
        ),
        ([SYSTEM, ANSWER], "messages: an answer before any question"),
        ([ASKED], "messages: the last message is not the assistant's"),
        (
            [said("user", [{"type": "image_url"}]), ANSWER],
            "messages: a message of the user holds no text, or more than text",
        ),
        ([said("user", None), ANSWER], "messages: a message of the user holds no text"),
    ],
)
def test_messages_that_are_no_task_are_refused_by_their_row(messages: list[Any], said: str) -> None:
    with pytest.raises(DataError, match=f"^d:1: {said}"):
        to_row({"messages": messages}, {"prompt": "messages", "target": "messages"}, "d:1", "f")
