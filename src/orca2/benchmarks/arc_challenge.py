"""ARC-Challenge: the science questions that retrieval and co-occurrence got wrong (arXiv 1803.05457)."""

from dataclasses import replace

from orca2.benchmarks import arc_easy
from orca2.core.benchmark import Hub

BENCHMARK = replace(
    arc_easy.BENCHMARK,
    title="ARC-Challenge",
    about="Science questions of grades 3 to 9 with three to five options, the harder part.",
    files=("arc_challenge.jsonl*", "arc_challenge*.parquet", "ARC-Challenge*"),
    hub=(Hub("allenai/ai2_arc", "ARC-Challenge"),),
    known_as=("arc_challenge", "arc-challenge", "ai2_arc"),
)
questions = arc_easy.questions
