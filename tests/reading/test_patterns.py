"""A pattern that is compiled at its first use, and once."""

import re

import pytest

from orca2.reading.patterns import lazy_pattern


def test_a_pattern_is_compiled_at_its_first_use_and_kept() -> None:
    shout = lazy_pattern("STOP|HALT", re.IGNORECASE)
    assert shout().search("they said halt") is not None
    assert shout() is shout()


def test_nothing_is_compiled_before_the_first_use() -> None:
    broken = lazy_pattern("(")
    with pytest.raises(re.error):
        broken()
