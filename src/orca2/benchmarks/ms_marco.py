"""MS MARCO: questions of a search engine with passages (Bajaj et al. 2016, arXiv 1611.09268)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question

BENCHMARK = Benchmark(
    title="MS-MARCO",
    kind="summary",
    about="A question of a search engine and the passages that it found, of which the answer is to be made.",
    means="A judge's rating of the answer, and how often it claims what no passage says.",
    files=("ms_marco*.jsonl*", "ms_marco*.parquet", "ms_marco/*", "msmarco*.jsonl*"),
    hub=(Hub("microsoft/ms_marco", "v2.1", "validation"),),
    measure="grounded",
    known_as=("ms_marco", "msmarco"),
)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    """Questions that no passage answers are left out: there is nothing to hold an answer against."""
    answers = [answer for answer in row["wellFormedAnswers"] or row["answers"] if answer.strip()]
    if not answers or answers[0] == "No Answer Present.":
        return
    passages = [" ".join(passage.split()) for passage in row["passages"]["passage_text"]]
    source = "\n".join(f"[{number}] {passage}" for number, passage in enumerate(passages, 1))
    prompt = f"{source}\n\nAnswer from these passages alone: {row['query'].strip()}"
    yield Question(prompt, answers[0].strip(), source=source)
