"""Decoding on a GPU against `transformers`: Orca-2-7B's own shape with random weights, greedy.

One conversation (128 ids read, 128 written, by `transformers` 64), in bfloat16 and in 4 bits (nf4), through the session
that `orca2 chat` has: tokens a second, and which share that is of what the card's memory allows if every weight is read
once a token at the rate of a large copy (bytes read and written) measured in the same run. `first` is a new session's
first answer, which makes its graphs on the way; the other figure is of its next. `transformers` is its eager
`generate`.

64 conversations at once (128 ids each, 128 written), through the server's scheduler, against `transformers`' continuous
batching (`generate_batch`, its manager kept, second call) and its `generate`: tokens written over the time of all.

1,024 short prompts of a model of SmolLM2-135M's shape in a batch, as a run asks its student, greedy and drawn.

Run: python bench/gpu/decode.py [--quick] [--only PARTS]. The last line is one JSON object; with $OUT set it is also in
$OUT/decode.json, and profiles of a few steps in $OUT/decode-profile.txt.
"""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gpu._parts import Part, later, measure

ANSWERS = "gpu._answers"
PARTS: dict[str, Part] = {
    "ceilings": later("gpu._card", "ceilings"),
    "bf16 ours": later(ANSWERS, "one_ours", "bf16"),
    "4bit ours": later(ANSWERS, "one_ours", "4bit"),
    "4bit transformers": later(ANSWERS, "one_theirs", "4bit"),
    "64 ours": later(ANSWERS, "many_ours"),
    "batch greedy": later(ANSWERS, "batch_ours", 0.0),
    "batch drawn": later(ANSWERS, "batch_ours", 1.0),
    "64 transformers": later(ANSWERS, "many_theirs"),
    "bf16 transformers": later(ANSWERS, "one_theirs", "bf16"),
    "64 generate": later(ANSWERS, "many_generate"),
    "bf16 transformers static": later(ANSWERS, "one_theirs", "bf16", cache_implementation="static"),
}
EXTRA = ("bf16 transformers static",)


def summary(parts: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    copy = parts.get("ceilings", {}).get("copy_tbs")
    for name, part in parts.items():
        if copy and "weight_gb" in part:
            found[f"{name}: share of the bandwidth limit"] = round(
                part["tokens_per_second"] * part["weight_gb"] / (1000 * copy), 4
            )
    for one, other in (("bf16 ours", "bf16 transformers"), ("4bit ours", "4bit transformers"),
                       ("64 ours", "64 transformers"), ("64 ours", "64 generate"),
                       ("batch drawn", "batch greedy")):  # fmt: skip
        rates = [parts.get(name, {}).get("tokens_per_second") for name in (one, other)]
        if all(rates):
            found[f"{one} over {other}"] = round(rates[0] / rates[1], 3)
    return found


if __name__ == "__main__":
    measure("decode", __doc__ or "", PARTS, EXTRA, summary)
