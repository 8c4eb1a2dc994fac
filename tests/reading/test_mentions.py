"""Where a text names one of a closed set, and what it denies."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.reading.mentions import denied, flat, meant, mentions, spaced

NAMES = [(name, name) for name in ("billing", "refund", "spam", "not spam", "related", "unrelated", "yes", "no", "4")]
LEAD = re.compile(r"[\s,]*+(?:so\s)?")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("billing or refund", "billing refund"),
        ("this is not spam", "not spam"),
        ("unrelated, not related", "unrelated related"),
        ("spammer rebilling", ""),
        ("14 or 4.5 or -4 or 4% or 1,400", ""),
        ("it is 4.", "4"),
    ],
)
def test_mentions_are_whole_words_and_the_longest(text: str, named: str) -> None:
    assert [mention.name for mention in mentions(text, NAMES)] == re.findall(r"not spam|\S+", named)


def test_a_language_without_spaces_has_no_whole_words() -> None:
    assert [mention.name for mention in mentions("这句话是负面的。", [("正面", "+"), ("负面", "-")])] == ["-"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("not billing but refund", "refund"),
        ("it isn't a billing ticket", ""),
        ("it doesn't look like billing", ""),
        ("i would not classify this as billing", ""),
        ("neither billing nor refund", ""),
        ("not billing, refund or related", ""),
        ("billing is wrong, refund", "refund"),
        ("billing and refund are wrong", ""),
        ("refund rather than billing", "refund"),
        ("not only billing", "billing"),
        ("it is not odd that this is billing", "billing"),
        ("nothing to do with billing", ""),
        ("不是 billing 而是 refund", "refund"),
    ],
)
def test_what_is_denied(text: str, left: str) -> None:
    found = mentions(text, NAMES)
    assert [one.name for one, no in zip(found, denied(text, found), strict=True) if not no] == left.split()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("there is no way to know", ""),
        ("no connection", ""),
        ("no", "no"),
        ("no, it is not", "no"),
        ("no because it sinks", "no"),
        ("it sinks, so no.", "no"),
        ("yes or no", "yes no"),
        ("i would say no to that", "no"),
    ],
)
def test_common_words_name_a_label_only_where_they_stand_for_one(text: str, named: str) -> None:
    assert [mention.name for mention in meant(text, NAMES, LEAD)[0]] == named.split()


@given(st.text())
def test_spaced_keeps_every_place(text: str) -> None:
    assert len(spaced(text)) == len(text)
    assert flat(flat(text)) == flat(text)
