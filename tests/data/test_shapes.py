"""Rows as people have them: recognised, said, and read; or refused with the columns and the mapping to write."""

import asyncio
import json
from typing import Any

import pytest

from orca2.core.types import Message, Request, Task
from orca2.data.row import Row
from orca2.data.shapes import SHAPES, check_options, recognised, shaped
from orca2.errors import DataError, RecipeError, RowError
from orca2.models import recorded

ASKED, ANSWER = {"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}
SYSTEM = {"role": "system", "content": "Be kind."}
SHAREGPT = [{"from": "human", "value": "2+2?"}, {"from": "gpt", "value": "4"}]
COMPLETION = {"choices": [{"message": ANSWER, "finish_reason": "stop"}]}


def read(*raws: dict[str, Any], **options: Any) -> tuple[list[Row], list[str]]:
    said: list[str] = []
    numbered = ((f"d:{number}", raw) for number, raw in enumerate(raws, 1))
    return list(shaped(numbered, options.pop("fields", {}), "d", say=said.append, **options)), said


@pytest.mark.parametrize(
    ("raw", "shape"),
    [
        ({"prompt": "2+2?", "target": "4"}, "columns"),
        ({"messages": [ASKED, ANSWER]}, "messages"),
        ({"messages": '[{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}]'}, "messages"),
        ({"prompt": "2+2?", "prompt_id": "x", "messages": [ASKED, ANSWER]}, "messages"),
        ({"messages": [ASKED], "target": "4"}, "messages"),
        ({"id": "x_0", "conversations": SHAREGPT}, "conversations"),
        ({"conversations": SHAREGPT, "system": ""}, "conversations"),
        ({"instruction": "2+2?", "input": "", "output": "4"}, "alpaca"),
        ({"instruction": "2+2?", "input": None, "output": "4", "text": "Below is an instruction"}, "alpaca"),
        ({"question": "2+2?", "answer": "4", "id": 7}, "question_answer"),
        ({"Question": "2+2?", "Answer": 4}, "question_answer"),
        ({"prompt": "2+2?", "completion": "4"}, "question_answer"),
        ({"prompt": [ASKED], "completion": [ANSWER]}, "question_answer"),
        ({"request": {"messages": [ASKED]}, "response": COMPLETION}, "exchanges"),
        ({"messages": [ASKED], "response": "4"}, "exchanges"),
        ({"custom_id": "a", "body": {"messages": [ASKED]}, "response": {"body": COMPLETION}}, "exchanges"),
        ({"custom_id": "a", "body": {"messages": [ASKED, ANSWER]}}, "batch_requests"),
    ],
)
def test_each_shape_gives_the_question_and_the_answer(raw: dict[str, Any], shape: str) -> None:
    found = recognised([raw])
    assert found is not None and found.name == shape
    (row,), said = read(raw)
    assert (row.prompt, row.target) == ("2+2?", "4")
    assert [line.split(":")[0] for line in said] == ([] if shape == "columns" else ["d"])
    assert read(raw, shape=shape)[0] == [row]


def test_an_answer_that_is_there_is_one_that_a_recorded_teacher_gives() -> None:
    teacher = recorded.load({"direct": "target"}, len)
    (row,), _ = read({"request": {"messages": [ASKED]}, "response": COMPLETION})
    task = Task("t", "d", row.prompt, row.target, "auto", "train", row.fields)
    request = Request((Message("user", row.prompt),), 9, task=task, strategy="direct")

    async def answered() -> list[str]:
        return [completion.text async for _, completion in teacher.generate([request])]

    assert asyncio.run(answered()) == ["4"]


def test_the_input_of_an_alpaca_row_is_part_of_what_is_asked() -> None:
    (row,), _ = read({"instruction": "Add.", "input": "2 and 2", "output": "4"})
    assert row.prompt == "Add.\n\n2 and 2"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"messages": [SYSTEM, SYSTEM, ASKED, ANSWER]}, "messages: two system messages"),
        ({"messages": [SYSTEM, ASKED, ANSWER], "system": "Be brief."}, "messages: two system messages"),
        ({"messages": [ANSWER, ASKED]}, "messages: an answer before any question"),
        ({"messages": [ASKED, ANSWER, ASKED]}, "messages: the last message is not the assistant's"),
        ({"messages": [[ASKED, ANSWER]]}, "messages: no list of messages"),
        ({"messages": str([ASKED, ANSWER])}, "messages: messages written out as text"),
        ({"messages": "text"}, "messages: no list of messages"),
        ({"messages": [ASKED]}, "messages: the last message is not the assistant's"),
        (
            {"conversations": SHAREGPT[:1], "system": "Be kind."},
            "conversations: the last message is not the assistant's",
        ),
        (
            {"instruction": "2+2?", "output": "4", "history": [["a", "b", "c"]]},
            "history: no list of questions",
        ),
        ({"instruction": "2+2?", "output": "4", "history": ["a", "b"]}, "history: no list of questions"),
        ({"instruction": "2+2?", "output": "4", "history": [["a", ""]]}, "history: an empty message of the assistant"),
        ({"instruction": "2+2?", "output": ["4", ["5"]]}, "its input or its output is no text"),
        ({"question": "2+2?", "answers": {"text": ["4"], "start": [1]}}, "column 'answers' holds an object"),
        ({"question": "2+2?"}, "a question without an answer"),
        ({"custom_id": "a", "body": {"messages": [ASKED]}}, "a request of a batch: the last message is not"),
        ({"custom_id": "a", "body": None}, "a request of a batch: no message of the user"),
        ({"custom_id": "a", "response": {"body": COMPLETION}}, "a result of a batch without what was asked"),
        ({"request": {"messages": [ASKED]}, "response": {"error": "no"}}, "the response is an error"),
        ({"question": "Who?", "context": "A man.", "answer": "4"}, "no prompt in column 'prompt'"),
        ({"problem": "2+2?", "solution": "2 and 2 are 4", "answer": "4"}, "no prompt in column 'prompt'"),
        ({"foo": "2+2?", "bar": "4"}, "no prompt in column 'prompt'"),
        ({"foo": {"text": "2+2?"}, "bar": [{"text": "4"}]}, "no prompt in column 'prompt'"),
        ({}, "no prompt in column 'prompt'"),
    ],
)
def test_what_is_not_understood_is_refused_with_columns_and_mapping(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(RowError) as raised:
        read(raw)
    line = str(raised.value)
    assert line.startswith(f"d:1: {said}") and "\n" not in line
    assert f"columns here: {', '.join(raw) or 'none'}; " in line and "tasks.options.fields = { prompt = " in line


def test_the_mapping_to_write_is_one_that_reads_the_row() -> None:
    with pytest.raises(RowError, match=r'{ prompt = "foo.text", target = "bar\[-1\].text" }'):
        read({"foo": {"text": "2+2?"}, "bar": [{"text": "4"}]})
    fields = {"prompt": "foo.text", "target": "bar[-1].text"}
    (row,), said = read({"foo": {"text": "2+2?"}, "bar": [{"text": "4"}]}, fields=fields)
    assert (row.prompt, row.target, said) == ("2+2?", "4", [])


@pytest.mark.parametrize(
    ("raw", "map_"),
    [
        ({"id": "x", "context": "A man.", "question": "Who?", "answers": {"text": ["he"], "start": [1]}},
         r'prompt = "{context}\n{question}", target = "answers.text"'),
        ({"question": "Who?", "choices": {"text": ["a"], "label": ["A"]}, "answerKey": "A"},
         r'prompt = "{question}\n{choices.text}", target = "answerKey"'),
        ({"prompt": "Who?", "chosen": "he", "rejected": "it"}, 'prompt = "prompt", target = "chosen"'),
        ({"messages": [SYSTEM, ANSWER]}, 'prompt = "messages[-2].content", target = "messages[-1].content"'),
        ({"id": 7, "dialog": [SYSTEM, ASKED, ANSWER]}, 'prompt = "dialog", target = "dialog"'),
        ({"frage": "Wer ist es?", "nr": 7}, 'prompt = "frage", target = "nr"'),
        ({"messages": str([ASKED, ANSWER])}, 'prompt = "...", target = "..."'),
    ],
)  # fmt: skip
def test_the_mapping_to_write_is_near_what_is_meant(raw: dict[str, Any], map_: str) -> None:
    with pytest.raises(RowError) as raised:
        read(raw)
    assert str(raised.value).endswith(f"tasks.options.fields = {{ {map_} }}")


MORE, THEN = {"role": "user", "content": "and 3+3?"}, {"role": "assistant", "content": "6"}
PAIRS = [["2+2?", "4"]]


@pytest.mark.parametrize(
    "raw",
    [
        {"messages": [SYSTEM, ASKED, ANSWER, MORE, THEN]},
        {"messages": json.dumps([SYSTEM, ASKED, ANSWER, MORE, THEN])},
        {"system": "Be kind.", "messages": [ASKED, ANSWER, MORE, THEN]},
        {"prompt": "2+2?", "prompt_id": "x", "messages": [SYSTEM, ASKED, ANSWER, MORE, THEN]},
        {"conversations": [{"from": "system", "value": "Be kind."}, *SHAREGPT, {"from": "human", "value": "and 3+3?"},
                           {"from": "gpt", "value": "6"}]},
        {"conversations": [*SHAREGPT, {"from": "human", "value": "and 3+3?"}, {"from": "gpt", "value": "6"}],
         "system": "Be kind.", "tools": ""},
        {"instruction": "and 3+3?", "input": "", "output": "6", "system": "Be kind.", "history": PAIRS},
        {"prompt": "and 3+3?", "response": "6", "history": PAIRS, "system": "Be kind."},
        {"prompt": "and 3+3?", "target": "6", "history": PAIRS, "system": "Be kind."},
        {"prompt": "and 3+3?", "target": 6, "history": [ASKED, ANSWER], "system_prompt": "Be kind."},
    ],
)  # fmt: skip
def test_each_answer_of_a_conversation_is_a_task_or_the_last(raw: dict[str, Any]) -> None:
    rows, said = read(raw)
    assert [(row.prompt, row.target, row.system) for row in rows] == [
        ("2+2?", "4", "Be kind."), ("and 3+3?", "6", "Be kind."),
    ]  # fmt: skip
    assert [[message.content for message in row.history] for row in rows] == [[], ["2+2?", "4"]]
    assert [row.further for row in rows] == [False, True] and rows[1].where == "d:1, answer 2"
    assert [row.fields["target"] for row in rows] == ["4", "6"]
    assert not {"messages", "conversations", "history"} & rows[0].fields.keys()
    (last,), _ = read(raw, turns="last")
    assert (last.history, last.prompt, last.target) == (rows[1].history, "and 3+3?", rows[1].target)
    beside = [line for line in said if "is the system message of its row" in line]
    assert bool(beside) == bool({"system", "system_prompt"} & raw.keys())


def test_a_row_that_names_its_target_has_that_of_the_last_question() -> None:
    for raw, fields in (
        ({"messages": [SYSTEM, ASKED, ANSWER, MORE], "target": "six"}, {}),
        ({"messages": [SYSTEM, ASKED, ANSWER, MORE, THEN], "target": "six"}, {}),
        ({"messages": [SYSTEM, ASKED, ANSWER, MORE, THEN], "gold": "six"}, {"target": "gold"}),
        ({"chat": [SYSTEM, ASKED, ANSWER, MORE], "gold": "six"}, {"prompt": "chat", "target": "gold"}),
        ({"prompt": [SYSTEM, ASKED, ANSWER, MORE], "completion": [{**THEN, "content": "six"}]}, {}),
        ({"prompt": [SYSTEM, ASKED, ANSWER, MORE], "target": "six"}, {}),
        ({"prompt": [ASKED, ANSWER, MORE], "target": "six", "system": "Be kind."}, {}),
    ):
        (row,), _ = read(raw, fields=fields)
        assert (row.prompt, row.target, row.system, len(row.history)) == ("and 3+3?", "six", "Be kind.", 2)


def test_a_conversation_that_ends_with_a_question_is_a_task_where_something_else_decides() -> None:
    raw = {"messages": [SYSTEM, ASKED, ANSWER, MORE]}
    with pytest.raises(RowError, match="the last message is not the assistant's, so there is no answer"):
        read(raw)
    for options in ({"without_target": True}, {}):
        rows, _ = read(raw if options else {**raw, "gold": "judged"}, **options)
        assert [(row.prompt, row.target, row.system) for row in rows] == [
            ("2+2?", "4", "Be kind."), ("and 3+3?", "", "Be kind."),
        ]  # fmt: skip


def test_a_map_of_prompt_and_target_to_one_column_of_messages_is_its_conversation() -> None:
    raw = {"dialog": [SYSTEM, ASKED, ANSWER, MORE, THEN], "kind": "sums"}
    rows, _ = read(raw, fields={"prompt": "dialog", "target": "dialog", "family": "kind"})
    assert [(row.prompt, row.target, row.system, row.family) for row in rows] == [
        ("2+2?", "4", "Be kind.", "sums"), ("and 3+3?", "6", "Be kind.", "sums"),
    ]  # fmt: skip


def test_a_column_of_system_messages_is_said_aloud_mapped_or_left_out() -> None:
    raw = {"id": 1, "system_prompt": "Be kind.", "question": "2+2?", "response": "4"}
    (row,), said = read(raw)
    assert row.system == "Be kind." and said[1].startswith("d: column 'system_prompt' is the system message of its row")
    both = {"prompt": "question", "target": "response"}
    assert read(raw, fields=both)[0][0].system == "Be kind."
    (row,), said = read(raw, fields={"system": ""})
    assert row.system == "" and len(said) == 1
    raw = {"style": [{"type": "text", "text": "Be kind."}], "prompt": "2+2?", "target": "4", "system": "gpt-4"}
    assert read(raw, fields={"system": "style"})[0][0].system == "Be kind."
    assert read(raw, fields={"system": "Be kind, {system}."})[0][0].system == "Be kind, gpt-4."
    assert read({"messages": [SYSTEM, ASKED, ANSWER]}, fields={"system": ""})[0][0].system == ""
    for wrong in ({"a": 1}, [["x"]]):
        with pytest.raises(RowError, match="no text"):
            read({"style": wrong, "prompt": "2+2?", "target": "4"}, fields={"system": "style"})


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (
            {"messages": [ASKED, ANSWER], "tools": [{"type": "function"}]},
            "messages: definitions of functions",
        ),
        (
            {"messages": [ASKED, {"role": "tool", "content": "4"}, ANSWER]},
            "messages: a message of the tool; what",
        ),
        (
            {"conversations": SHAREGPT, "image": "x.png"},
            "conversations: an image (image) in column",
        ),
        (
            {"instruction": "2+2?", "output": "4", "images": ["x.png"]},
            "an image (images) in column",
        ),
        (
            {"custom_id": "a", "body": {"messages": [ASKED, ANSWER], "tools": [{}]}},
            "a request of a batch: definitions",
        ),
    ],
)
def test_what_is_more_than_text_is_refused_by_name_without_a_map(raw: dict[str, Any], said: str) -> None:
    with pytest.raises(RowError) as raised:
        read(raw)
    line = str(raised.value)
    assert line.startswith(f"d:1: {said}") and line.endswith(f"columns here: {', '.join(raw)}; leave such rows out")


