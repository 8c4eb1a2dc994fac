"""AGIEval: entrance and licence examinations, the English sets with options (Zhong et al. 2023, arXiv 2304.06364)."""

from collections.abc import Iterator, Mapping
from typing import Any

from orca2.core.benchmark import TOGETHER, Benchmark, Hub, Question
from orca2.core.multiple_choice import choice, letter

SETS = ("aqua-rat", "logiqa-en", "lsat-ar", "lsat-lr", "lsat-rc", "sat-en", "sat-math")
BENCHMARK = Benchmark(
    title="AGIEval",
    kind="reasoning",
    about="SAT, LSAT, LogiQA and AQuA-RAT questions in English, with four or five options.",
    means="The share with the right option; each of the seven sets weighs the same.",
    files=(TOGETHER.join(f"agieval/{name}.jsonl*" for name in SETS),),
    hub=tuple(Hub(f"dmayhem93/agieval-{name}", subset=name) for name in SETS),
    known_as=("agieval", "aqua", "logiqa", "lsat"),
    paper="version and choice of its sets are not stated in what could be checked",
)


def questions(row: Mapping[str, Any], subset: str) -> Iterator[Question]:
    if "query" in row:  # the hub's copy: the prompt of the harness that made it, the options in a list
        text, options, gold = _bare(row["query"]), row["choices"], row["gold"]
        yield choice(text, [_unlettered(o) for o in options], gold[0] if isinstance(gold, list) else gold)
        return
    passage = (row.get("passage") or "").strip()
    text = f"{passage}\n\n{row['question'].strip()}" if passage else row["question"]
    yield choice(text, [_unlettered(o) for o in row["options"]], letter(row["label"]), cluster=passage or None)


def _unlettered(option: str) -> str:
    """ "(A)text" without its letter."""
    return option[3:] if option[:1] == "(" and option[2:3] == ")" else option


def _bare(query: str) -> str:
    """The query without "Q: ", its list of options and the start of an answer."""
    return query.split("Answer Choices:")[0].removeprefix("Q: ").strip()
