"""BIG-Bench Hard: 27 tasks on which language models trailed people (Suzgun et al. 2022, arXiv 2210.09261)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import Benchmark, Hub, Question
from orca2.reading.options import lettered, unlettered

TASKS = (
    "boolean_expressions", "causal_judgement", "date_understanding", "disambiguation_qa", "dyck_languages",
    "formal_fallacies", "geometric_shapes", "hyperbaton", "logical_deduction_five_objects",
    "logical_deduction_seven_objects", "logical_deduction_three_objects", "movie_recommendation",
    "multistep_arithmetic_two", "navigate", "object_counting", "penguins_in_a_table",
    "reasoning_about_colored_objects", "ruin_names", "salient_translation_error_detection", "snarks",
    "sports_understanding", "temporal_sequences", "tracking_shuffled_objects_five_objects",
    "tracking_shuffled_objects_seven_objects", "tracking_shuffled_objects_three_objects", "web_of_lies", "word_sorting",
)  # fmt: skip
BENCHMARK = Benchmark(
    title="BBH",
    kind="reasoning",
    about="27 tasks of BIG-Bench: logic, counting, dates, tables, sarcasm, sorting.",
    means="The share with the right option, label, number or list; each of the tasks weighs the same.",
    files=("bbh/*.json*",),
    hub=tuple(Hub("lukaemon/bbh", task, subset=task) for task in TASKS),
    known_as=("bbh", "big-bench-hard", "bigbench_hard", "bbh_recorded"),
    paper="its appendix B lists 24 tasks with options; the mean over all 27 stands here",
    wording="the benchmark's own",
)
_TWO = re.compile(r"yes|no|true|false|valid|invalid", re.IGNORECASE)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    for example in row.get("examples", [row]):
        prompt, target = example["input"].strip(), example["target"].strip()
        options = lettered(prompt) or unlettered(prompt)
        chance = 1 / len(options) if options else 0.5 if _TWO.fullmatch(target) else 0.0
        yield Question(prompt, target, "auto", chance)
