"""What a process of `_pool` runs: pairs of expressions in, one a line, whether they are equal out."""

import contextlib
import json
import logging
import signal
import sys

MEMORY = 4 << 30  # bytes of address space: a tower of powers must not take the machine down
LONGEST = 60  # seconds before the process ends itself, should the one that started it be gone


def main() -> None:
    """Answer until the input ends; the first line says that everything is imported."""
    from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

    logging.disable(logging.CRITICAL)
    with contextlib.suppress(ImportError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    kinds = [LatexExtractionConfig(boxed_match_priority=0), ExprExtractionConfig()]
    out = sys.stdout
    sys.stdout = sys.stderr  # nothing but replies may go where replies go
    print("ready", file=out, flush=True)
    for line in sys.stdin:
        gold, answer = json.loads(line)
        if hasattr(signal, "alarm"):
            signal.alarm(LONGEST)
        try:
            sides = [parse(f"${text}$", kinds, parsing_timeout=None) for text in (gold, answer)]
            equal = bool(sides[0]) and bool(sides[1]) and verify(*sides, timeout_seconds=None)
        except (Exception, RecursionError, MemoryError):
            equal = False
        print(json.dumps(bool(equal)), file=out, flush=True)


if __name__ == "__main__":
    main()
