"""QMSum: what a meeting said on a question (Zhong et al. 2021, arXiv 2104.05938)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Question

BENCHMARK = Benchmark(
    title="QMSum",
    kind="summary",
    about="Transcripts of meetings, and questions on a part of them or on all.",
    means="A judge's rating of the summary, and how often it claims what nobody said.",
    files=("qmsum/test.jsonl*", "qmsum*.jsonl*", "QMSum*.jsonl*"),
    measure="grounded",
    max_tokens=1024,
    known_as=("qmsum",),
)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    turns = row["meeting_transcripts"]
    whole = _said(turns, 0, len(turns))
    for query in row["general_query_list"]:
        yield _question(whole, query["query"], query["answer"])
    for query in row["specific_query_list"]:
        spans = query["relevant_text_span"]
        part = "\n".join(_said(turns, int(first), int(last) + 1) for first, last in spans)
        yield _question(part, query["query"], query["answer"])


def _question(source: str, query: str, answer: str) -> Question:
    return Question(
        f"{source}\n\nAnswer from this part of a meeting alone: {query.strip()}", answer.strip(), source=source
    )


def _said(turns: list[Mapping[str, Any]], first: int, last: int) -> str:
    return "\n".join(f"{turn['speaker']}: {turn['content']}" for turn in turns[first:last])
