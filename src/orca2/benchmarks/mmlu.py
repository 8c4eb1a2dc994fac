"""MMLU: 57 subjects from school to profession (Hendrycks et al. 2021, arXiv 2009.03300)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question
from orca2.core.multiple_choice import choice, letter

BENCHMARK = Benchmark(
    title="MMLU",
    kind="knowledge",
    about="Questions on 57 subjects with four options.",
    means="The share with the right option; each subject weighs the same.",
    files=("mmlu/*_test.csv*", "mmlu*.jsonl*", "mmlu*.parquet", "mmlu/*.parquet"),
    hub=(Hub("cais/mmlu", "all"),),
    known_as=("mmlu",),
)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    options = row["choices"] if "choices" in row else [row[f"choice{place}"] for place in range(4)]
    answer = row["answer"]
    gold = answer if isinstance(answer, int) else int(answer) if answer.isdigit() else letter(answer)
    yield choice(row["question"], options, gold, subset=row.get("subject") or subset.removesuffix("_test"))
