"""What a process of a user's check runs: an answer and its task in, one a line; what the function says of it out."""

import json
import os
import sys
import traceback
from typing import Any

from orca2 import plugins


def main(path: str) -> None:
    """Answer until the input ends; the first line says that the file is imported. What it prints goes to stderr."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    check = plugins.get("graders", path).check
    print("ready", file=out, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            reply = _said(check(asked["answer"], asked["task"]))
        except Exception as error:  # whatever a user's code does
            last = traceback.extract_tb(error.__traceback__)[-1]
            reply = {
                "crash": f"{type(error).__name__}: {error} (line {last.lineno} of {os.path.basename(last.filename)})"
            }
        print(json.dumps(reply), file=out, flush=True)


def _said(value: Any) -> dict[str, Any]:
    right, why = value if isinstance(value, tuple) and len(value) == 2 else (value, "")
    if not isinstance(right, bool) or not isinstance(why, str):
        return {"crash": f"check returns {value!r}, which is neither True or False nor (True or False, why)"}
    return {"right": right, "why": why}


if __name__ == "__main__":
    main(sys.argv[1])
