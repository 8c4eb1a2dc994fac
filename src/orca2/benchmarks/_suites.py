"""Lists of benchmarks by one name."""

# arXiv 2311.11045, section 5: reasoning, knowledge, completion, conversation, grounded summaries, safety
SUITES: dict[str, tuple[str, ...]] = {
    "orca2": (
        "agieval", "bbh", "drop", "crass", "race", "gsm8k",
        "mmlu", "arc_easy", "arc_challenge",
        "hellaswag", "lambada",
        "mt_bench",
        "aci_bench", "qmsum", "ms_marco",
        "toxigen", "hhh", "truthfulqa",
    ),
}  # fmt: skip
