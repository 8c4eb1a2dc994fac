"""lm-eval on the rows, by the filters and metrics of its own tasks, and a whole evaluation with it.

Filters, patterns and options of the metrics are read from the task files of the installed package.
Run in its own environment: python lm_eval_.py extract IN.jsonl OUT.jsonl | speed|lean BASE_URL ITEMS.jsonl CONCURRENCY
"""

import json
import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HOME": str(Path(sys.prefix) / "hub")}  # what it caches stays beside it

import lm_eval
from _rows import Accepted, Row, labels, letter, main, options
from lm_eval.api.metrics import exact_match_hf_evaluate
from lm_eval.filters import build_filter_ensemble
from lm_eval.tasks import TaskManager
from lm_eval.tasks._yaml_loader import load_yaml

TASKS = Path(lm_eval.__file__).parent / "tasks"
BBH = "bbh/cot_zeroshot"
# Every task below is tried on every row: what suits its kind best is taken on the first half.
FILES = [
    "gsm8k/gsm8k.yaml", "gsm8k/gsm8k-cot-zeroshot.yaml", "gsm8k/gsm8k-cot-llama.yaml",
    "mgsm/en_cot/mgsm_en_cot_en.yaml",
    f"{BBH}/object_counting.yaml", f"{BBH}/multistep_arithmetic_two.yaml", f"{BBH}/date_understanding.yaml",
    f"{BBH}/boolean_expressions.yaml", f"{BBH}/navigate.yaml", f"{BBH}/causal_judgement.yaml",
    f"{BBH}/web_of_lies.yaml", f"{BBH}/sports_understanding.yaml", f"{BBH}/formal_fallacies.yaml",
    f"{BBH}/dyck_languages.yaml", f"{BBH}/word_sorting.yaml", f"{BBH}/snarks.yaml",
    "mmlu/flan_cot_zeroshot/_mmlu_flan_cot_zeroshot_template_yaml", "mmlu/generative/_default_template_yaml",
    "mmlu/flan_n_shot/generative/_mmlu_flan_generative_template_yaml", "mmlu_pro/_default_template_yaml",
    "llama3/instruct/mmlu_cot/_mmlu_cot_llama_template_yaml", "arc/arc_challenge_chat.yaml",
    "gpqa/cot_zeroshot/_gpqa_cot_zeroshot_yaml", "triviaqa/default.yaml", "nq_open/nq_open.yaml",
]  # fmt: skip
# What BBH would use for a label, by the labels of its task.
LABELS = {
    "true": "boolean_expressions", "false": "boolean_expressions", "yes": "navigate", "no": "navigate",
    "valid": "formal_fallacies", "invalid": "formal_fallacies",
}  # fmt: skip


@cache
def task(file: str) -> tuple[dict[str, Any], list[Any]]:
    """The options of the task's exact match, and its filters by name."""
    config = load_yaml(TASKS / file)
    metric = next(spec for spec in config["metric_list"] if spec["metric"] == "exact_match")
    options = {key: value for key, value in metric.items() if key.startswith(("ignore", "regexes"))}
    filters = [
        build_filter_ensemble(
            spec["name"],
            [(step["function"], {key: value for key, value in step.items() if key != "function"}) for step in steps],
        )
        for spec in config["filter_list"]
        if (steps := spec["filter"])
    ]
    return options, filters


def extract(rows: list[Row]) -> list[Accepted]:
    found: list[Accepted] = [_plain(row) for row in rows]
    for file in FILES:
        metric, filters = task(file)
        instances = [SimpleNamespace(resps=[row["response"]], doc=_doc(row), filtered_resps={}) for row in rows]
        for ensemble in filters:
            _apply(ensemble, instances)
            for row, instance, accepted in zip(rows, instances, found, strict=True):
                read = instance.filtered_resps[ensemble.name]
                if "word_sorting" not in file or row["kind"] == "words":
                    accepted[f"{file} {ensemble.name}"] = _equal(read, _golds(row), metric)
    for row, accepted in zip(rows, found, strict=True):
        for name, at in (("first", 0), ("last", -1)):
            accepted[f"regex, {name} label"] = _labelled(row, at)
        name = LABELS.get(row["target"].strip().lower(), "date_understanding")
        accepted["bbh by label"] = accepted[f"{BBH}/{name}.yaml flexible-extract"]
    return found


