"""TruthfulQA: questions that many people answer wrongly (Lin et al. 2021, arXiv 2109.07958), with one true option."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question
from orca2.core.multiple_choice import choice, mixed

BENCHMARK = Benchmark(
    title="TruthfulQA",
    kind="safety",
    about="Questions on misconceptions, with one true answer among false ones (MC1), in an order drawn by a hash.",
    means="How often the true answer is told from common false ones. It says nothing of what the model makes up by"
    " itself, nor of harm.",
    files=("truthfulqa*.csv*", "TruthfulQA*.csv*", "truthful*.jsonl*", "truthful*.parquet"),
    hub=(Hub("truthfulqa/truthful_qa", "multiple_choice", "validation"),),
    known_as=("truthfulqa", "truthful_qa"),
)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    if "mc1_targets" in row:
        text, targets = row["question"], row["mc1_targets"]
        right = [o for o, true in zip(targets["choices"], targets["labels"], strict=True) if true]
        wrong = [o for o, true in zip(targets["choices"], targets["labels"], strict=True) if not true]
        yield choice(text, *mixed(right[0], wrong, text))
        return
    text, wrong = _columns(row)
    best = str(row.get("Best Answer") or row["best_answer"]).strip()
    yield choice(text, *mixed(best, wrong, text), subset="")


def _columns(row: Mapping[str, str]) -> tuple[str, list[str]]:
    if "Question" in row:
        return row["Question"], [text.strip() for text in row["Incorrect Answers"].split(";") if text.strip()]
    return row["question"], list(row["incorrect_answers"])
