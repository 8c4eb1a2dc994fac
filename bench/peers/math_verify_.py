"""Math-Verify on the rows: `parse` and `verify` with its default and its other extraction configurations.

Run in its own environment: python math_verify_.py extract IN.jsonl OUT.jsonl
"""

import logging
from collections.abc import Iterator, Sequence

from _rows import Accepted, Row, labels, letter, main, options
from math_verify import ExprExtractionConfig, LatexExtractionConfig, StringExtractionConfig, parse, verify

EXPRESSIONS: dict[str, Sequence[LatexExtractionConfig | ExprExtractionConfig]] = {
    "default": (LatexExtractionConfig(), ExprExtractionConfig()),
    "latex": (LatexExtractionConfig(),),
    "expr": (ExprExtractionConfig(),),
    "boxed": (LatexExtractionConfig(boxed_match_priority=0), ExprExtractionConfig()),
    "anchored": (
        LatexExtractionConfig(try_extract_without_anchor=False),
        ExprExtractionConfig(try_extract_without_anchor=False),
    ),
}


def extract(rows: list[Row]) -> Iterator[Accepted]:
    return map(_extract, rows)


def _extract(row: Row) -> Accepted:
    target, response = row["target"], row["response"]
    golds = {target, f"${target}$"}  # a gold answer in LaTeX has to stand in an environment
    found = {name: any(_equal(gold, response, configs) for gold in golds) for name, configs in EXPRESSIONS.items()}
    listed = options(row["question"])
    names = {
        "letters": tuple(chr(ord("A") + at) for at in range(max(len(listed), 4))),
        "labels": labels(target),
        "target": (target,),
    }
    named = {letter(target, listed) or target, target}
    for name, strings in names.items():
        config = (StringExtractionConfig(strings=strings),)
        found[f"string, {name}"] = any(_equal(gold, response, config) for gold in named)
    found["equal"] = target.strip() == response.strip()
    return found


def _equal(
    gold: str, response: str, configs: Sequence[LatexExtractionConfig | ExprExtractionConfig | StringExtractionConfig]
) -> bool:
    return bool(verify(parse(gold, configs), parse(response, configs)))


if __name__ == "__main__":
    logging.disable(logging.ERROR)
    main(extract)
