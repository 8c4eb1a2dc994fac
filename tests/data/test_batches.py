"""Requests of a batch and their results, which lie in files of their own."""

import json
from pathlib import Path
from typing import Any

import pytest

from orca2.errors import DataError, RowError
from orca2.sources import jsonl


def request(n: int) -> dict[str, Any]:
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": f"{n}+{n}?"}]}
    return {"custom_id": f"r{n}", "method": "POST", "url": "/v1/chat/completions", "body": body}


def result(n: int, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": str(2 * n)}, "finish_reason": "stop"}
    response = {"status_code": 200, "request_id": "x", "body": {"choices": [choice]}}
    return {"id": f"batch_{n}", "custom_id": f"r{n}", "response": response, "error": None, **more}


def written(file: Path, *rows: dict[str, Any]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_requests_get_their_results_in_whatever_order_the_files_are(tmp_path: Path) -> None:
    written(tmp_path / "requests.jsonl", request(1), request(2), request(3), request(4))
    failed = result(3, response={"status_code": 400, "body": {"error": {"message": "no"}}})
    written(tmp_path / "results.jsonl", result(2), result(1), failed)
    bad: list[RowError] = []
    said: list[str] = []
    for path in (["requests.jsonl", "results.jsonl"], ["results.jsonl", "requests.jsonl"], "."):
        bad.clear()
        rows = list(jsonl.load(tmp_path, path, bad_row=bad.append, say=said.append))
        assert [(row.family, row.prompt, row.target) for row in rows] == [
            ("requests", "1+1?", "2"),
            ("requests", "2+2?", "4"),
        ]
        assert {error.kind for error in bad} == {"the response is an error", "a request of a batch without a result"}
    assert all(line.startswith("requests: requests and their responses") for line in said)


@pytest.mark.parametrize(
    ("row", "said"),
    [(request(1), "a request of a batch: the last message"), (result(1), "a result of a batch without what was asked")],
)
def test_one_file_of_a_batch_is_no_task(row: dict[str, Any], said: str, tmp_path: Path) -> None:
    written(tmp_path / "one.jsonl", row)
    with pytest.raises(DataError, match=f"{said}.* give both files, tasks.options.path = "):
        list(jsonl.load(tmp_path, "one.jsonl"))


def test_files_of_other_shapes_before_and_after_a_batch(tmp_path: Path) -> None:
    written(tmp_path / "a.jsonl", {"question": "0+0?", "answer": "0"})
    written(tmp_path / "b.jsonl", request(1))
    written(tmp_path / "c.jsonl", result(1))
    written(tmp_path / "d.jsonl", {"question": "3+3?", "answer": "6"})
    rows = list(jsonl.load(tmp_path, "*.jsonl"))
    assert [(row.family, row.target) for row in rows] == [("a", "0"), ("b", "2"), ("d", "6")]
