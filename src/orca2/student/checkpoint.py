"""A checkpoint that carries all that answering needs: template, default system message, stop ids."""

import json
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig

from orca2.models._chatml import ChatML, template


def save(model: Any, tokenizer: Any, system: str, folder: Path, made_from: dict[str, Any]) -> None:
    """Write bfloat16 safetensors, tokenizer, template, generation config and `orca2.json` to `folder`.

    Any reader of checkpoints then chats with the generic system message and stops by itself.
    """
    chat = ChatML(tokenizer)
    tokenizer.chat_template = template(system)
    if tokenizer.convert_tokens_to_ids(tokenizer.eos_token) != chat.end:
        tokenizer.eos_token = "<|im_end|>"
    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else chat.end
    model.config.eos_token_id, model.config.pad_token_id = chat.end, pad
    model.generation_config = GenerationConfig(
        bos_token_id=tokenizer.bos_token_id, eos_token_id=chat.end, pad_token_id=pad, do_sample=False
    )
    model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "orca2.json").write_text(json.dumps(made_from, indent=1) + "\n", encoding="utf-8")
