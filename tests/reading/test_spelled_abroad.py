"""Numbers in the words of other scripts are written in digits, and the rest of a text is left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.reading.spelled_abroad import digits_abroad


@pytest.mark.parametrize(
    ("text", "number"),
    [("一共十二个", "12"), ("三百五十円", "350"), ("열두 개", "12"), ("百分之二十", "20%"), ("خمسة وعشرون", "25")],
)
def test_words_are_digits(text: str, number: str) -> None:
    assert number in digits_abroad(text)


@given(st.text(alphabet=st.characters(max_codepoint=0x24F)))
def test_what_has_no_such_words_is_left_as_it_is(text: str) -> None:
    assert digits_abroad(text) == text
