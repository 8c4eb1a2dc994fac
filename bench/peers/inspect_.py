"""inspect-ai on the rows, by its scorers as they come, and a whole evaluation with it.

Run in its own environment: python inspect_.py extract IN.jsonl OUT.jsonl | speed|lean BASE_URL ITEMS.jsonl CONCURRENCY
"""

import asyncio
import re
import tempfile
from typing import Any, Literal

from _rows import Accepted, Row, labels, letter, main, options
from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelName, ModelOutput
from inspect_ai.scorer import Scorer, Target, answer, choice, exact, f1, includes, match, math, pattern
from inspect_ai.solver import TaskState, generate
from inspect_ai.solver._multiple_choice import parse_answers, set_choices_based_on_generated_response

PLACES: tuple[Literal["begin", "end", "any", "exact"], ...] = ("begin", "end", "any", "exact")


def scorers() -> dict[str, Scorer]:
    return {
        **{f"match {place}": match(location=place) for place in PLACES},
        **{f"match {place}, numeric": match(location=place, numeric=True) for place in PLACES},
        "answer letter": answer("letter"),
        "answer word": answer("word"),
        "answer line": answer("line"),
        "includes": includes(),
        "includes, with case": includes(ignore_case=False),
        "exact": exact(),
        "math": math(),
        # `pattern` takes the user's own; these are customary ones
        "pattern, answer is": pattern(r"answer is:?\s*\**\(?([A-Z])\b"),
        "pattern, last letter in brackets": pattern(r"(?s).*\(([A-Z])\)"),
        "pattern, the answer is": pattern(r"(?s).*answer is:?\s*(.*?)\.?\s*$"),
    }


def extract(rows: list[Row]) -> list[Accepted]:
    async def all_rows() -> list[Accepted]:
        made = scorers()
        return [await _extract(row, made) for row in rows]

    return asyncio.run(all_rows())


async def _extract(row: Row, made: dict[str, Scorer]) -> Accepted:
    texts = options(row["question"])
    named = letter(row["target"], texts)
    target = Target(list(dict.fromkeys([row["target"], *([named] if named else [])])))
    found = {name: await _score(scorer, _state(row, texts), target) == "C" for name, scorer in made.items()}
    overlap = float(str(await _score(f1(), _state(row, texts), target)))
    found |= {f"f1 at least {least}": overlap >= least for least in (0.5, 0.8, 1.0)}
    either = rf"\b({'|'.join(map(re.escape, labels(row['target'])))})\b"
    for name, spelled in (("first", either), ("last", f"(?s).*{either}")):
        found[f"pattern, {name} label"] = await _score(pattern(spelled), _state(row, texts), target) == "C"
    if named and texts:
        state = _state(row, texts)
        set_choices_based_on_generated_response(state, parse_answers(state, False))
        found["multiple_choice"] = await _score(choice(), state, Target(named)) == "C"
    return found


def _state(row: Row, texts: list[str]) -> TaskState:
    reason: Literal["max_tokens", "stop"] = "max_tokens" if row["finish_reason"] == "length" else "stop"
    output = ModelOutput.from_content("stub", row["response"], reason)
    return TaskState(ModelName("stub/stub"), row["id"], 0, row["question"], [], choices=texts, output=output)


async def _score(scorer: Scorer, state: TaskState, target: Target) -> object:
    try:
        score = await scorer(state, target)
    except Exception:  # the scorer math refuses gold answers that it cannot parse
        return None
    return None if score is None else score.value


def speed(base_url: str, items: list[Row], concurrency: int, lean: bool) -> int:
    """`eval` of a task with `generate` and `match(numeric=True)`. Lean: no display, no realtime log, no sample kept."""
    samples = [Sample(id=item["id"], input=item["question"], target=item["target"]) for item in items]
    task = Task(dataset=MemoryDataset(samples), solver=generate(), scorer=match(numeric=True))
    less: Any = {"display": "none", "log_realtime": False, "log_samples": False, "score_display": False} if lean else {}
    with tempfile.TemporaryDirectory() as folder:
        (log,) = eval(
            task, model="openai-api/local/stub", model_base_url=base_url, model_args={"api_key": "none"},
            max_connections=concurrency, max_samples=concurrency, temperature=0.0, max_tokens=64, log_dir=folder,
            **less,
        )  # fmt: skip
    assert log.results is not None, log.error
    accuracy: float = log.results.scores[0].metrics["accuracy"].value
    return round(accuracy * len(items))


if __name__ == "__main__":
    main(extract, speed)
