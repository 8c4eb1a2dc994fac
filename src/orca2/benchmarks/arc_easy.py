"""ARC-Easy: science questions of school examinations (Clark et al. 2018, arXiv 1803.05457)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question
from orca2.core.multiple_choice import choice

BENCHMARK = Benchmark(
    title="ARC-Easy",
    kind="knowledge",
    about="Science questions of grades 3 to 9 with three to five options, the easier part.",
    means="The share with the right option.",
    files=("arc_easy.jsonl*", "arc_easy*.parquet", "ARC-Easy*"),
    hub=(Hub("allenai/ai2_arc", "ARC-Easy"),),
    known_as=("arc_easy", "arc-easy", "ai2_arc"),
)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    if "query" in row:
        yield choice(row["query"].removeprefix("Question:"), row["choices"], row["gold"])
        return
    options = row["choices"]
    yield choice(row["question"], options["text"], list(options["label"]).index(row["answerKey"]))
