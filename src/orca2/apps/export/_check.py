"""A GGUF file read again by `transformers` and llama.cpp: the same ids, how far the logits are off, the same text."""

import importlib.util
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import torch

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.free_memory import free_memory
from orca2.checkpoints.gguf import read_model, read_tokenizer
from orca2.checkpoints.memory import GB
from orca2.checkpoints.thought_form import with_fields
from orca2.core.types import Message
from orca2.errors import ModelError
from orca2.inference.sampling import Sampling
from orca2.inference.session import LocalSession

TEXTS = (
    "What is the capital of Peru?",
    "  Two  spaces,\ttabs\n\n\nand lines \n of 12345.67 or 1,000,000 %",
    "def f(x):\n    return {'a': [x**2, -1e-9], \"b\": None}  # don't, we'll, I'M",
    "Grüße, naïve café, Ωμέγα, Ёлка, שלום, 漢字かな交じり, 한국어, \u0928\u092e\u0938\u094d\u0924\u0947",
    "🐋👩‍👩‍👧 ½ ﬁ \u200d\u00a0 … “quoted” — ﷺ",
    "system user assistant [INST] </s >< |im_end| >",
)
GREEDY = ("What is the capital of Peru?", "Count from one to ten.", "Write a sentence about a fox.")
THOUGHT = "Let me see.\n\nThere are two ways."
NEW = 24  # tokens of a greedy answer
TOKENS = 128  # whose logits are compared


def conversations(chat: ChatCodec) -> list[list[Message]]:
    """Of one turn and of several; with a system message where the template itself takes one."""
    one = [[Message("user", text)] for text in TEXTS]
    several = [] if chat.system == "refused" and chat.default is None else [Message("system", TEXTS[3])]
    for question, answer in zip(TEXTS[::2], TEXTS[1::2], strict=True):
        several += [Message("user", question), Message("assistant", answer, THOUGHT if chat.thoughts else "")]
    return [*one, [*several, Message("user", TEXTS[0])]]


def check(file: Path, model: Any, chat: ChatCodec) -> Iterator[str]:
    """What was found, a line a reader; ModelError where a reader makes other ids of a text."""
    native = None
    if importlib.util.find_spec("xllamacpp") is not None:
        from orca2.inference.llama_cpp import LlamaCppModel

        native = LlamaCppModel(file)
    given = conversations(chat)
    wanted = [chat.encode_prompt(messages) for messages in given]
    theirs = native.chat if native else ChatCodec(read_tokenizer(file))
    _alike("transformers", given, wanted, [theirs.encode_prompt(messages) for messages in given])
    answers = _thought_through(chat)
    _alike("transformers", answers, [chat.encode_answer(m.content, m.reasoning) for [m] in answers],
           [theirs.encode_answer(m.content, m.reasoning) for [m] in answers])  # fmt: skip
    said = f"transformers reads it: ids of {len(given)} conversations alike"
    need, have = 8 * sum(weight.numel() for weight in model.parameters()), free_memory(torch.device("cpu"))
    if have is not None and need > have:
        yield f"{said}; logits not compared, for which {need / GB:.0f} GB of memory are needed"
    else:
        model.float()
        error, same = _logits(model, read_model(file, torch.float32), wanted[-1][-TOKENS:])
        yield f"{said}, largest logit error {error:.2g}, the likeliest token alike in {same:.1%} of places"
    if native is None:
        yield "llama.cpp was not asked: pip install 'orca2[gguf]'"
    else:
        yield _native(native, model, chat, given, wanted)


def _thought_through(chat: ChatCodec) -> list[list[Message]]:
    """Answers with a thought, of a chat that knows thoughts: those of earlier turns are seldom written."""
    return [[Message("assistant", text, THOUGHT)] for text in TEXTS[:1] if chat.thoughts and chat.chooses]


@torch.inference_mode()
def _logits(model: Any, other: Any, ids: Sequence[int]) -> tuple[float, float]:
    """The largest difference, and the share of places with the same likeliest token."""
    feed = torch.tensor([list(ids)])
    first, second = model(feed).logits[0], other(feed).logits[0]
    return float((first - second).abs().max()), float((first.argmax(-1) == second.argmax(-1)).float().mean())


def _native(
    native: Any, model: Any, chat: ChatCodec, given: Sequence[list[Message]], wanted: Sequence[list[int]]
) -> str:
    found = []
    for messages in given:
        shown = [with_fields({"role": m.role, "content": m.content}, m.reasoning) for m in messages]
        try:
            text = native.call("/apply-template", {"messages": shown})["prompt"]
        except HTTPError as error:
            raise ModelError(
                f"llama.cpp cannot use the chat template ({_said(error)}); export it as safetensors"
            ) from error
        body = {"content": text.removeprefix(chat.bos_text), "add_special": True, "parse_special": True}
        found.append(native.call("/tokenize", body)["tokens"])
    _alike("llama.cpp", given, wanted, found)
    for [message] in _thought_through(chat):
        own = chat.encode_answer(message.content, message.reasoning)
        body = {"content": chat.tokenizer.decode(own), "add_special": False, "parse_special": True}
        _alike("llama.cpp", [[message]], [own], [native.call("/tokenize", body)["tokens"]])
    prompts = [chat.encode_prompt([Message("user", text)]) for text in GREEDY]
    ours = [_greedy(LocalSession(model, {chat.end}), ids) for ids in prompts]
    same = sum(_greedy(native.session(), ids) == own for ids, own in zip(prompts, ours, strict=True))
    return f"llama.cpp runs it: ids of {len(given)} conversations alike, greedy text of {same} of {len(prompts)} alike"


def _said(error: HTTPError) -> str:
    try:
        return " ".join(str(json.load(error)["error"]["message"]).split())[:200]
    except (ValueError, KeyError, TypeError):
        return str(error)


def _greedy(session: Any, ids: Sequence[int]) -> list[int]:
    return [sampled.id for sampled in session.stream(ids, NEW, Sampling())]


def _alike(reader: str, given: Sequence[list[Message]], wanted: Sequence[Any], found: Sequence[Any]) -> None:
    for messages, own, other in zip(given, wanted, found, strict=True):
        if own != other:
            place = next((n for n, (a, b) in enumerate(zip(own, other, strict=False)) if a != b), -1)
            raise ModelError(
                f"{reader} reads other ids from the GGUF file for {messages[-1].content[:40]!r} (from id {place} on:"
                f" {other[place : place + 4]} for {own[place : place + 4]}); export it as safetensors"
            )
