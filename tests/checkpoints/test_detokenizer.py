"""Incremental text: the pieces are the whole text, no half character, and nothing of a stop string."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.detokenizer import AnswerReader
from tests.laws import examples
from tests.templates import SHAPES, make_tokenizer

TEXT = st.text(st.sampled_from("ab .\n😀é漢字👩‍🚀"), max_size=30)


@pytest.fixture(scope="module", params=["smollm2", *SHAPES])
def chat(request: pytest.FixtureRequest, tokenizer: Any) -> ChatCodec:
    return ChatCodec(tokenizer if request.param == "smollm2" else make_tokenizer(request.param))


@pytest.fixture(scope="module")
def smollm2(tokenizer: Any) -> ChatCodec:
    return ChatCodec(tokenizer)


def pieces(chat: ChatCodec, ids: list[int], stop: list[str]) -> tuple[list[str], AnswerReader]:
    reader = AnswerReader(chat, stop=stop)
    return [piece.text for piece in (*(reader.add(token) for token in ids), reader.rest())], reader


@examples(40)
@given(text=TEXT)
def test_pieces_add_up_to_what_is_said(chat: ChatCodec, text: str) -> None:
    ids = chat.encode_answer(text)[:-1]
    given_, _ = pieces(chat, ids, [])
    assert "".join(given_) == chat.decode_answer(ids).text
    assert all("\ufffd" not in piece for piece in given_)


@examples(60)
@given(text=TEXT, stop=st.lists(st.text(st.sampled_from("ab .\n😀"), min_size=1, max_size=3), max_size=3))
def test_stop_strings_end_the_text_and_are_no_part_of_it(chat: ChatCodec, text: str, stop: list[str]) -> None:
    ids = chat.encode_answer(text)[:-1]
    said = chat.decode_answer(ids).text
    given_, reader = pieces(chat, ids, stop)
    places = [(said.find(one) + len(one), said.find(one)) for one in stop if one in said]
    expected = said[: min(places)[1]] if places else said  # the first that is complete
    assert "".join(given_) == expected
    assert (reader.stopped is not None) == bool(places)
    if reader.stopped is not None:
        assert said[len(expected) :].startswith(reader.stopped)
    for count in range(len(given_)):  # nothing that was given is ever taken back
        assert expected.startswith("".join(given_[:count]))


@examples(60)
@given(ids=st.lists(st.integers(0, 300), max_size=30))
def test_any_ids_are_read(smollm2: ChatCodec, ids: list[int]) -> None:
    """The first ids of SmolLM2 are single bytes: runs of them are seldom whole characters."""
    chat = smollm2
    assert "".join(pieces(chat, ids, [])[0]) == chat.decode_answer(ids).text
