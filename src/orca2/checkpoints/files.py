"""A checkpoint's files looked at before they are read: pointers of Git LFS, cut ones, shards that are not there.

What a library makes of such a file is a traceback that names none, or nothing at all.
"""

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

from safetensors import SafetensorError, safe_open

from orca2.errors import ModelError

POINTER = b"version https://git-lfs.github.com/spec/"
CONFIGS = ("config.json", "generation_config.json")
TOKENIZERS = (
    "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.json",
    "tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json", "vocab.txt", "merges.txt",
)  # fmt: skip
PLACES = ("", "additional_chat_templates")  # where templates lie
SPARE = TOKENIZERS[5:]  # which nobody reads beside a tokenizer.json
WEIGHTS = ("model.safetensors", "pytorch_model.bin")  # in this order, each whole or as an index of shards
INDEX = ".index.json"
PARSED = 1 << 20  # bytes: a larger JSON is left to its reader, which takes half a second for it
AGAIN = "copy or download it again"


def check_whole(path: Path) -> None:
    """ModelError where a file is empty, a pointer of Git LFS, or cut, as far as its format says."""
    with open(path, "rb") as handle:
        start = handle.read(len(POINTER))
    if start == POINTER:
        raise ModelError(
            f"{path} is a Git LFS pointer and not the file itself; fetch it with `git lfs pull`, or download it again"
        )
    if not start and path.suffix != ".txt":
        raise ModelError(f"{path} is empty; {AGAIN}")
    if path.suffix == ".json" and path.stat().st_size <= PARSED:
        _parse(path)
    elif path.suffix == ".safetensors":
        try:
            with safe_open(path, framework="pt"):  # reads the header, and holds it against the length
                pass
        except SafetensorError as error:
            raise ModelError(f"{path} is cut or damaged ({error}); {AGAIN}") from error
    elif path.suffix == ".bin" and start.startswith(b"PK") and not zipfile.is_zipfile(path):
        raise ModelError(f"{path} is cut (its end is missing); {AGAIN}")


def check_tokenizer(folder: Path) -> None:
    """ModelError where a file that the tokenizer is read from is not whole."""
    read = TOKENIZERS[:5] if (folder / "tokenizer.json").is_file() else (*TOKENIZERS[:4], *SPARE)
    templates = (path for place in PLACES for path in sorted((folder / place).glob("*.jinja")))
    _check(*(folder / name for name in read), *templates)


def check_config(folder: Path) -> None:
    """ModelError where a file that says what model it is, and how it answers, is not whole."""
    _check(*(folder / name for name in CONFIGS))


def check_weights(folder: Path) -> None:
    """ModelError where the weights are not there, or not whole."""
    for name in WEIGHTS:
        if (folder / name).is_file():
            return check_whole(folder / name)
        index = folder / (name + INDEX)
        if index.is_file():
            return _check_shards(index)
    raise ModelError(
        f"{folder} has no weights that are read: neither {WEIGHTS[0]} nor {WEIGHTS[0]}{INDEX} with its shards;"
        " download them, or save the model there with save_pretrained"
    )


def _check_shards(index: Path) -> None:
    check_whole(index)
    content = _parse(index)
    named = content.get("weight_map") if isinstance(content, dict) else None
    if not isinstance(named, dict) or not named or not all(isinstance(name, str) for name in named.values()):
        raise ModelError(f"{index} names no shard (weight_map); {AGAIN}")
    shards = sorted(set(named.values()))
    missing = [name for name in shards if not (index.parent / name).is_file()]
    if missing:
        raise ModelError(
            f"{index} names {len(shards)} shards, of which {len(missing)} are not there: {shown(missing)}; download"
            " them into the same folder"
        )
    _check(*(index.parent / name for name in shards))


def _check(*paths: Path) -> None:
    for path in paths:
        if path.is_file():
            check_whole(path)


def _parse(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise ModelError(f"{path} is no JSON: cut or damaged ({error}); {AGAIN}") from error


def shown(names: Iterable[str], most: int = 3) -> str:
    """The first of some names."""
    ordered = sorted(names)
    return ", ".join(ordered[:most]) + (", ..." if len(ordered) > most else "")
