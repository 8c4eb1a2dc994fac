"""CRASS: what would have happened if things had been otherwise (Frohberg and Binder 2021, arXiv 2112.11941)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question
from orca2.core.multiple_choice import choice, mixed

BENCHMARK = Benchmark(
    title="CRASS",
    kind="reasoning",
    about="A fact, and what would be so if it were not, with three or four options in an order drawn by a hash.",
    means="The share with the right option.",
    files=("crass*.jsonl*", "crass*.json*", "crass*.csv*", "crass*.parquet", "crass/*"),
    hub=(Hub("tasksource/bigbench", "crass_ai", "validation"), Hub("tasksource/bigbench", "crass_ai", "train")),
    known_as=("crass",),
    paper="the hub's copy is what BIG-bench took of it",
)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    """A row of BIG-bench, as the hub or as its own task file has it."""
    for example in row.get("examples", [row]):
        if "target_scores" in example:
            text, scores = example["input"], example["target_scores"]
            right = [option for option, score in scores.items() if score]
            options = list(scores)
        else:
            text, options = example["inputs"], example["multiple_choice_targets"]
            right = [o for o, score in zip(options, example["multiple_choice_scores"], strict=True) if score]
        text = text.split("\n  choice:")[0].removeprefix("Q: ").removesuffix("\nA:").strip()
        yield choice(text, *mixed(right[0], [option for option in options if option not in right], text), subset="")
