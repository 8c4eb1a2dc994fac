"""lm-eval on multiple choice by log-likelihood, under its own interpreter: of an endpoint, and by its `hf` back end.

Reads one JSON object from standard input: `rows`, a file of JSON lines with query, choices and gold; `limit`; `url`,
an endpoint's up to /v1; `model`, its name there; and `checkpoint`, the folder of the same model. Prints one JSON
object: for each way of asking the accuracies, and the log-likelihood of each choice with whether it is the greedy one.
"""

import json
import sys
from typing import Any

from lm_eval import simple_evaluate
from lm_eval.models.huggingface import HFLM
from lm_eval.models.openai_completions import LocalCompletionsAPI

NAME = "choice_by_likelihood"
METRICS = ("acc", "acc_norm")


def task(rows: str) -> dict[str, Any]:
    return {
        "task": NAME, "dataset_path": "json", "dataset_kwargs": {"data_files": {"test": rows}}, "test_split": "test",
        "output_type": "multiple_choice", "doc_to_text": "{{query}}\nAnswer:", "doc_to_choice": "{{choices}}",
        "doc_to_target": "gold", "metadata": {"version": 1.0},
        "metric_list": [{"metric": name, "aggregation": "mean", "higher_is_better": True} for name in METRICS],
    }  # fmt: skip


def evaluate(model: Any, rows: str, limit: int) -> dict[str, Any]:
    found = simple_evaluate(model=model, tasks=[task(rows)], limit=limit, log_samples=True, bootstrap_iters=0)
    samples = sorted(found["samples"][NAME], key=lambda sample: sample["doc_id"])
    scores = found["results"][NAME]
    return {
        "acc": scores["acc,none"], "acc_norm": scores["acc_norm,none"],
        "choices": [[[float(value), bool(greedy)] for value, greedy in one["filtered_resps"]] for one in samples],
    }  # fmt: skip


def main() -> None:
    asked = json.loads(sys.stdin.read())
    ours = {
        "base_url": f"{asked['url']}/completions", "model": asked["model"], "tokenizer": asked["checkpoint"],
        "tokenizer_backend": "huggingface", "max_retries": 1,
    }  # fmt: skip
    models: dict[str, Any] = {
        "hf": lambda: HFLM(pretrained=asked["checkpoint"], dtype="float32", device="cpu", batch_size=4),
        "served, ids": lambda: LocalCompletionsAPI(**ours),
        "served, ids, 4 in a request": lambda: LocalCompletionsAPI(**ours, batch_size=4, num_concurrent=2),
        "served, texts": lambda: LocalCompletionsAPI(**ours, tokenized_requests=False),
    }
    print(json.dumps({name: evaluate(make(), asked["rows"], asked["limit"]) for name, make in models.items()}))


if __name__ == "__main__":
    main()
