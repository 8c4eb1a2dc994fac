"""Ways in which a checkpoint comes to harm."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 123456\n"
Weights = dict[str, torch.Tensor]


def pointer(path: Path) -> None:
    path.write_bytes(POINTER)


def cut(path: Path, length: int) -> None:
    """Only the first bytes, or all but the last if negative."""
    path.write_bytes(path.read_bytes()[:length])


def rewrite(folder: Path, change: Callable[[Weights], Weights]) -> None:
    file = folder / "model.safetensors"
    save_file(change(load_file(file)), file, metadata={"format": "pt"})


def configure(folder: Path, **values: Any) -> None:
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def shards(folder: Path) -> None:
    """The same weights in two files with an index."""
    file = folder / "model.safetensors"
    weights = load_file(file)
    file.unlink()
    names = sorted(weights)
    places = {}
    for number, part in ((1, names[: len(names) // 2]), (2, names[len(names) // 2 :])):
        shard = f"model-0000{number}-of-00002.safetensors"
        save_file({name: weights[name] for name in part}, folder / shard, metadata={"format": "pt"})
        places |= dict.fromkeys(part, shard)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
