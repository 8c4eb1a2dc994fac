"""LAMBADA: the last word of a passage that takes the whole of it to guess (Paperno et al. 2016, arXiv 1606.06031)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question

ASKED = "Which one word comes next in this text? Answer with that word alone.\n\n"
BENCHMARK = Benchmark(
    title="LAMBADA",
    kind="completion",
    about="Passages of novels without their last word.",
    means="The share whose next word is the author's. Other harnesses score the likelihood of that word, which gives"
    " higher numbers than asking for it.",
    files=("lambada*.jsonl*", "lambada*.parquet"),
    hub=(Hub("EleutherAI/lambada_openai", "default"),),
    max_tokens=64,
    known_as=("lambada",),
)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    if "context" in row:
        text, word = row["context"], row["continuation"]
    else:
        text, _, word = row["text"].strip().rpartition(" ")
    if not text.strip() or not word.strip():
        raise ValueError("there is no last word")
    yield Question(f"{ASKED}{text.strip()}", word.strip(), "span")
