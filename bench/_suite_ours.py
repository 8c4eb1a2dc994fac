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

from orca2.apps import suite
from orca2.apps.suite import Options, _run
from orca2.apps.suite._subject import subject
from orca2.benchmarks._loading import load


def main() -> None:
    asked = json.loads(sys.stdin.read())
    with tempfile.TemporaryDirectory() as place:
        os.environ["ORCA2_CACHE"] = f"{place}/answers.sqlite"
        options = Options(
            ",".join(asked["tasks"]), Path(asked["data"]), Path(place) / "out", 0, asked["tokens"], ("cautious",),
            model_name="stub" if "url" in asked else None, concurrency=asked.get("flight", 64),
        )  # fmt: skip
        options.out.mkdir()  # type: ignore[union-attr]
        who = subject(
            asked.get("url") or asked["checkpoint"], options.model_name, "cpu", {"concurrency": options.concurrency}
        )
        who = dataclasses.replace(who, cautious=asked["system"])
        started = time.perf_counter()
        loaded = [load(name, options.data) for name in asked["tasks"]]
        assert options.out is not None
        _run(who, None, loaded, [], None, options, options.out)
        seconds = time.perf_counter() - started
        rows = [json.loads(line) for line in (options.out / "graded.jsonl").read_text().splitlines()]
    told: dict[str, Any] = {}
    for row in rows:
        told.setdefault(row["family"], []).append([row["response"], row["outcome"], row["answer"]])
    print(json.dumps({"runs": {"ours": seconds}, "answers": told, "suite": suite.__name__}))


if __name__ == "__main__":
    main()