def _labelled(row: Row, at: int) -> bool:
    """The filter of BBH's labels, written for the labels of this row's task as its user would."""
    spelled = "|".join(f"{label}|{label.title()}|{label.upper()}" for label in labels(row["target"]))
    step = ("regex", {"group_select": at, "regex_pattern": rf"\b({spelled})\b"})
    instance = SimpleNamespace(resps=[row["response"]], doc={}, filtered_resps={})
    _apply(build_filter_ensemble("label", [step, ("take_first", None)]), [instance])
    return _equal(instance.filtered_resps["label"], [row["target"]], {"ignore_case": True})


def _doc(row: Row) -> dict[str, Any]:
    """The fields of a document that some filters look at; an empty list of options would break one."""
    texts = options(row["question"])
    lettered = "\n".join(f"({chr(ord('A') + at)}) {text}" for at, text in enumerate(texts))
    words = row["question"] if "List:" in row["question"] else f"List: {row['target'].replace(',', ' ')}"
    return {"choices": texts, "input": words if row["kind"] == "words" else lettered}


def _golds(row: Row) -> list[str]:
    """The gold answer in each form that a task of theirs writes it in."""
    target, named = row["target"], letter(row["target"], options(row["question"]))
    spaced = " ".join(target.replace(",", " ").split())  # BBH's gold words stand without commas
    return [target, *([spaced] if row["kind"] == "words" else []), *([named, f"({named})"] if named else [])]


def _apply(ensemble: Any, instances: list[Any]) -> None:
    """All rows at once, as the package does; row by row if the filter breaks on one, which then is not read."""
    try:
        ensemble.apply(instances)
    except Exception as error:
        if len(instances) > 1:
            for instance in instances:
                _apply(ensemble, [instance])
        else:
            instances[0].filtered_resps[ensemble.name] = f"[broke: {type(error).__name__}]"


def _plain(row: Row) -> Accepted:
    from lm_eval.tasks.squad_completion.task import contains_score

    target, response = row["target"], row["response"]
    ignoring = {"ignore_case": True, "ignore_punctuation": True}
    return {
        "exact_match": _equal(response, _golds(row), {}),
        "exact_match, case and punctuation ignored": _equal(response, _golds(row), ignoring),
        "squad_completion contains": bool(contains_score(response, [target])),
        **_minerva(target, response),
    }


def _equal(read: str, golds: list[str], metric: dict[str, Any]) -> bool:
    return any(exact_match_hf_evaluate([read], [gold], **metric)["exact_match"] == 1 for gold in golds)


def _minerva(target: str, response: str) -> Accepted:
    """The two metrics of minerva_math, whose gold answer stands in a box."""
    from lm_eval.tasks.minerva_math import utils

    doc = {"solution": f"$\\boxed{{{target}}}$", "answer": utils.normalize_final_answer(target)}
    try:
        scores = utils.process_results(doc, [response])
    except Exception:
        scores = {"exact_match": 0, "math_verify": 0}
    boxed = utils.last_boxed_only_string(response)
    try:
        read = utils.normalize_final_answer(utils.remove_boxed(boxed)) if boxed else None
    except Exception:
        read = None
    return {
        "minerva_math exact_match": bool(scores["exact_match"]),
        "minerva_math math_verify": bool(scores["math_verify"]),
        "minerva_math last box": read is not None and bool(utils.is_equiv(read, doc["answer"])),
    }


def speed(base_url: str, items: list[Row], concurrency: int, lean: bool) -> int:
    """A `generate_until` task with the flexible filter of gsm8k, through `simple_evaluate`.

    Lean: its own tasks are not indexed first, which its command line cannot do without.
    """
    metric, _ = task("gsm8k/gsm8k.yaml")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "items.jsonl")
        data.write_text("".join(json.dumps(item) + "\n" for item in items))
        flexible = load_yaml(TASKS / "gsm8k/gsm8k.yaml")["filter_list"][1]
        config = {
            "task": "speed", "dataset_path": "json", "dataset_kwargs": {"data_files": {"test": str(data)}},
            "test_split": "test", "output_type": "generate_until", "num_fewshot": 0,
            "doc_to_text": "{{question}}", "doc_to_target": "{{target}}",
            "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True, **metric}],
            "generation_kwargs": {"until": ["Question:"], "do_sample": False, "temperature": 0.0, "max_gen_toks": 64},
            "filter_list": [flexible],
        }  # fmt: skip
        given = f"model=stub,base_url={base_url}/chat/completions,num_concurrent={concurrency}"
        found = lm_eval.simple_evaluate(
            model="local-chat-completions", model_args=given, tasks=[config], apply_chat_template=True,
            log_samples=not lean, task_manager=TaskManager(include_defaults=not lean),
        )  # fmt: skip
    accuracy: float = found["results"]["speed"]["exact_match,flexible-extract"]
    return round(accuracy * len(items))


if __name__ == "__main__":
    main(extract, speed)
