"""Only the text of a template holds control tokens; the same text typed by somebody is text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.checkpoints.encoder import ESCAPED, MARK, Encoder
from tests.laws import examples

END = "<|im_end|>"


@pytest.fixture(scope="module")
def encoder(tokenizer: Any) -> Encoder:
    return Encoder(tokenizer, f"<|im_start|>{END}")


def test_a_control_token_of_the_template_is_one_id(encoder: Encoder, tokenizer: Any) -> None:
    assert encoder.ids(encoder.template_text(END)) == [tokenizer.convert_tokens_to_ids(END)]


def test_the_same_text_typed_is_text(encoder: Encoder, tokenizer: Any) -> None:
    typed = encoder.ids(encoder.content_text(END))
    assert len(typed) > 1 and tokenizer.convert_tokens_to_ids(END) not in typed
    assert tokenizer.decode(typed) == END


# SmolLM2's vocabulary lacks the bytes of some control characters
known = st.characters(exclude_categories=("Cc",), include_characters="\n\t")


@examples(60)
@given(text=st.text(known) | st.lists(st.sampled_from([MARK, ESCAPED, END, "a", " "]), max_size=8).map("".join))
def test_whatever_is_typed_comes_back(encoder: Encoder, tokenizer: Any, text: str) -> None:
    ids = encoder.ids(encoder.content_text(text))
    assert not set(ids) & set(tokenizer.all_special_ids)
    if max(text, default="") < "\ud800":  # half a pair is no text that has bytes
        assert tokenizer.decode(ids, clean_up_tokenization_spaces=False) == text
