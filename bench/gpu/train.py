"""Training on a GPU against TRL's SFTTrainer with packing: Orca-2-7B's own shape and SmolLM2-135M's, random weights.

Full fine-tuning. 7b: weights, gradients and AdamW's moments in bfloat16 (54 GB); 135m: all of them in float32, products
in bfloat16. Both sides take the same lessons in rows of 4,096 tokens, four rows a step, fused AdamW, and are timed
from the end of the third step to the end of the last one but one. What is counted is what is useful: tokens of lessons,
no padding. MFU is of the model's own operations: 6 a weight and token, 6 x layers x width x (mean length of a token's
document) for causal attention, the head over supervised tokens alone, and nothing computed twice counted twice. It
is given against the card's data sheet and against the matrix rate measured in the same run. TRL gets the attention that
`transformers` has without further kernels: SDPA under a block-diagonal mask (`trl`), or flex attention (`trl-flex`).

Run: python bench/gpu/train.py [--quick] [--only PARTS]. The last line is one JSON object; with $OUT set it is also in
$OUT/train.json, and profiles of a step in $OUT/train-profile.txt.
"""

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from gpu._parts import Part, later, measure

TRAINING = "gpu._training"
os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")  # nearly all of the card's memory is used
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
PARTS: dict[str, Part] = {
    "ceilings": later("gpu._card", "ceilings"),
    "135m ours plain": later(TRAINING, "ours", "135m"),
    "gradient": later(TRAINING, "gradient"),
    "135m trl": later(TRAINING, "theirs", "135m"),
    "7b ours": later(TRAINING, "ours", "7b", compile=True),
    "7b trl": later(TRAINING, "theirs", "7b", gradient_checkpointing=True),
    "135m ours": later(TRAINING, "ours", "135m", compile=True),
    "7b ours plain": later(TRAINING, "ours", "7b", gradient_checkpointing=True),
    "head": later("gpu._head", "head"),
    "7b ours compiled checkpointing": later(TRAINING, "ours", "7b", compile=True, gradient_checkpointing=True),
    "7b trl-flex": later(TRAINING, "theirs", "7b", attend="flex_attention", gradient_checkpointing=True),
    "135m trl-flex": later(TRAINING, "theirs", "135m", attend="flex_attention"),
    "135m trl-compiled": later(TRAINING, "theirs", "135m", torch_compile=True),
    "135m ours rows of 16k": later(TRAINING, "ours", "135m", row=16_384, rows=1, compile=True),
    "135m trl rows of 16k": later(TRAINING, "theirs", "135m", row=16_384, rows=1),
    "7b ours 8-bit": later(TRAINING, "ours", "7b", compile=True, optimizer="adamw_8bit"),
}
EXTRA = (
    "7b ours compiled checkpointing", "7b trl-flex", "135m trl-flex", "135m trl-compiled", "135m ours rows of 16k",
    "135m trl rows of 16k", "7b ours 8-bit",
)  # fmt: skip


def summary(parts: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    card = parts.get("ceilings", {})
    for name, part in parts.items():
        if "model_tflops" in part:
            for against in ("matrix_tflops", "sheet_tflops"):
                if card.get(against):
                    found[f"{name}: MFU of {against}"] = round(part["model_tflops"] / card[against], 4)
    for shape in ("7b", "135m"):
        for one, other in ((" ours", " trl"), (" ours plain", " trl"), (" ours", " trl-flex"), (" ours", " ours plain"),
                           (" ours rows of 16k", " trl rows of 16k"), (" ours", " trl-compiled")):  # fmt: skip
            speeds = [parts.get(shape + side, {}).get("tokens_per_second") for side in (one, other)]
            if all(speeds):
                found[f"{shape}:{one} over{other}"] = round(speeds[0] / speeds[1], 3)
    return found


if __name__ == "__main__":
    measure("train", __doc__ or "", PARTS, EXTRA, summary, alone="7b")