def test_an_object_around_all_rows_is_called_what_it_is() -> None:
    with pytest.raises(RowError, match=r"^d:1: column 'data' holds 2 rows; write that list alone to a file$"):
        read({"version": "1.1", "data": [{"question": "2+2?", "answer": "4"}, {"question": "3+3?", "answer": "6"}]})


def test_messages_written_out_as_text_are_no_prompt_and_no_target() -> None:
    written = {"a": str([ASKED]), "b": str([{"from": "gpt", "value": "4"}]), "c": "text"}
    for fields in ({"prompt": "a", "target": "c"}, {"prompt": "c", "target": "b"}):
        with pytest.raises(RowError, match="messages written out as text; save the table as JSON lines or Parquet"):
            read(written, fields=fields)


def test_a_map_goes_before_the_shape() -> None:
    raw = {"messages": [SYSTEM, ASKED, ANSWER], "meta": {"kind": "sums"}}
    both = {"prompt": "{messages[0].content} {messages[1].content}", "target": "messages[-1].content"}
    (row,), said = read(raw, fields={**both, "family": "meta.kind"})
    assert (row.prompt, row.target, row.family, said) == ("Be kind. 2+2?", "4", "sums", [])
    (row,), _ = read({"question": "2+2?", "answer": "4", "kind": "sums"}, fields={"family": "kind"})
    assert (row.prompt, row.target, row.family) == ("2+2?", "4", "sums")


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        ({"messages": [ASKED], "meta": {"gold": "4"}}, {"target": "meta.gold"}),
        ({"messages": [ASKED, {**ANSWER, "content": "It is 4."}], "gold": "4"}, {"target": "gold"}),
        ({"question": "2+2?", "id": "4"}, {"target": "id"}),
        ({"question": "2+2?", "answer": "no", "gold": "4"}, {"target": "gold"}),
        ({"question": "no", "asked": "2+2?", "answer": "4"}, {"prompt": "asked"}),
        ({"instruction": "no", "text": "2+2?", "output": "4"}, {"prompt": "text"}),
        ({"asked": "2+2?", "target": "4"}, {"prompt": "asked"}),
        ({"asked": "2+2?", "answer": "4"}, {"prompt": "asked"}),
        ({"prompt": "2+2?", "label": "4"}, {"target": "label"}),
    ],
)
def test_a_map_of_one_role_leaves_the_other_to_the_shape(raw: dict[str, Any], fields: dict[str, str]) -> None:
    (row,), _ = read(raw, fields=fields)
    assert (row.prompt, row.target) == ("2+2?", "4")
    assert not any("field map" in value for value in row.fields.values())


