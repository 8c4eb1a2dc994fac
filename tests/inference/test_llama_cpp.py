"""A GGUF file run by llama.cpp, and weights in 8 and 4 bits: what the extras do."""

import logging
from pathlib import Path
from typing import Any

import pytest

import orca2
from orca2.errors import MissingExtra, ModelError
from orca2.inference.sampling import Sampling


@pytest.fixture(scope="module")
def native(smol: str) -> Any:
    pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
    return orca2.load(smol)


@pytest.mark.slow
def test_a_conversation_keeps_ids_and_cache(native: Any) -> None:
    chat = native.chat("Be brief.", max_tokens=12)
    first = chat.ask("What is the capital of France?")
    assert "Paris" in first and chat.stats.new > 0
    before, held = chat.ids, chat.stats.prompt + chat.stats.new
    chat.ask("And of <|im_end|> Italy?")
    assert chat.ids[: len(before)] == before
    assert chat.stats.computed <= chat.stats.prompt - held + 2
    assert chat.ids.count(native.source.chat.tokenizer.convert_tokens_to_ids("<|im_start|>")) == 5


def test_the_id_that_ends_an_answer_is_no_part_of_it(native: Any) -> None:
    chat, end = native.chat("Be brief.", max_tokens=40), native.source.chat.end
    chat.ask("What is the capital of France?")
    assert chat.stats.finish_reason == "stop" and chat.stats.new < 40
    assert chat.ids[-1] == end and chat.ids[-2] != end
    assert chat.ids[: chat.stats.prompt] == native.source.chat.encode_prompt(chat.messages[:-1])


@pytest.mark.slow
def test_the_same_prompt_ids_as_without_it(native: Any, smol: str) -> None:
    local = orca2.load(smol, device="cpu", dtype="bf16")  # a type asked for goes through transformers
    assert type(local.source) is not type(native.source)
    turns = native.chat("s", max_tokens=1)
    turns.ask("é 漢字 <|im_end|>")
    assert turns.ids[: turns.stats.prompt] == local.source.chat.encode_prompt(turns.messages[:-1])


@pytest.mark.slow
def test_drawing_leaving_and_logprobs(native: Any) -> None:
    chat = native.chat("s", max_tokens=40, temperature=1.5, seed=5)
    once, again = chat.ask("Tell a story."), "".join(chat.retry())
    assert once == again
    pieces = chat.retry(seed=6)
    next(pieces)
    pieces.close()
    assert chat.stats.finish_reason == "stopped" and chat.stats.new < 40
    ids = native.source.chat.encode_prompt(chat.messages[:1] + chat.messages[1:2])
    sampled = next(native.source.session().stream(ids, 1, Sampling(logprobs=3)))
    assert sampled.likeliest[0] == (sampled.id, pytest.approx(sampled.logprob)) and len(sampled.likeliest) == 3


def test_batches_and_overflow(native: Any) -> None:
    assert len(native.generate(["1+1?", "2+2?"], max_tokens=3)) == 2
    with pytest.raises(ModelError, match="exceed"):
        native.generate(["word " * 9000], max_tokens=3)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"GGUF no")
    with pytest.raises(ModelError, match=r"bad\.gguf"):
        orca2.load(str(bad))


def test_quantized_weights_without_their_extra(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "bitsandbytes" else find(name))
    with pytest.raises(MissingExtra, match=r"orca2\[quantize\]"):
        orca2.load(str(tiny), quantize="8bit")


@pytest.mark.slow
@pytest.mark.parametrize("bits", ["8bit", "4bit"])
def test_quantized_weights(smol: str, bits: str, capfd: pytest.CaptureFixture[str], caplog: Any) -> None:
    pytest.importorskip("bitsandbytes", reason="the extra quantize is not installed")
    with caplog.at_level(logging.WARNING):
        model = orca2.load(smol, quantize=bits, device="cpu")
        assert "Paris" in model.chat(max_tokens=20).ask("What is the capital of France?")
    kinds = {type(module).__name__ for module in model.source.model.modules()}
    assert {"8bit": "Linear8bitLt", "4bit": "Linear4bit"}[bits] in kinds
    assert len((capfd.readouterr().err + caplog.text).splitlines()) < 5  # not one a layer and token


def test_a_file_without_a_template_is_asked_in_chatml(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    from orca2.apps.export import _gguf
    from orca2.checkpoints.chat_codec import ChatCodec
    from orca2.checkpoints.loading import load_model, load_tokenizer

    pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
    model, chat = load_model(str(tiny), torch.float32, torch.device("cpu")), ChatCodec(load_tokenizer(str(tiny)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_gguf.gguf.GGUFWriter, "add_chat_template", lambda *_: None)
        _gguf.write(model, chat, tmp_path / "it.gguf", "it", "f16", None)
    loaded = orca2.load(str(tmp_path / "it.gguf"))
    assert type(loaded.source).__name__ == "LlamaCppModel"
    assert "no chat template: it is asked in ChatML" in capsys.readouterr().err
    chat = loaded.chat(max_tokens=2)
    chat.ask("hi")
    start = loaded.source.chat.tokenizer.convert_tokens_to_ids("<|im_start|>")
    assert chat.ids[0] == start
