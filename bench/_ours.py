"""A whole evaluation with this package, as its own process: ask an endpoint for every item, then judge.

Run: python bench/_ours.py BASE_URL ITEMS.jsonl CONCURRENCY prints how many items were judged correct.
"""

import json
import sys
import tempfile
from pathlib import Path

from orca2.asking.ask import ask
from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.core.identity import task_id
from orca2.core.types import Message, Request, Task
from orca2.grading.verdicts import verdicts
from orca2.models import openai


def main() -> None:
    base_url, items, concurrency = sys.argv[1:]
    rows = [json.loads(line) for line in Path(items).read_text(encoding="utf-8").splitlines()]
    tasks = [
        Task(task_id(row["question"]), "bench", row["question"], row["target"], "auto", "test") for row in rows
    ]  # fmt: skip
    requests = [Request((Message("user", task.prompt),), 64, task=task) for task in tasks]
    model = openai.load("stub", base_url, concurrency=int(concurrency))
    with tempfile.TemporaryDirectory() as folder:
        completions = ask(ModelClient(model, Cache(Path(folder, "answers.sqlite"))), requests, "evaluate")
    judged = verdicts(tasks, completions, strict=False)
    correct = sum(verdict.correct for verdict in judged)
    print(f"accuracy {correct / len(judged):.3f}")
    print(json.dumps({"correct": correct}))


if __name__ == "__main__":
    main()