def test_a_row_of_another_shape_is_a_bad_row_and_is_counted() -> None:
    bad: list[RowError] = []
    rows, said = read(
        {"foo": "first"}, {"messages": [ASKED, ANSWER]}, {"messages": [ASKED, ANSWER]}, {"messages": [ANSWER]},
        bad_row=bad.append,
    )  # fmt: skip
    assert len(rows) == 2 and len(said) == 1
    assert [error.kind for error in bad] == [
        "no row of the shape 'messages'",
        "messages: an answer before any question",
    ]


def test_a_shape_is_told_from_most_of_the_first_rows_and_named_ones_are_known() -> None:
    assert recognised([]) is None and recognised([{"foo": 1}]) is None
    check_options(shape="messages")
    with pytest.raises(RecipeError, match=r"tasks.options.shape: no 'sharegtp'.*valid: columns, messages"):
        check_options(shape="sharegtp")
    with pytest.raises(DataError, match="no row of the shape 'alpaca'"):
        read({"messages": [ASKED, ANSWER]}, shape="alpaca")


@pytest.mark.parametrize(
    "value", [None, True, 4, 0.5, "", "x", [], [1], [[1], [2]], {}, {"a": 1}, [{"a": None}], [None]]
)
def test_no_value_of_a_known_column_ends_with_anything_but_a_row_or_a_row_error(value: Any) -> None:
    for names in (
        ("prompt", "target"), ("messages",), ("conversations", "system"), ("instruction", "input", "output", "history"),
        ("question", "answer"), ("request", "response"), ("custom_id", "body"), ("custom_id", "response"),
        ("messages", "response"), ("messages", "tools", "target"), ("prompt", "history", "target", "system"),
    ):  # fmt: skip
        for name in names:
            raw = dict.fromkeys(names, "x") | {name: value}
            bad: list[RowError] = []
            for shape in [None, *(shape.name for shape in SHAPES)]:
                rows, _ = read(raw, shape=shape, bad_row=bad.append)
                assert not any("{'" in row.prompt + row.target for row in rows)
