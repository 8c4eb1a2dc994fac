"""bespokelabs-curator on the rows of `bench/asking.py`: peers/curator_.py BASE_URL ROWS CONCURRENCY.

Its limits a minute are set out of the way, its concurrency is the one asked for.
"""

import json
import sys
from typing import Any

from bespokelabs import curator

from _ask_rows import MODEL, MOST, SYSTEM, prompt, right


class Asking(curator.LLM):
    def prompt(self, input: dict[str, Any]) -> list[dict[str, str]]:
        return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": prompt(input["n"])}]

    def parse(self, input: dict[str, Any], response: str) -> dict[str, Any]:
        return {"n": input["n"], "text": response}


def main() -> None:
    base_url, rows, concurrency = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    asking = Asking(
        model_name=MODEL, backend="openai", generation_params={"max_tokens": MOST, "temperature": 0.0},
        backend_params={
            "base_url": base_url, "max_requests_per_minute": 10**7, "max_tokens_per_minute": 10**10,
            "max_concurrent_requests": concurrency, "require_all_responses": False,
        },
    )  # fmt: skip
    found = asking([{"n": n} for n in range(rows)]).dataset
    good = sum(right(row["n"], row["text"]) for row in found)
    print(json.dumps({"rows": len(found), "right": good}))


if __name__ == "__main__":
    main()
