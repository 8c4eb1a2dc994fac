"""Our engine on the rows of `bench/asking.py`: python _ask_ours.py BASE_URL ROWS CONCURRENCY CACHE [RESULT].

Prints one JSON line. RESULT gets a line "n text" for each row that was answered, in the order in which they ended.
"""

import json
import sys
from contextlib import ExitStack
from pathlib import Path

from _ask_rows import MODEL, MOST, SYSTEM, prompt, right
from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, run_all
from orca2.core.types import Completion, Message, Request
from orca2.models.openai import load

SAMPLED = 5000  # rows between two looks at the memory


def main() -> None:
    base_url, rows, concurrency, cache = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    system = Message("system", SYSTEM)

    async def once(n: int, ask: Ask) -> Completion:
        return await ask(Request((system, Message("user", prompt(n))), MOST))

    client = ModelClient(load(MODEL, base_url, concurrency=concurrency, retries=20), Cache(cache))
    start = upper_bound = memory()
    ended = good = failed = 0
    with ExitStack() as stack:
        result = stack.enter_context(open(sys.argv[5], "w")) if len(sys.argv) > 5 else None
        for n, completion in run_all(client, range(rows), once):
            good += right(n, completion.text)
            failed += completion.error is not None
            if result and completion.error is None:
                result.write(f"{n} {completion.text}\n")
            ended += 1
            if ended % SAMPLED == 0:
                upper_bound = max(upper_bound, memory())
    print(json.dumps({"rows": ended, "right": good, "failed": failed, "grown_mb": round(upper_bound - start, 1)}))


def memory() -> float:
    """Resident megabytes of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
