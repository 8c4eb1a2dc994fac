"""inspect_ai on the same items against an endpoint, under its own interpreter.

Reads `url`, `flight`, `tokens`, `system` and `tasks` {name: file of rows} from standard input.
"""

import json
import os
import sys
import tempfile
import time


def main() -> None:
    from inspect_ai import Task, eval
    from inspect_ai.dataset import FieldSpec, json_dataset
    from inspect_ai.scorer import match
    from inspect_ai.solver import generate, system_message

    asked = json.loads(sys.stdin.read())
    os.environ |= {"OPENAI_API_KEY": "none"}
    fields = FieldSpec(input="question", target="target", id="id")
    tasks = [
        Task(dataset=json_dataset(rows, fields), solver=[system_message(asked["system"]), generate()],
             scorer=match(numeric=name == "gsm8k"), name=name)
        for name, rows in asked["tasks"].items()
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as logs:
        started = time.perf_counter()
        found = eval(
            tasks, model="openai/stub", model_base_url=asked["url"], model_args={"responses_api": False}, log_dir=logs,
            display="none", max_connections=asked["flight"], temperature=0.0, max_tokens=asked["tokens"],
        )  # fmt: skip
        seconds = time.perf_counter() - started
        assert all(log.status == "success" for log in found), [log.error for log in found]
    print(json.dumps({"runs": {"api": seconds}}))


if __name__ == "__main__":
    main()
