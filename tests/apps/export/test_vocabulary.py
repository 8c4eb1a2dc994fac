"""Tokens, merges and splitters in a GGUF file are those of the tokenizer."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import orca2
from orca2.apps.export._vocabulary import Kind, vocabulary
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import load_tokenizer
from orca2.checkpoints.preparing import ensure_chat_template
from tests.conftest import Run

# llama.cpp splits at every character that Unicode has not assigned, and takes the last one of all for one of these
assigned = st.characters(exclude_categories=("Cs", "Cn"), exclude_characters="\0\U0010fffd")
text = st.text(assigned, max_size=60).filter(lambda found: "<|" not in found)


@pytest.mark.slow
def test_texts_of_any_kind(smol: str, tmp_path: Path, run: Run) -> None:
    """llama.cpp's ids of plain texts are those of the tokenizer, whatever is assigned in them."""
    pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
    from orca2.inference.llama_cpp import LlamaCppModel

    assert run("export", smol, tmp_path / "out", "--format", "gguf", "--type", "q4_0")[0] == 0
    [file] = (tmp_path / "out").glob("*.gguf")
    native, plain = LlamaCppModel(file), _plain(smol)

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(text)
    def holds(said: str) -> None:
        assert native.call("/tokenize", {"content": said, "add_special": True})["tokens"] == plain(said)

    holds()


def test_the_marks_of_a_thought_come_in_the_text_of_answers(tokenizer: Any) -> None:
    """llama.cpp leaves control tokens out of what it says, and would so lose where a thought ends."""
    own = copy.deepcopy(tokenizer)
    ensure_chat_template(None, own, "added")
    found = vocabulary(ChatCodec(own), len(own))
    kinds = {text: found.kinds[own.convert_tokens_to_ids(text)] for text in ("<think>", "</think>", "<|im_end|>")}
    assert kinds == {"<think>": Kind.USER_DEFINED, "</think>": Kind.USER_DEFINED, "<|im_end|>": Kind.CONTROL}


@pytest.mark.slow
def test_orca2s_own_vocabulary(tmp_path: Path, run: Run) -> None:
    pytest.importorskip("sentencepiece", reason="the extra sentencepiece is not installed")
    pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
    from tests.llama2 import vocabulary, write_model, write_tokenizer

    try:
        vocabulary()
    except OSError as error:
        pytest.skip(f"LLaMA-2's vocabulary cannot be had: {error}")
    write_tokenizer(tmp_path / "orca")
    write_model(tmp_path / "orca")
    code, _, said = run("export", tmp_path / "orca", tmp_path / "out", "--format", "gguf")
    assert code == 0 and "llama.cpp runs it: ids of 7 conversations alike" in said
    model = orca2.load(str(tmp_path / "out" / "orca-f16.gguf"))
    assert type(model.source).__name__ == "LlamaCppModel"
    ids = model.source.chat.encode_prompt(model.chat("s").messages)
    assert ids[:3] == [1, 29871, 32001]


def _plain(smol: str) -> Callable[[str], list[int]]:
    from orca2.checkpoints.loading import locate

    chat = ChatCodec(load_tokenizer(locate(smol, Path())))
    return chat.encode_text
