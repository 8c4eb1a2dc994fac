"""Our side of bench/train.py, a process for each job: `_train_ours.py JOB.json`, one line of JSON out."""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import torch

from orca2.core.nouns import Lesson, Message
from orca2.models._chat import Chat
from orca2.models._loading import load_model, load_tokenizer
from orca2.recipe import Training
from orca2.student.loss import AnswerLoss
from orca2.student.rows import pack
from orca2.student.schedule import Schedule
from orca2.student.spans import encode
from orca2.student.training import train


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    tokenizer = load_tokenizer(job["tokenizer"])
    model = load_model(job["model"], torch.float32, torch.device("cpu"))
    lessons = [
        Lesson(tuple(Message(**message) for message in json.loads(line)["messages"]), str(number))
        for number, line in enumerate(Path(job["lessons"]).read_text().splitlines())
    ]
    settings = Training(**job["settings"])
    work = {"train": _train, "update": _update, "bare": _bare}[job["mode"]]
    print(json.dumps(work(job, model, tokenizer, lessons, settings)))


def _train(job: Any, model: Any, tokenizer: Any, lessons: list[Lesson], settings: Training) -> dict[str, Any]:
    """The whole training; like the peer's, its first step is left out of the time."""
    record = train(model, tokenizer, lessons, settings, 0, "bench")
    return {
        "tokens": record["tokens"], "useful_share": record["useful"], "seconds": record["seconds"],
        "steps": record["steps"], "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "tokens_per_second": record["tokens_per_second"], "supervised_tokens": record["supervised_tokens"],
    }  # fmt: skip


def _update(job: Any, model: Any, tokenizer: Any, lessons: list[Lesson], settings: Training) -> dict[str, Any]:
    """What plain gradient descent at rate 1 would move by, all lessons in one step, through our packing and loss."""
    chat, loss = Chat(tokenizer), AnswerLoss(model)
    packed = pack([encode(lesson, chat) for lesson in lessons], settings.row_tokens)
    for weight, row in Schedule(packed, 1 << 40, 1, 0, 0, 1, varlen=False)[0]:
        (loss(**row) * weight).backward()
    torch.save({name: -p.grad for name, p in model.named_parameters()}, job["update"])
    return {"rows": len(packed.rows)}


def _bare(job: Any, model: Any, tokenizer: Any, lessons: list[Lesson], settings: Training) -> dict[str, Any]:
    """The same steps in a loop of nothing but forward, backward, clip and optimizer step."""
    chat, loss = Chat(tokenizer), AnswerLoss(model)
    packed = pack([encode(lesson, chat) for lesson in lessons], settings.row_tokens)
    schedule = Schedule(packed, settings.batch_tokens, 1, 0, 0, 1, varlen=False)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, fused=True, weight_decay=0.0)
    started = time.perf_counter()
    for step in range(len(schedule)):
        for weight, row in schedule[step]:
            with torch.autocast("cpu", torch.bfloat16):
                total = loss(**row) * weight
            total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    return {"seconds": time.perf_counter() - started, "steps": len(schedule)}


if __name__ == "__main__":
    main()
