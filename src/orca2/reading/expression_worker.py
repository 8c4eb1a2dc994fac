"""What a process of `_pool` runs: pairs of expressions in, one a line, whether they are equal out."""

import contextlib
import faulthandler
import json
import logging
import os
import sys

MEMORY = 4 << 30  # bytes of address space: a tower of powers must not take the machine down
LONGEST = 60  # seconds before the process ends itself, should the one that started it be gone


def main() -> None:
    """Answer until the input ends; the first line says that everything is imported."""
    from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

    logging.disable(logging.CRITICAL)
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on Windows, nor above a bound that is there
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    kinds = [LatexExtractionConfig(boxed_match_priority=0), ExprExtractionConfig()]
    out, nowhere = sys.stdout, open(os.devnull, "w")  # noqa: SIM115 (open as long as the process is there)
    sys.stdout = sys.stderr  # nothing but replies may go where replies go
    print("ready", file=out, flush=True)
    for line in sys.stdin:
        gold, answer = json.loads(line)
        faulthandler.dump_traceback_later(LONGEST, exit=True, file=nowhere)  # whatever the interpreter is busy with
        try:
            sides = [parse(f"${text}$", kinds, parsing_timeout=None) for text in (gold, answer)]
            equal = bool(sides[0]) and bool(sides[1]) and verify(*sides, timeout_seconds=None)
        except (Exception, RecursionError, MemoryError):
            equal = False
        faulthandler.cancel_dump_traceback_later()
        print(json.dumps(bool(equal)), file=out, flush=True)


if __name__ == "__main__":
    main()
