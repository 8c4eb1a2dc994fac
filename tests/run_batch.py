"""What `vllm run-batch` does, for tests: sends each line of a file of requests to a server, and writes results.

    python -m tests.run_batch -i requests-00001.jsonl -o answers-00001.jsonl --model M

As with vLLM, a request that names a model which is not served fails, and the rest goes on. The server is the one in
$RUN_BATCH_URL.
"""

import argparse
import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any


def run_batch(url: str, requests: Path, results: Path, served: str | None = None) -> None:
    """Have the server at a base URL answer a file of requests."""
    with open(results, "w") as file:
        for number, line in enumerate(requests.read_text().splitlines()):
            row = json.loads(line)
            assert (row["method"], row["url"]) == ("POST", "/v1/chat/completions") and len(row) == 4
            file.write(json.dumps(_answered(url, row, number, served)) + "\n")


def _answered(url: str, row: dict[str, Any], number: int, served: str | None) -> dict[str, Any]:
    line = {"id": f"vllm-{number}", "custom_id": row["custom_id"]}
    response: dict[str, Any] = {"status_code": 200, "request_id": f"vllm-batch-{number}", "body": None}
    if served is not None and row["body"]["model"] != served:
        error = {"message": f"The model `{row['body']['model']}` does not exist.", "type": "NotFoundError", "code": 404}
        return {**line, "response": {**response, "status_code": 404}, "error": {"error": error}}
    head = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{url}/chat/completions", json.dumps(row["body"]).encode(), head)
    try:
        with urllib.request.urlopen(asked) as reply:
            return {**line, "response": {**response, "body": json.loads(reply.read())}, "error": None}
    except urllib.error.HTTPError as error:
        said = json.loads(error.read())
        return {**line, "response": {**response, "status_code": error.code}, "error": said}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", type=Path, required=True)
    parser.add_argument("-o", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--served-model-name")
    given, _ = parser.parse_known_args()
    run_batch(os.environ["RUN_BATCH_URL"], given.i, given.o, given.served_model_name or given.model)
