"""ACI-BENCH: the clinical note of a visit from what was said in it (Yim et al. 2023, arXiv 2306.02022)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question

ASKED = (
    "Write the clinical note of this visit: history, findings, assessment and plan. Use only what was said.\n\n"
    "{dialogue}"
)
BENCHMARK = Benchmark(
    title="ACI-BENCH",
    kind="summary",
    about="Conversations of doctors and patients, to be summed up as a note.",
    means="A judge's rating of the note, and how often it claims what nobody said. A low rate of made-up claims with a"
    " low rating may only mean short notes.",
    files=("aci_bench/*test*.csv*", "aci*bench*.csv*", "aci*bench*.jsonl*", "aci*bench*.parquet"),
    hub=(Hub("mkieffer/ACI-Bench", split="test1"),),
    measure="grounded",
    max_tokens=1024,
    known_as=("aci_bench", "aci-bench"),
    paper="which of its test sets the paper takes is not stated in what could be checked",
)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    yield Question(ASKED.format(dialogue=row["dialogue"].strip()), row["note"].strip(), source=row["dialogue"])
