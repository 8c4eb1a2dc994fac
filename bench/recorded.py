"""Answers that other people's models gave and other people recorded: how many of them our graders misread.

An error is an accepted answer that is not right, or a right one that is not accepted; what is right was settled by
reading (`judged`), for open questions by people (`label`). Half of the rows, by a hash of their ids, was set aside
before any rule was made. Beside ours: the source's own reading, and Math-Verify's, lm-eval's and inspect's extractors,
each peer by the one that is best for a file on the half that rules were made on.

Run: python bench/recorded.py [--quick] [--half shown|held] [--file NAME ...] [--list] [--speed]
`--list` prints our errors. `--speed` times the command `orca2 grade`, its start included. The last line is JSON.
"""

import argparse
import gzip
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import _environments
import _extraction
from _extraction import Row
from orca2.core.types import Verdict

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded_answers"
OPEN = "evouna"  # open questions, judged by people
PEERS = ("math_verify", "lm_eval", "inspect")
SPEED = {"mathcoder": 400, "ze_math": 1_000, "openai_gsm": 2_000, "mmlu_pro": 3_000}  # rows a second that are wanted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="no peers")
    parser.add_argument("--half", choices=("shown", "held"), help="only this half; default: both")
    parser.add_argument("--file", nargs="*", default=[], help="only these files, by name")
    parser.add_argument("--list", action="store_true", help="our errors, row by row")
    parser.add_argument("--speed", action="store_true", help="time the command on whole files")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the recorded answers")
    options = parser.parse_args()
    if options.speed:
        print(json.dumps({"machine_cores": os.cpu_count(), "rows_per_second": speed(options.data)}))
        return
    halves = {
        name: read(options.data, name, options.file) for name in ("shown", "held") if options.half in (None, name)
    }
    peers = [name for name in PEERS if not options.quick and options.half is None]
    for name in peers:
        _environments.make(name)
    found = {name: _extraction.theirs(name, halves, anew=False) for name in peers}
    chosen = {name: _extraction.choose(halves["shown"], found[name]["shown"]) for name in peers}
    figures: dict[str, Any] = {"quick": options.quick}
    for half, rows in halves.items():
        verdicts = _extraction.ours(rows)
        accepted = {"ours": [verdict.correct for verdict in verdicts]}
        accepted["source"] = [row["source"] for row in rows]
        accepted |= {name: _extraction.combine(rows, found[name][half], chosen[name]) for name in peers}
        figures[half] = table(half, rows, accepted)
        if options.list:
            show(rows, verdicts)
    print(json.dumps(figures))


def read(data: Path, half: str, only: Sequence[str]) -> list[Row]:
    """The settled rows of one half, in the shape of the labelled answers of `bench/extraction`."""
    rows = []
    for path in sorted(data.glob("*.jsonl.gz")):
        name = path.name.split(".")[0]
        for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines() if not only or name in only else ():
            row = json.loads(line)
            right = row["label"] if name == OPEN else row["judged"]
            if right is None or (hashlib.sha256(row["id"].encode()).digest()[0] % 2 == 0) != (half == "shown"):
                continue
            rows.append(
                {
                    "id": row["id"], "kind": name, "question": row["question"], "target": row["target"],
                    "response": row["response"], "finish_reason": "stop",
                    "label": "correct" if right else "wrong", "source": bool(row["label"]),
                }
            )  # fmt: skip
    return rows


def table(half: str, rows: Sequence[Row], accepted: dict[str, list[bool]]) -> dict[str, Any]:
    """Print and give errors and false accepts by file, and of all but the open questions."""
    print(f"\n{half}: errors (false accepts) of rows")
    print(f"{'':14}{'rows':>6}" + "".join(f"{name:>16}" for name in accepted))
    figures: dict[str, Any] = {}
    closed = [row for row in rows if row["kind"] != OPEN]
    for kind in [*_extraction.kinds(rows), "all closed"]:
        cells = {}
        for name, said in accepted.items():
            if kind == "all closed":
                kept = [one for row, one in zip(rows, said, strict=True) if row["kind"] != OPEN]
                cells[name] = _extraction.count(closed, kept)
            else:
                cells[name] = _extraction.count(rows, said, kind)
        figures[kind] = cells
        size = cells["ours"]["rows"]
        print(
            f"{kind:14}{size:6}"
            + "".join(_cell(cell["errors"], cell["false_accepts"], size) for cell in cells.values())
        )
    opened = [(row, one) for row, one in zip(rows, accepted["ours"], strict=True) if row["kind"] == OPEN]
    if opened:
        figures["open"] = _open(opened)
        print("  ".join(f"{name}: {a} of {b}" for name, (a, b) in figures["open"].items()))
    return figures


def _cell(errors: int, false: int, rows: int) -> str:
    return f"{f'{errors} ({false}) {errors / max(rows, 1):5.1%}':>16}"


def _open(pairs: Sequence[tuple[Row, bool]]) -> dict[str, tuple[int, int]]:
    """Of the open questions: what people accept and holds the gold answer word for word, and what they reject."""
    held = [one for row, one in pairs if row["label"] == "correct" and _words(row["target"]) in _words(row["response"])]
    refused = [one for row, one in pairs if row["label"] != "correct"]
    return {
        "accepted where people accept and the gold stands word for word": (sum(held), len(held)),
        "accepted where people reject": (sum(refused), len(refused)),
    }


def _words(text: str) -> str:
    return f" {' '.join(''.join(c if c.isalnum() else ' ' for c in text.lower()).split())} "


def show(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> None:
    """Our errors, each with what was read."""
    for row, verdict in zip(rows, verdicts, strict=True):
        if verdict.correct != (row["label"] == "correct"):
            print(f"\n=== {row['id']} [{verdict.grader}] is {row['label']}, ours {verdict.outcome} {verdict.answer!r}"
                  f" ({verdict.why}); gold {row['target']!r}")  # fmt: skip
            print(f"Q: {row['question'][-300:]}\nR: ...{row['response'][-500:]}")


def speed(data: Path) -> dict[str, dict[str, int]]:
    """Rows a second of `orca2 grade` on one core, its start included, the best of three; and what is wanted."""
    found = {}
    with TemporaryDirectory() as folder:
        for name, wanted in SPEED.items():
            source = Path(folder, f"{name}.jsonl")
            source.write_bytes(gzip.decompress((data / f"{name}.jsonl.gz").read_bytes()))
            rows = len(source.read_text(encoding="utf-8").splitlines())
            command = [str(Path(sys.executable).parent / "orca2"), "grade", str(source), "--out", f"{source}.out"]
            command = ["taskset", "-c", "0", *command] if os.path.exists("/usr/bin/taskset") else command
            took = []
            for _ in range(3):
                started = time.perf_counter()
                subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
                took.append(time.perf_counter() - started)
            found[name] = {"rows": rows, "rows_per_second": round(rows / min(took)), "wanted": wanted}
            print(f"{name:12} {rows:6} rows  {rows / min(took):8.0f} rows/s  wanted {wanted}")
    return found


if __name__ == "__main__":
    main()
