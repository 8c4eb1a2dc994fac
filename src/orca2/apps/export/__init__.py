"""A model as files for other programs: safetensors or GGUF, with a model card, and on the hub if asked."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orca2.checkpoints.names import find
from orca2.errors import ModelError
from orca2.files import located, write_text
from orca2.progress import console

if TYPE_CHECKING:
    from orca2.apps.export._card import Written

FORMATS = ("safetensors", "gguf")
KINDS = ("f16", "q8_0", "q4_0")


def export(model: str, out: Path, form: str = "safetensors", kind: str | None = None, push: str | None = None) -> None:
    """Write `out`, a new folder, whole or not at all; then upload it to the hub's repository `push`."""
    _check_names(out, form, kind)
    kind = kind or KINDS[0]
    if push:
        from orca2.apps.hub import check_token

        check_token("--push")
    from orca2.apps.export import _card

    spec, base = find(model)
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        name = name_of(model)
        source = _card.source(model, spec, base)
        written = _write(spec, base, partial, name, form, kind, source)
        write_text(partial / "README.md", _card.card(source, name, form, kind, written, push))
        if out.is_dir():  # empty, as was checked
            out.rmdir()
        os.replace(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    console.print(f"written to {out}, {size / 1e6:,.0f} MB", soft_wrap=True)
    if push:
        from orca2.apps.hub import upload

        console.print(f"uploaded: {upload(out, push, '--push')}", soft_wrap=True)


def name_of(model: str) -> str:
    """A file's name for a model: of a path its last part, of a hub id the part after the owner."""
    path = located(model.removeprefix("package:"))
    return path.stem if path.suffix == ".gguf" else path.resolve().name if path.exists() else path.name


def _check_names(out: Path, form: str, kind: str | None) -> None:
    from orca2.plugins import suggest

    for what, given, known in (("--format", form, FORMATS), ("--type", kind or KINDS[0], KINDS)):
        if given not in known:
            raise ModelError(f"{what}: no {given!r}{suggest(given, list(known))}; there are {', '.join(known)}")
    if form == "safetensors" and kind:
        raise ModelError(f"--type {kind} is one of GGUF's; add --format gguf")
    if out.suffix in (".gguf", ".safetensors"):
        raise ModelError(f"{out}: give a folder for the files to go into, as {out.with_suffix('')}")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ModelError(f"{out} is there already; give another folder, or remove it")


def _write(spec: str, base: Path, folder: Path, name: str, form: str, kind: str, source: Any) -> "Written":
    """The files but for the card."""
    import torch

    from orca2.apps.export._card import Written
    from orca2.checkpoints.chat_codec import ChatCodec
    from orca2.checkpoints.loading import load_config, load_model, load_tokenizer, locate
    from orca2.checkpoints.preparing import ensure_chat_template

    place = locate(spec, base)
    tokenizer = load_tokenizer(place)
    stored = getattr(load_config(place), "dtype", None)
    model = load_model(place, stored or torch.bfloat16, torch.device("cpu")).eval()
    ensure_chat_template(model, tokenizer)
    chat = ChatCodec(tokenizer)
    if form == "safetensors":
        from orca2.checkpoints.saving import write

        write(model, tokenizer, folder)
        return Written(chat.default is not None)
    from orca2.apps.export import _gguf
    from orca2.apps.export._check import check
    from orca2.apps.export._ollama import modelfile

    file = folder / f"{name}-{kind}.gguf"
    _gguf.write(model, chat, file, name, kind, source.licence)
    text = modelfile(chat, file.name, model.config.max_position_embeddings)
    if text is not None:
        write_text(folder / "Modelfile", text)
    elif chat.dated:
        console.print(
            "no Modelfile: the chat template writes the day's date, and one of Ollama's would write this day's"
        )
    else:
        console.print("no Modelfile: the chat template has no form that Ollama's would have")
    checked = []
    for line in check(file, model, chat):
        console.print(line, soft_wrap=True)
        checked.append(line)
    return Written(chat.default is not None, text is not None, tuple(checked))
