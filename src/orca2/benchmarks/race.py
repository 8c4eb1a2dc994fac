"""RACE: English examinations of Chinese pupils, questions on a text (Lai et al. 2017, arXiv 1704.04683)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question
from orca2.core.multiple_choice import choice, letter

BENCHMARK = Benchmark(
    title="RACE",
    kind="reasoning",
    about="Questions on a text with four options, from middle and high schools.",
    means="The share with the right option; middle and high school weigh the same.",
    files=("race*.jsonl*", "race*.parquet", "race/*"),
    hub=(Hub("ehovy/race", "middle", subset="middle"), Hub("ehovy/race", "high", subset="high")),
    known_as=("race",),
)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    part = row.get("example_id", "").rstrip("0123456789.tx") or subset
    text = f"{row['article'].strip()}\n\n{row['question'].strip()}"
    yield choice(text, row["options"], letter(row["answer"]), subset=part, cluster=row["article"])
