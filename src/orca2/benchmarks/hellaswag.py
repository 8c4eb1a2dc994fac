"""HellaSwag: which sentence follows (Zellers et al. 2019, arXiv 1905.07830)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question
from orca2.core.multiple_choice import choice

BENCHMARK = Benchmark(
    title="HellaSwag",
    kind="completion",
    about="The start of a scene and four ways to go on, of which one was written by people.",
    means="The share with the right option. Other harnesses score the likelihood of each ending, which gives other"
    " numbers than asking for one.",
    files=("hellaswag*.jsonl*", "hellaswag*.parquet", "hellaswag/*"),
    hub=(Hub("Rowan/hellaswag", split="validation"),),
    known_as=("hellaswag",),
)
_MARKS = re.compile(r"\[[a-z]{2,12}\]\s?")  # "[title]", "[step]" of the how-to texts


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    activity = row.get("activity_label", "")
    scene = _plain(f"{activity}: {row['ctx']}" if activity else row["ctx"])
    yield choice(
        f"How does this text go on?\n{scene}", [_plain(ending) for ending in row["endings"]], int(row["label"])
    )


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", text).split())
