"""Our side of bench/train.py, a process for each job: `_train_ours.py JOB.json`, one line of JSON out."""

import json
import resource
import statistics
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import load_model, load_tokenizer
from orca2.core.types import Lesson, Message
from orca2.sections import Training
from orca2.training import attention
from orca2.training.batch_plan import BatchPlan
from orca2.training.loss import AnswerLoss
from orca2.training.rows import pack
from orca2.training.spans import encode
from orca2.training.speed import Speed
from orca2.training.training import train


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    tokenizer = load_tokenizer(job["tokenizer"])
    model = load_model(job["model"], torch.float32, torch.device("cpu"))
    lessons = [
        Lesson(tuple(Message(**message) for message in json.loads(line)["messages"]), str(number))
        for number, line in enumerate(Path(job["lessons"]).read_text().splitlines())
    ]
    settings = Training(**job["settings"])
    work = {"update": _update, "bare": _bare}.get(job["mode"], _train)
    print(json.dumps(work(job, model, tokenizer, lessons, settings)))


def _train(job: Any, model: Any, tokenizer: Any, lessons: list[Lesson], settings: Training) -> dict[str, Any]:
    """The whole training; like the peer's, its first step is left out of the time."""
    if job["mode"] == "masked":  # over the row, as for a student with attention of its own
        attention.supports_varlen = lambda model, compute: False
    ends: list[float] = []
    learned: list[int] = []
    plain = Speed.add

    def timed(speed: Speed, tokens: int, supervised: int) -> None:
        plain(speed, tokens, supervised)
        ends.append(time.perf_counter())
        learned.append(speed.tokens)

    Speed.add = timed  # type: ignore[method-assign, assignment]
    record = train(model, tokenizer, lessons, settings, 0, "bench")
    tokens, seconds = learned[-1] - learned[0], ends[-1] - ends[0]
    return {
        "tokens": tokens, "useful_share": record.useful, "seconds": seconds, "tokens_per_second": tokens / seconds,
        "steps": len(ends), "step_ms": _median(ends), "supervised_tokens": record.supervised_tokens,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


def _median(ends: list[float]) -> float:
    """Of the milliseconds of a step, the first left out."""
    return 1000 * statistics.median(after - before for before, after in pairwise(ends))


def _update(job: Any, model: Any, tokenizer: Any, lessons: list[Lesson], settings: Training) -> dict[str, Any]:
    """What plain gradient descent at rate 1 would move by, all lessons in one step, through our packing and loss."""
    chat, loss = ChatCodec(tokenizer), AnswerLoss(model)
    packed = pack([encode(lesson, chat) for lesson in lessons], settings.row_tokens)
    assert attention.supports_varlen(model.eval(), torch.float32)
    with attention.varlen(model):
        for weight, row in BatchPlan(packed, 1 << 40, 1, 0, 0, 1, varlen=True)[0]:
            (loss(**row) * weight).backward()
    torch.save({name: -p.grad for name, p in model.named_parameters()}, job["update"])
    return {"rows": len(packed.rows)}


def _bare(job: Any, model: Any, tokenizer: Any, lessons: list[Lesson], settings: Training) -> dict[str, Any]:
    """The same steps in a loop of nothing but forward, backward, clip and optimizer step."""
    chat, loss = ChatCodec(tokenizer), AnswerLoss(model)
    packed = pack([encode(lesson, chat) for lesson in lessons], settings.row_tokens)
    batch_plan = BatchPlan(packed, settings.batch_tokens, settings.epochs, 0, 0, 1, varlen=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, fused=True, weight_decay=0.0)
    ends: list[float] = []
    with attention.varlen(model):
        for step in range(len(batch_plan)):
            for weight, row in batch_plan[step]:
                with torch.autocast("cpu", torch.bfloat16):
                    total = loss(**row) * weight
                total.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            ends.append(time.perf_counter())
    return {"steps": len(ends), "step_ms": _median(ends)}


if __name__ == "__main__":
    main()
