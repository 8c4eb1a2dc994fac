"""Our suite in a process of its own, with the model loaded before the clock starts.

Reads `tasks` (as the peers), `tokens`, `system` and `url` or `checkpoint` from standard input; prints one JSON object.
"""

import dataclasses
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from orca2.apps.suite import Options, _run
from orca2.apps.suite._subject import subject
from orca2.benchmarks import load_benchmark


def main() -> None:
    asked = json.loads(sys.stdin.read())
    with tempfile.TemporaryDirectory() as place:
        os.environ["ORCA2_CACHE"] = f"{place}/answers.sqlite"
        options = Options(
            ",".join(asked["tasks"]), Path(asked["data"]), Path(place) / "out", 0, asked["tokens"], ("default",),
            model_name="stub" if "url" in asked else None, concurrency=asked.get("flight", 64),
        )  # fmt: skip
        options.out.mkdir()  # type: ignore[union-attr]
        who = subject(
            asked.get("url") or asked["checkpoint"], options.model_name, "cpu", {"concurrency": options.concurrency}
        )
        if asked.get("dtype") == "float32":
            from orca2.models import transformers  # not before it is needed: an endpoint is asked without torch

            who = dataclasses.replace(who, model=transformers.load(asked["checkpoint"], Path(), "cpu", dtype="fp32"))
        who = dataclasses.replace(who, default_system=asked["system"])
        started, worked = time.perf_counter(), time.process_time()
        loaded = [load_benchmark(name, options.data) for name in asked["tasks"]]
        assert options.out is not None
        _run(who, None, loaded, [], None, options, options.out)
        seconds, worked = time.perf_counter() - started, time.process_time() - worked
        rows = [json.loads(line) for line in (options.out / "graded.jsonl").read_text().splitlines()]
    told: dict[str, Any] = {}
    for row in rows:
        told.setdefault(row["family"], []).append([row["response"], row["outcome"], row["answer"]])
    print(json.dumps({"runs": {"ours": seconds}, "cpu": {"ours": worked}, "answers": told}))


if __name__ == "__main__":
    main()
