"""A local model, run by `transformers`: the student, or a teacher on the same machine."""

from pathlib import Path
from typing import Any

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import check_place, files, load_model, load_tokenizer, locate, pick_device, pick_dtype
from orca2.checkpoints.preparing import ensure_chat_template
from orca2.files import hash_file
from orca2.inference.local import LocalModel
from orca2.inference.optimize import optimize_for_inference


def load(
    model: str,
    base: Path,
    device: str = "auto",
    system: str = "",
    dtype: str = "auto",
    quantize: str = "none",
    batch_tokens: int = 0,
    section: str = "student",
) -> LocalModel:
    """Load a hub id, folder, GGUF file or `package:NAME/FILE`.

    `dtype` is auto (the best type for the device), bf16, fp16 or fp32; `quantize` none, 8bit or 4bit; `batch_tokens`
    as for `LocalModel`. Errors call the model a key of `section`.
    """
    place, on = locate(model, base, f"{section}.model"), pick_device(device)
    kind, tokenizer = pick_dtype(on, dtype), load_tokenizer(place)
    network = load_model(place, kind, on, quantize)
    ensure_chat_template(network, tokenizer)
    if system:
        tokenizer.chat_template = ChatCodec(tokenizer).with_default(system)
    optimize_for_inference(network)
    return LocalModel(_name(model, place, quantize), network, tokenizer, batch_tokens=batch_tokens)


def name_of(model: str, base: Path, section: str = "student") -> str:
    """The name that `load` gives an unquantized model, of which nothing is loaded."""
    return _name(model, locate(model, base, f"{section}.model"), "none")


def _name(model: str, place: str, quantize: str) -> str:
    digests = [hash_file(path)[:16] for path in files(place)]
    return " ".join([model, *([] if quantize == "none" else [quantize]), *digests])


def check(
    model: str, base: Path, device: str = "auto", dtype: str = "auto", section: str = "student", **options: Any
) -> None:
    """ModelError for what can be told of the options of `load` before weights are read."""
    check_place(model, base, f"{section}.model")
    pick_dtype(pick_device(device), dtype)
