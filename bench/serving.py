"""`orca2 serve` beside `transformers serve` and llama.cpp's server, all over HTTP on loopback, SmolLM2-135M.

    python bench/serving.py [--quick] [--only load rights abuse] [--servers orca2 llama.cpp]

`load`: 16 clients at once with mixed lengths, tokens a second. `rights`: who gets which point of OpenAI's API right.
`abuse`: 200 clients of which most misbehave, for two minutes, against ours alone. `transformers serve` has an
environment of its own under .bench. The last line is JSON.
"""

import argparse
import json
from typing import Any

import aiohttp

from _serve_abuse import abuse
from _serve_load import measure
from _serve_probe import CHECKS, probe
from _servers import NAMES, running

PARTS = ("load", "rights", "abuse")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round of load without peers, ten seconds of abuse")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--servers", nargs="+", choices=NAMES, default=None)
    options = parser.parse_args()
    quick: bool = options.quick
    names = options.servers or (NAMES[:1] if quick else NAMES)
    figures: dict[str, Any] = {"quick": quick}
    if "load" in options.only:
        figures["load"] = {}
        for name in names:
            with running(name) as server:
                try:
                    figures["load"][name] = measure(server, 1 if quick else 2)
                except (aiohttp.ClientError, TimeoutError) as error:
                    figures["load"][name] = f"not finished: {type(error).__name__} {error}"
            print(f"{name:<18}{figures['load'][name]}", flush=True)
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
        with running("orca2", "--idle-timeout", "5") as server:
            figures["abuse"] = abuse(server, 10 if quick else 120)
        print(json.dumps(figures["abuse"], indent=1))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
