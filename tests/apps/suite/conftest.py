"""A folder of made benchmarks, an endpoint that knows a little, and graded answers without either."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.shapes import SHAPES
from tests.server import completion, serve

KNOWING = {"hot?": "The answer is (B) fire.", "What is 3 + 4?": "3 + 4 = 7.\n#### 7", "2 + 2?": "(D)"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return put_all(tmp_path / "data")


def put_all(folder: Path) -> Path:
    for name, rows in SHAPES.values():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def answer(messages: list[dict[str, str]]) -> Any:
    """Knows a little; is cut, undecided or silent at times; and judges."""
    asked = messages[-1]["content"]
    if "Score: N" in asked:
        return "It is fine. Score: 8"
    if "Made up: yes" in asked:
        return "Nothing is. Made up: no"
    if "Verdict: A" in asked:
        return "Verdict: tie"
    if "1,000 + 1" in asked:
        return completion("First we take 1,000 and then", "length")
    if "cold?" in asked:
        return "It is (A) or (B)."
    return next((said for part, said in KNOWING.items() if part in asked), "I do not know <script>alert(1)</script>.")


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    with serve(answer) as served:
        yield served
