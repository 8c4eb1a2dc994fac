"""lighteval on the rows: its extractive match with expressions, LaTeX and indices, its exact match and its F1.

Run in its own environment: python lighteval_.py extract IN.jsonl OUT.jsonl
"""

import logging
from collections.abc import Iterator
from typing import Any

from _rows import Accepted, Row, letter, main, options
from lighteval.metrics.dynamic_metrics import MultilingualExtractiveMatchMetric
from lighteval.metrics.metrics import Metrics
from lighteval.metrics.metrics_sample import ExactMatches, F1_score
from lighteval.metrics.normalizations import (
    bigbench_normalizer,
    gsm8k_normalizer,
    harness_triviaqa_normalizer,
    helm_normalizer,
    math_normalizer,
)
from lighteval.metrics.utils.extractive_match_utils import (
    ExprExtractionConfig,
    IndicesExtractionConfig,
    LatexExtractionConfig,
)
from lighteval.models.model_output import ModelResponse
from lighteval.tasks.requests import Doc

LETTERS = [chr(ord("A") + at) for at in range(26)]
EXPR, LATEX, BOXED = ExprExtractionConfig(), LatexExtractionConfig(), LatexExtractionConfig(boxed_match_priority=0)
ANCHORED = (
    ExprExtractionConfig(try_extract_without_anchor=False),
    LatexExtractionConfig(try_extract_without_anchor=False),
)
INDICES = (IndicesExtractionConfig(prefix_for_extraction="NativeLetters"),)
FREE_INDICES = (IndicesExtractionConfig(prefix_for_extraction="NativeLetters", try_extract_without_anchor=True),)


def _extractive(gold: Any, said: Any, **more: Any) -> Any:
    return MultilingualExtractiveMatchMetric(gold_extraction_target=gold, pred_extraction_target=said, **more)


EXPRESSIONS = {
    "expr_gold_metric": Metrics.expr_gold_metric.value.sample_level_fn,
    "expr": _extractive((EXPR,), (EXPR,)),
    "latex": _extractive((LATEX,), (LATEX,)),
    "expr and latex": _extractive((EXPR, LATEX), (EXPR, LATEX)),
    "expr and boxed": _extractive((EXPR, LATEX), (EXPR, BOXED)),
    "latex and boxed": _extractive((LATEX,), (EXPR, BOXED)),
    "expr and latex, first match": _extractive((EXPR, LATEX), (EXPR, BOXED), extraction_mode="first_match"),
    "expr and latex, anchored": _extractive((EXPR, LATEX), ANCHORED),
}
CHOICES = {
    "gpqa_instruct_metric": Metrics.gpqa_instruct_metric.value.sample_level_fn,
    "indices": _extractive(INDICES, INDICES),
    "indices, first match": _extractive(FREE_INDICES, FREE_INDICES, extraction_mode="first_match"),
    "indices, no fallback": _extractive(FREE_INDICES, FREE_INDICES, fallback_mode="no_fallback"),
}
# How gold and response are normalized. What a normalizer looks for in a gold answer is put around it; those of
# gsm8k and MATH are for gold answers that they can read, as two unread ones would be equal.
NORMAL: dict[str, tuple[Any, Any]] = {
    "stripped": (None, None),
    "helm": (helm_normalizer, helm_normalizer),  # the quasi exact match
    "bigbench": (bigbench_normalizer, bigbench_normalizer),
    "triviaqa": (harness_triviaqa_normalizer, harness_triviaqa_normalizer),
    "gsm8k": (lambda gold: gsm8k_normalizer(f"#### {gold}"), gsm8k_normalizer),
    "math": (lambda gold: math_normalizer(f"\\boxed{{{gold}}}"), math_normalizer),
}
TEXTS = {
    f"exact match, {name}, {kind}": ExactMatches(
        normalize_gold=gold, normalize_pred=said, strip_strings=True, type_exact_match=kind
    )
    for name, (gold, said) in NORMAL.items()
    for kind in ("full", "prefix", "suffix")
}
F1 = F1_score(normalize_gold=helm_normalizer, normalize_pred=helm_normalizer, strip_strings=True)


def extract(rows: list[Row]) -> Iterator[Accepted]:
    return map(_extract, rows)


def _extract(row: Row) -> Accepted:
    target, question = row["target"], row["question"]
    said = ModelResponse(text=[row["response"]])
    texts = options(question)
    named = letter(target, texts)
    # a gold answer in LaTeX has to stand in an environment
    written = Doc(question, [target, f"${target}$"], [0, 1])
    found = {name: _score(metric, written, said) == 1 for name, metric in EXPRESSIONS.items()}
    if named:
        listed = Doc(question, LETTERS[: max(len(texts), 4, ord(named) - ord("A") + 1)], LETTERS.index(named))
        found |= {name: _score(metric, listed, said) == 1 for name, metric in CHOICES.items()}
    spelled = [target, *([named, f"({named})"] if named else [])]
    plain = Doc(question, spelled, list(range(len(spelled))))
    unread = {name for name, (gold, _) in NORMAL.items() if gold and gold(target) in ("", "[invalid]")}
    found |= {
        name: _score(metric, plain, said) == 1 for name, metric in TEXTS.items() if name.split(", ")[1] not in unread
    }
    overlap = _score(F1, plain, said)
    return found | {f"f1 at least {least}": overlap >= least for least in (0.5, 0.8, 1.0)}


def _score(metric: Any, doc: Doc, said: ModelResponse) -> float:
    try:
        return float(metric.compute(doc=doc, model_response=said))
    except Exception:  # a metric that breaks on a row has not read it
        return 0.0


if __name__ == "__main__":
    logging.disable(logging.ERROR)
    main(extract)
