"""A GGUF file as a plain checkpoint, unpacked once and kept in the user's cache.

Reading a GGUF in Python takes `transformers` 10 to 20 seconds a time; a run loads its student often.
"""

import contextlib
import io
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoTokenizer, GgufConfig

from orca2.checkpoints.files import check_config, check_tokenizer, check_weights
from orca2.checkpoints.quiet import quiet_libraries
from orca2.checkpoints.weights import read
from orca2.errors import ModelError
from orca2.files import apply_umask, cache_folder, hash_file


def unpack(file: Path) -> Path:
    """The folder of the checkpoint: bfloat16 safetensors, tokenizer and chat template.

    It is named by the file's content and the version of `transformers` that read it.
    """

    def whole(folder: Path) -> None:
        check_config(folder)
        check_tokenizer(folder)
        check_weights(folder)

    return cached_folder(
        f"{hash_file(file)[:24]}-{transformers.__version__}", lambda folder: _convert(file, folder), whole
    )


def cached_folder(name: str, make: Callable[[Path], object], check: Callable[[Path], None]) -> Path:
    """A folder of the user's cache that `make` fills once, whole or not at all; one that fails `check`, with a
    ModelError, is filled anew."""
    cache = cache_folder() / "gguf"
    folder = cache / name
    if folder.is_dir():
        try:
            check(folder)
            return folder
        except ModelError:  # cut by a full disk or a power failure
            shutil.rmtree(folder, ignore_errors=True)
    cache.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(dir=cache, prefix=".partial-"))
    try:
        make(partial)
        apply_umask(partial)
        with contextlib.suppress(OSError):  # another process was faster: its folder is the same
            os.replace(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


@quiet_libraries()
def read_tokenizer(file: Path) -> Any:
    """The tokenizer in a GGUF file, with its chat template."""
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            return AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)
    except Exception as error:  # a header that is cut, or no header at all, fails anywhere in its readers
        raise ModelError(f"{file}: no tokenizer can be read from it ({error}); give a whole GGUF file") from error


@quiet_libraries()
def read_model(file: Path, dtype: torch.dtype) -> Any:
    """The model in a GGUF file, its weights in `dtype`."""
    with contextlib.redirect_stderr(io.StringIO()):  # a progress bar that cannot be turned off
        return read(str(file.parent), gguf_file=file.name, dtype=dtype, quantization_config=GgufConfig(dequantize=True))


@quiet_libraries()
def _convert(file: Path, folder: Path) -> None:
    tokenizer, model = read_tokenizer(file), read_model(file, torch.bfloat16)
    model.hf_quantizer = None  # save_pretrained would otherwise try to write GGUF blocks
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
