"""A tokenizer as llama.cpp's vocabulary: byte-level BPE with the name of its pre-tokenizer, or SentencePiece's BPE."""

import json
import re
from dataclasses import dataclass
from typing import Any

import gguf

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.errors import ModelError

Kind = gguf.TokenType
CASED = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
BYTES, RAW = "bytes", "bytes, not split"
# What splits a text before the merges, by llama.cpp's name for it
SPLITTERS = {
    (BYTES,): "gpt-2",
    ("digits", BYTES): "smollm",
    (CASED + "\\p{N}{1,3}" + REST, RAW): "llama-bpe",
    (CASED + "\\p{N}" + REST, RAW): "qwen2",
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Tokens by id. `scores` are there for model llama, `merges` for gpt2."""

    model: str
    pre: str
    tokens: list[str]
    kinds: list[int]
    scores: list[float]
    merges: list[str]
    space_prefix: bool


def vocabulary(chat: ChatCodec, size: int) -> Vocabulary:
    """The vocabulary of a chat's tokenizer, filled up to `size` rows of the embedding."""
    content = json.loads(chat.tokenizer.backend_tokenizer.to_str())
    bpe = content["model"]
    if bpe["type"] != "BPE":
        raise ModelError(f"a tokenizer of type {bpe['type']} has no GGUF form here; export it as safetensors")
    pairs = [tuple(pair.split(" ")) if isinstance(pair, str) else tuple(pair) for pair in bpe["merges"]]
    sentencepiece = bool(bpe.get("byte_fallback"))
    tokens = [f"[PAD{number}]" for number in range(size)]
    kinds = [int(Kind.UNUSED)] * size
    for text, number in bpe["vocab"].items():
        tokens[number], kinds[number] = text, _kind(text, chat, sentencepiece)
    form = chat.thought_form  # readers find a thought by its marks in the text, where control tokens do not come
    marks = (form.opens.strip(), form.closes.strip()) if form else ()
    for added in content["added_tokens"]:
        if added["id"] >= size:  # nothing writes it
            continue
        tokens[added["id"]] = added["content"]
        if kinds[added["id"]] != Kind.UNKNOWN:
            hidden = chat.is_control(added["content"]) and (added["special"] or added["content"] not in marks)
            kinds[added["id"]] = int(Kind.CONTROL if hidden else Kind.USER_DEFINED)
    if not sentencepiece:
        merges = [" ".join(pair) for pair in pairs]
        return Vocabulary("gpt2", _splitter(content), tokens, kinds, [], merges, False)
    rank: dict[str, int] = {}
    for number, (first, second) in enumerate(pairs, 1):
        rank.setdefault(first + second, number)
    scores = [-float(rank.get(text, 0)) for text in tokens]  # the earlier a piece is merged, the higher
    return Vocabulary("llama", "default", tokens, kinds, scores, [], _space_prefix(chat))


def _kind(text: str, chat: ChatCodec, sentencepiece: bool) -> int:
    if sentencepiece and text == chat.tokenizer.unk_token:
        return int(Kind.UNKNOWN)
    return int(Kind.BYTE if sentencepiece and re.fullmatch("<0x[0-9A-F]{2}>", text) else Kind.NORMAL)


def _splitter(content: dict[str, Any]) -> str:
    found = content["pre_tokenizer"] or {}
    parts = found.get("pretokenizers", [found])
    name = SPLITTERS.get(tuple(map(_part, parts)))
    if name is None:
        known = ", ".join(SPLITTERS.values())
        raise ModelError(f"its way to split texts is none that llama.cpp is known to have ({known}); use safetensors")
    return name


def _part(part: dict[str, Any]) -> str:
    if part.get("type") == "ByteLevel" and not part["add_prefix_space"]:
        return BYTES if part["use_regex"] else RAW
    if part.get("type") == "Digits" and part["individual_digits"]:
        return "digits"
    if part.get("type") == "Split" and part["behavior"] == "Isolated":
        return str(part["pattern"].get("Regex"))
    return "unknown"


def _space_prefix(chat: ChatCodec) -> bool:
    """Whether text after a control token gets a space in front, as llama.cpp then does at the start of a text too."""
    ids = chat.tokenizer(f"{chat.tokenizer.convert_ids_to_tokens(chat.end)}x", add_special_tokens=False)["input_ids"]
    return bool(str(chat.tokenizer.convert_ids_to_tokens(ids[-1])).startswith("\u2581") or len(ids) > 2)
