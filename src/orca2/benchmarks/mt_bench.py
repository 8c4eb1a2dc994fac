"""MT-Bench: 80 questions with a second turn each, rated by a judge (Zheng et al. 2023, arXiv 2306.05685)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question

BENCHMARK = Benchmark(
    title="MT-Bench",
    kind="conversation",
    about="Writing, role play, extraction, reasoning, mathematics, code, science and humanities, two turns each.",
    means="The mean of a judge's ratings of both turns, from 1 to 10; it says as much of the judge as of the model.",
    files=("mt_bench/question.jsonl* + mt_bench/reference_answer*.jsonl*", "mt_bench*.jsonl*", "mt_bench*.parquet"),
    hub=(Hub("HuggingFaceH4/mt_bench_prompts", split="train"),),
    measure="rated",
    max_tokens=1024,
    known_as=("mt_bench", "mt-bench"),
    paper="the paper's judge is another one, so the numbers do not compare",
    wording="the benchmark's own",
)


def join(rows: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Questions with the reference answers of the file beside them."""
    references = {row["question_id"]: row["choices"][0]["turns"] for row in rows if "choices" in row}
    for row in rows:
        if "choices" not in row:
            yield {**row, "reference": references.get(row.get("question_id"), row.get("reference")) or []}


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    turns = row["turns"] if "turns" in row else row["prompt"]
    first, *rest = turns
    references = tuple(row.get("reference") or ())
    yield Question(first, follow_ups=tuple(rest), references=references, subset=row["category"])
