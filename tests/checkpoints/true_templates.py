"""The chat templates of well-known models, as TRL's wheel carries them, each with a tokenizer that has its tokens."""

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.templates import TEXT

# what such templates write that is one token each in the models' own vocabularies
CONTROL = re.compile(
    r"<\|[^|<>\s]{1,40}\|>|<｜[^｜<>]{1,40}｜>|<\|[a-z_]{1,20}>|<[a-z_]{1,20}\|>|<(?:start|end)_of_turn>|\[/?(?:INST|THINK)\]"
)
TAGS = ("<think>", "</think>")
# such as for pictures, or for training: the same turns with marks for TRL's own use
OTHERS = re.compile(r"_training$|_vl$|idefics|smolvlm|llava")


def folder() -> Path | None:
    spec = importlib.util.find_spec("trl")
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) / "chat_templates" if places else None


def names() -> list[str]:
    """Those for text."""
    place = folder()
    return sorted(path.stem for path in place.glob("*.jinja") if not OTHERS.search(path.stem)) if place else []


def template(name: str) -> str:
    place = folder()
    if place is None:
        pytest.skip("trl is not installed (make setup for development installs it)")
    return (place / f"{name}.jinja").read_text("utf-8")


@cache
def tokenizer_of(text: str, tags: bool = True) -> Any:
    """A byte-level tokenizer for a template: its control tokens are special, `<think>` is an added one if `tags`."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<s>", "</s>"],
        show_progress=False,
    )  # fmt: skip
    raw.train_from_iterator([*TEXT, *["\n\n", "\n\n\n", " \n"] * 20], trainer)
    made = PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token="<s>", eos_token="</s>", clean_up_tokenization_spaces=False
    )
    found = sorted(set(CONTROL.findall(text)) - set(TAGS))
    made.add_special_tokens({"additional_special_tokens": found})
    if tags:
        made.add_tokens([AddedToken(tag, normalized=False, special=False) for tag in TAGS])
    made.chat_template = text
    return made
