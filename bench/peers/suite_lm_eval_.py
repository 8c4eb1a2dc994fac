"""lm-eval on the same items, under its own interpreter: against an endpoint, or a checkpoint through its `hf` back end.

Reads one JSON object from standard input: `tasks` {name: file of rows with question and target}, `tokens`, `system`,
and either `url` with `flight`, or `checkpoint` with `batches`. Prints one JSON object.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

FILTERS = {
    "gsm8k": [
        ("strict", r"#### (\-?[0-9\.\,]+)", 0),
        ("flexible", r"(-?[$0-9.,]{2,})|(-?[0-9]+)", -1),
    ],
    "arc_challenge": [("letter", "", 0)],
}
# of lm-eval's own gsm8k and bbh tasks
NUMBER = {"ignore_case": True, "ignore_punctuation": False, "regexes_to_ignore": [",", "\\$", "(?s).*#### ", "\\.$"]}


def task(folder: Path, name: str, rows: str, tokens: int) -> dict[str, Any]:
    filters = []
    for label, pattern, place in FILTERS[name]:
        steps: list[dict[str, Any]] = [{"function": "regex", "regex_pattern": pattern, "group_select": place}]
        if label == "letter":
            steps = [{"function": "multi_choice_regex", "group_select": 0, "ignore_case": True,
                      "ignore_punctuation": True, "regex_pattern": "(\\([A-Z]\\))"}]  # fmt: skip
        filters.append({"name": label, "filter": [*steps, {"function": "take_first"}]})
    metric = NUMBER if name == "gsm8k" else {"ignore_case": True, "ignore_punctuation": True}
    return {
        "task": name, "dataset_path": "json", "dataset_kwargs": {"data_files": {"test": rows}}, "test_split": "test",
        "output_type": "generate_until", "doc_to_text": "{{question}}", "doc_to_target": "{{target}}",
        "doc_to_choice": "{{options}}", "target_delimiter": "",
        "generation_kwargs": {"until": [], "do_sample": False, "temperature": 0.0, "max_gen_toks": tokens},
        "filter_list": filters, "metadata": {"version": 1.0},
        "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True, **metric}],
    }  # fmt: skip


def evaluate(model: Any, asked: dict[str, Any], folder: Path) -> tuple[float, dict[str, Any]]:
    """Seconds, and {task: {filter: [(response, right), ...]}} in the order of the rows."""
    from lm_eval import simple_evaluate

    tasks = [task(folder, name, rows, asked["tokens"]) for name, rows in asked["tasks"].items()]
    if not asked["letters"]:
        for one in tasks:
            one.pop("doc_to_choice")
    started = time.perf_counter()
    found = simple_evaluate(
        model=model, tasks=tasks, system_instruction=asked["system"], apply_chat_template=True, log_samples=True,
        bootstrap_iters=0,
    )  # fmt: skip
    seconds = time.perf_counter() - started
    told: dict[str, Any] = {}
    for name, samples in found["samples"].items():
        for sample in sorted(samples, key=lambda sample: sample["doc_id"]):
            row = [sample["resps"][0][0], bool(sample["exact_match"]), sample["filtered_resps"][0]]
            told.setdefault(name, {}).setdefault(sample["filter"], []).append(row)
    return seconds, told


def main() -> None:
    asked = json.loads(sys.stdin.read())
    said: dict[str, Any] = {"runs": {}}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if "url" in asked:
            from lm_eval.models.openai_completions import LocalChatCompletion

            model = LocalChatCompletion(
                base_url=asked["url"] + "/chat/completions", model="stub", num_concurrent=asked["flight"],
                tokenizer_backend=None, max_retries=1,
            )  # fmt: skip
            said["runs"]["api"], said["answers"] = evaluate(model, asked, folder)
        else:
            from lm_eval.models.huggingface import HFLM

            for size in asked["batches"]:
                model = HFLM(
                    pretrained=asked["checkpoint"], dtype=asked["dtype"], device="cpu", batch_size=size, max_length=2048
                )
                seconds, answers = evaluate(model, asked, folder)
                said["runs"][str(size)] = seconds
                if seconds == min(said["runs"].values()):
                    said["answers"] = answers
    print(json.dumps(said))


if __name__ == "__main__":
    main()
