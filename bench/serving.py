"""`orca2 serve` beside `transformers serve` and llama.cpp's server, all over HTTP on loopback, SmolLM2-135M.

    python bench/serving.py [--quick] [--only load rights abuse]

`load`: 16 clients at once with mixed lengths, tokens a second. `rights`: who gets which point of OpenAI's API right.
`abuse`: 200 clients of which most misbehave, for two minutes, against ours alone. `transformers serve` has an
environment of its own under .bench. The last line is JSON.
"""

import argparse
import json
from typing import Any

from _serve_abuse import abuse
from _serve_load import measure
from _serve_probe import CHECKS, probe
from _servers import NAMES, running

PARTS = ("load", "rights", "abuse")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round of load without peers, ten seconds of abuse")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    quick: bool = options.quick
    names = NAMES[:1] if quick else NAMES
    figures: dict[str, Any] = {"quick": quick}
    if "load" in options.only:
        figures["load"] = {}
        for name in names:
            with running(name) as server:
                figures["load"][name] = found = measure(server, 1 if quick else 2)
            print(f"{name:<36}{found['tokens_per_second']:>8} tokens/s  {found}", flush=True)
    if "rights" in options.only:
        rights = {}
        for name in names:
            with running(name) as server:
                rights[name] = probe(server)
        figures["rights"] = rights
        print("| |" + " | ".join(names) + " |\n|---|" + "---|" * len(names))
        for check in CHECKS:
            print(f"| {check} | " + " | ".join("yes" if rights[name][check] else "**no**" for name in names) + " |")
    if "abuse" in options.only:
        with running("orca2", "--patience", "5") as server:
            figures["abuse"] = abuse(server, 10 if quick else 120)
        print(json.dumps(figures["abuse"], indent=1))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
