"""Lines of results in the shapes that are written out there, and requests cut into files."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.types import Completion
from orca2.endpoints.batch_lines import cut, is_request, read_result, request_line
from orca2.endpoints.reply import read_reply

RESULTS = Path(__file__).parent / "results"
ANSWERED = ["openai", "azure", "vllm", "mistral", "bare", "text"]


def lines(name: str) -> list[Any]:
    return [json.loads(line) for line in (RESULTS / f"{name}.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("name", ANSWERED)
def test_an_answer_is_read_from_every_dialect(name: str) -> None:
    found = read_result(lines(name)[0])
    assert (found.name, found.complaint, found.why) == ("request-1", None, "")
    assert found.reply is not None
    assert read_reply(found.reply, b"{}").completion == Completion("The answer is 4.", "stop", 24, 8)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("openai_errors", 0, "error invalid_value: max_tokens is too large: 1000000."),
        ("openai_errors", 1, "error batch_expired: This request could not be executed before"),
        ("azure", 1, "error content_filter: The response was filtered due to"),
        ("vllm", 1, "error 400: The prompt (5000 tokens) is longer than"),
        ("vllm", 2, "error 404: The model `other` does not exist."),
        ("vllm", 3, "error 400: temperature must be non-negative"),
        ("together_errors", 0, "error model_error: the model was not loaded in time"),
    ],
)
def test_a_failure_is_none_of_an_answer_and_is_told_in_its_own_words(name: str, line: int, said: str) -> None:
    found = read_result(lines(name)[line])
    assert found.name == f"request-{line + 1}" and found.reply is None and found.why.startswith(said), found


def test_a_filtered_answer_is_none() -> None:
    found = read_result(lines("azure")[2])
    assert found.reply is not None and read_reply(found.reply, b"{}").completion.finish_reason == "error"


@pytest.mark.parametrize("row", [[], "text", None, {}, {"custom_id": 3}, {"response": {"status_code": 200}}])
def test_what_names_no_request_is_no_result(row: Any) -> None:
    with pytest.raises(ValueError, match="custom_id"):
        read_result(row)


def test_requests_are_told_from_results() -> None:
    assert is_request(json.loads(request_line("k", b"{}")))
    assert not any(is_request(row) for file in RESULTS.glob("*.jsonl") for row in lines(file.stem))
    assert not is_request([]) and not is_request({"custom_id": "k"})


@given(st.lists(st.binary(min_size=1, max_size=9)), st.integers(1, 5), st.integers(1, 20))
def test_cutting_loses_and_turns_nothing_and_keeps_to_both_limits(rows: list[bytes], most: int, size: int) -> None:
    files = list(cut(iter(rows), most, size))
    assert [line for file in files for line in file] == rows
    assert all(0 < len(file) <= most and (len(file) == 1 or sum(map(len, file)) <= size) for file in files)
    for file, after in pairwise(files):  # none ends earlier than it has to
        assert len(file) == most or sum(map(len, file)) + len(after[0]) > size
