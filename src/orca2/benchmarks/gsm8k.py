"""GSM8K: word problems of grade-school mathematics (Cobbe et al. 2021, arXiv 2110.14168)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question

BENCHMARK = Benchmark(
    title="GSM8K",
    kind="reasoning",
    about="Word problems that take two to eight steps of arithmetic.",
    means="The share whose final number is right; how it was reached does not count.",
    files=("gsm8k/test.jsonl*", "gsm8k*.jsonl*", "gsm8k*.parquet"),
    hub=(Hub("openai/gsm8k", "main"),),
    known_as=("gsm8k", "grade-school-math", "grade_school_math"),
)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    _, mark, answer = row["answer"].rpartition("####")
    if not mark:
        raise ValueError("the answer has no line '#### N'")
    yield Question(row["question"].strip(), answer.strip(), "number")
