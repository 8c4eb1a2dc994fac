"""Our engine on the rows of `bench/asking.py`, on a cluster or in one process.

Run: python _cluster_ours.py BASE_URL ROWS CONCURRENCY FOLDER ADDRESS|none WORKERS [RESULT]. Prints one JSON line.
RESULT gets a line "n text" for each row that was answered, in the order in which they ended.
"""

import json
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from _ask_ours import SAMPLED, memory
from _ask_rows import MODEL, MOST, SYSTEM, prompt, right
from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, run_all
from orca2.core.types import Completion, Message, Request
from orca2.models.openai import load
from orca2.scale.asking import Askers
from orca2.scale.connecting import connected
from orca2.sections import Cluster


async def once(n: int, ask: Ask) -> Completion:
    """The work on a row, which every process can import."""
    return await ask(Request((Message("system", SYSTEM), Message("user", prompt(n))), MOST))


def main() -> None:
    base_url, rows, concurrency, folder, address = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:6]
    spec = None if address == "none" else Cluster(address=address, workers=int(sys.argv[6]), worker_cpus=0.5)
    cache = Cache(Path(folder, "answers.sqlite"))
    ended = good = failed = 0
    with ExitStack() as stack:
        stack.enter_context(connected(spec))
        askers = Askers(spec, f"{folder}/shards", "bench", cache) if spec else None
        client = ModelClient(load(MODEL, base_url, concurrency=concurrency, retries=20), cache, distributor=askers)
        result = stack.enter_context(open(sys.argv[7], "w")) if len(sys.argv) > 7 else None
        start = upper_bound = memory()
        began = time.monotonic()
        for n, completion in run_all(client, range(rows), once):
            good += right(n, completion.text)
            failed += completion.error is not None
            if result and completion.error is None:
                result.write(f"{n} {completion.text}\n")
            ended += 1
            if ended % SAMPLED == 0:
                upper_bound = max(upper_bound, memory())
        seconds = time.monotonic() - began
        client.ledger.check()
    said = {"rows": ended, "right": good, "failed": failed, "seconds": round(seconds, 2)}
    print(json.dumps(said | {"asked": client.ledger.asked, "grown_mb": round(upper_bound - start, 1)}))


if __name__ == "__main__":
    main()
