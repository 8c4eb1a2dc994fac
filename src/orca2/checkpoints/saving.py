"""A checkpoint that carries all that answering needs: template, default system message, stop ids."""

import json
from pathlib import Path
from typing import Any

import torch
from torch.distributed.tensor import DTensor
from transformers import GenerationConfig

from orca2.checkpoints.chat_codec import ChatCodec, stop_ids
from orca2.checkpoints.quiet import quiet_libraries
from orca2.files import apply_umask


def save(model: Any, tokenizer: Any, system: str, folder: Path, made_from: dict[str, Any]) -> None:
    """Write bfloat16 safetensors, tokenizer, template, generation config and `orca2.json` to `folder`.

    The student keeps its own template, with the default system message. Any reader of checkpoints then
    chats with that message and stops by itself, and answers greedily.
    """
    tokenizer.chat_template = ChatCodec(tokenizer).with_default(system)
    model.generation_config = GenerationConfig(eos_token_id=model.generation_config.eos_token_id, do_sample=False)
    write(model.to(torch.bfloat16), tokenizer, folder)
    (folder / "orca2.json").write_text(json.dumps(made_from, indent=1) + "\n", encoding="utf-8")


@quiet_libraries()
def write(model: Any, tokenizer: Any, folder: Path) -> None:
    """Write a model in its own type, with its template and the ids that end an answer in all that readers look at."""
    chat = ChatCodec(tokenizer)
    if "eos_token" not in chat.template:  # which would write another token then
        tokenizer.eos_token = tokenizer.convert_ids_to_tokens(chat.end)
    stops = stop_ids(chat, model)
    eos = stops if len(stops) > 1 else chat.end
    pad, rows = tokenizer.pad_token_id, int(model.get_input_embeddings().weight.shape[0])
    pad = chat.end if pad is None or pad >= rows else pad  # beyond the embeddings no model could be made with it
    model.config.eos_token_id, model.config.pad_token_id = eos, pad
    config = model.generation_config
    config.bos_token_id, config.eos_token_id, config.pad_token_id = tokenizer.bos_token_id, eos, pad
    model.save_pretrained(folder, state_dict=_gathered(model))
    tokenizer.save_pretrained(folder)
    apply_umask(folder)  # `save_pretrained` writes weights that only their owner can read


def _gathered(model: Any) -> dict[str, torch.Tensor] | None:
    """The weights of a model that FSDP2 has sharded, whole, on every process; None where nothing is sharded."""
    if not any(isinstance(parameter, DTensor) for parameter in model.parameters()):
        return None
    return {
        name: value.full_tensor().cpu() if isinstance(value, DTensor) else value
        for name, value in model.state_dict().items()
    }
