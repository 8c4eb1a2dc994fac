"""Models of a given shape with random weights, a tokenizer of bytes, and lessons of random letters."""

import random
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from gpu._card import DEVICE
from orca2.checkpoints.template import CHATML
from orca2.core.types import Lesson, Message

SHAPES: dict[str, dict[str, Any]] = {
    "135m": {
        "vocab_size": 49_152, "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30,
        "num_attention_heads": 9, "num_key_value_heads": 3, "max_position_embeddings": 8192,
        "rope_parameters": {"rope_type": "default", "rope_theta": 100_000.0}, "tie_word_embeddings": True,
    },
    "7b": {
        "vocab_size": 32_003, "hidden_size": 4096, "intermediate_size": 11_008, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 32, "max_position_embeddings": 4096,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0}, "tie_word_embeddings": False,
    },
}  # fmt: skip
TYPES = {"7b": torch.bfloat16, "135m": torch.float32}  # of the weights in training
SMALL = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "vocab_size": 515}
HEADS = {"num_attention_heads": 4}
ORDINARY = [chr(byte) for byte in range(ord("a"), ord("z") + 1)]


def config(shape: str, quick: bool) -> LlamaConfig:
    keys = SHAPES[shape] | {"rms_norm_eps": 1e-5, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2}
    if quick:
        groups = 2 if keys["num_key_value_heads"] < keys["num_attention_heads"] else 4
        keys |= SMALL | HEADS | {"num_key_value_heads": groups}
    return LlamaConfig(**keys)


def model(shape: str, dtype: torch.dtype, quick: bool) -> Any:
    """Made on the device: a file of this size would take longer to write than the measurement."""
    torch.manual_seed(0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with DEVICE:
            made = LlamaForCausalLM(config(shape, quick))
    finally:
        torch.set_default_dtype(before)
    return made.to(DEVICE)


def tokenizer(size: int = 0) -> PreTrainedTokenizerFast:
    """One id a byte, and ChatML's control tokens; up to `size`, further ids that a model may give."""
    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    further = [f"word{place}" for place in range(len(specials) + len(letters), size)]
    backend = Tokenizer(BPE({token: place for place, token in enumerate([*specials, *letters, *further])}, []))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token="<|im_end|>", bos_token="<|endoftext|>", pad_token="<|endoftext|>",
        extra_special_tokens=["<|im_start|>"],
    )  # fmt: skip
    made.chat_template = CHATML
    return made


def lessons(tokens: int, longest: int) -> list[Lesson]:
    """Lessons of about so many tokens in all: prompts of 250 and answers of 200 in the median, log-normal."""
    rng, made, total = random.Random(0), list[Lesson](), 0
    while total < tokens:
        sizes = [min(int(rng.lognormvariate(mean, 0.6)), longest // 2 - 40) for mean in (5.5, 5.3)]
        question, answer = ("".join(rng.choices(ORDINARY, k=max(size, 4))) for size in sizes)
        made.append(Lesson((Message("user", question), Message("assistant", answer)), str(len(made))))
        total += sum(sizes) + 20
    return made
