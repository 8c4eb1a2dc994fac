"""lm-eval's log-likelihoods through `orca2 serve` and through its own `hf` back end: the same checkpoint, in float32.

    python bench/loglikelihood.py [--items 20] [--data FOLDER] [--python INTERPRETER]

ARC-Easy, SmolLM2-135M. lm-eval runs in an environment of its own (bench/_environments.py), or under an interpreter
that has it. The last line is one JSON object.
"""

import argparse
import gzip
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import _environments
from _servers import KEY, MODEL, running
from orca2.checkpoints.loading import locate

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "shared" / "data" / "eval"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=20)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--python", type=Path, help="an interpreter with lm-eval; default: its environment is made")
    options = parser.parse_args()
    if options.python is None:
        _environments.make("lm_eval_hf")
    interpreter = options.python or _environments.python("lm_eval_hf")
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, running("orca2", "--dtype", "fp32") as server:
        rows = Path(folder) / "arc_easy.jsonl"
        rows.write_bytes(gzip.decompress((options.data / "arc_easy.jsonl.gz").read_bytes()))
        asked = {"rows": str(rows), "limit": options.items, "url": f"{server.base}/v1", "model": server.model}
        asked["checkpoint"] = locate(MODEL, Path())
        said = lm_eval(str(interpreter), asked)
    figures: dict[str, Any] = {"items": options.items, "seconds": round(time.perf_counter() - started)}
    print("| | acc | acc_norm | greedy choices | largest difference of a log-likelihood |\n|---|---|---|---|---|")
    for name, found in said.items():
        likelihoods, greedy = flat(found, 0), sum(flat(found, 1))
        apart = max(abs(one - other) for one, other in zip(likelihoods, flat(said["hf"], 0), strict=True))
        figures[name] = {"acc": found["acc"], "acc_norm": found["acc_norm"], "greedy": greedy, "largest": apart}
        print(
            f"| {name} | {found['acc']:.3f} | {found['acc_norm']:.3f} | {greedy} of {len(likelihoods)} | {apart:.1e} |"
        )
    print(json.dumps(figures))


def lm_eval(interpreter: str, asked: dict[str, Any]) -> dict[str, Any]:
    environment = {**os.environ, "OPENAI_API_KEY": KEY, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    script = str(HERE / "peers" / "loglikelihood_lm_eval_.py")
    done = subprocess.run(
        [interpreter, script], input=json.dumps(asked), env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def flat(found: dict[str, Any], part: int) -> list[Any]:
    return [choice[part] for choices in found["choices"] for choice in choices]


if __name__ == "__main__":
    main()
