"""DROP: questions on a passage that take counting, sorting or arithmetic (Dua et al. 2019, arXiv 1903.00161)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question

BENCHMARK = Benchmark(
    title="DROP",
    kind="reasoning",
    about="Questions on a paragraph whose answer is a number, a date or words of it.",
    means="The share that gives one of the answers that its annotators gave. The official score is the F1 of the words,"
    " which also counts half an answer.",
    files=("drop*.jsonl*", "drop*.json*", "drop*.parquet", "drop/*"),
    hub=(Hub("EleutherAI/drop", split="validation"),),
    known_as=("drop",),
)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    validated = row["validated_answers"]
    others = [{part: validated[part][place] for part in ("number", "date", "spans")} for place in _places(validated)]
    targets = dict.fromkeys(filter(None, map(_text, [row["answer"], *others])))
    if not targets:
        raise ValueError("there is no answer")
    prompt = f"{row['passage'].strip()}\n\n{row['question'].strip()}"
    yield Question(prompt, "\n".join(targets), "alternatives", cluster=row["passage"])


def _places(validated: Mapping[str, Any]) -> range:
    return range(len(validated["number"]))


def _text(answer: Mapping[str, Any]) -> str:
    """An answer in words: its number, all of its spans, or its date."""
    if str(answer["number"]).strip():
        return str(answer["number"]).strip()
    if answer["spans"]:
        return ", ".join(" ".join(span.split()) for span in answer["spans"])
    date = answer["date"]
    return " ".join(date[part] for part in ("day", "month", "year") if date[part])
