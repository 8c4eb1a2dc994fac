"""What `orca2 train` learns, with nothing but PyTorch and transformers: one lesson at a time, float32, a CPU.

    python examples/plain_sft.py STUDENT LESSONS.jsonl OUT

A line of LESSONS is {"messages": [...]}, the last of which is the assistant's answer. Training by orca2 is this made
faster: tests/training/test_plain_sft.py holds both to the same weights.
"""

import json
import random
import sys
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM, AutoTokenizer

SEED, EPOCHS, BATCH, RATE, WARMUP, DECAY = 0, 2, 4, 3e-4, 0.05, 0.1


def encode(tokenizer, messages):
    """(ids, where the answer starts): the prompt, then the answer with its end-of-turn token."""
    render = {"tokenize": False}
    prompt = tokenizer.apply_chat_template(messages[:-1], add_generation_prompt=True, **render)
    whole = tokenizer.apply_chat_template(messages, **render)
    answer = whole[len(prompt) : whole.rindex(tokenizer.eos_token)] + tokenizer.eos_token
    before, after = (tokenizer(text, add_special_tokens=False)["input_ids"] for text in (prompt, answer))
    return before + after, len(before)


def train(model, examples):
    random.Random(SEED).shuffle(examples)
    batches = [examples[start : start + BATCH] for start in range(0, len(examples), BATCH)]
    steps = EPOCHS * len(batches)
    matrices, vectors = ([p for p in model.parameters() if (p.ndim > 1) is wide] for wide in (True, False))
    groups = [{"params": matrices, "weight_decay": DECAY}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, RATE, fused=True)
    warm = int(steps * WARMUP) + 1
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min((n + 1) / warm, (steps - n) / steps))
    model.train()
    for epoch in range(EPOCHS):
        for index in torch.randperm(len(batches), generator=torch.Generator().manual_seed(SEED + epoch)).tolist():
            learned = sum(len(ids) - start for ids, start in batches[index])
            for ids, start in batches[index]:
                logits = model(torch.tensor([ids]), logits_to_keep=torch.arange(start - 1, len(ids) - 1)).logits[0]
                loss = cross_entropy(logits.float(), torch.tensor(ids[start:]), reduction="sum")
                (loss * (1 / learned)).backward()  # the mean over the supervised tokens of the batch
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()


if __name__ == "__main__":
    student, lessons, out = sys.argv[1:]
    tokenizer = AutoTokenizer.from_pretrained(student)
    model = AutoModelForCausalLM.from_pretrained(student, dtype=torch.float32)
    train(model, [encode(tokenizer, json.loads(line)["messages"]) for line in Path(lessons).read_text().splitlines()])
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
