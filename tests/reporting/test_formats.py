"""Numbers and model text as a person reads them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.comparing import summary
from orca2.reporting import formats
from tests.answers import made


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (formats.percent(1, 3), "33.3%"),
        (formats.percent(1, 0), "–"),
        (formats.interval(0.101, 0.899), "10–90%"),
        (formats.points(-3.25), "−3.2"),
        (formats.points(0.04), "0.0"),
        (formats.points(-0.04), "0.0"),
        (formats.point_range(-1, 2), "−1.0 to +2.0"),
        (formats.count(12345.6), "12,346"),
        (formats.tokens(3.25), "3.2"),
        (formats.tokens(1234.5), "1,234"),
        (formats.clock(None), "–"),
        (formats.clock(3661.4), "61:01"),
        (formats.p_value(0.0004), "< 0.001"),
        (formats.p_value(0.0432), "= 0.043"),
        (formats.p_value(0.432), "= 0.43"),
        (formats.system_message("none"), "no system message"),
        (formats.outcome("correct"), "✓ correct"),
        (formats.outcome("new"), "✗ new"),
        (formats.place("nowhere"), "–"),
        (formats.families_named(["a"]), "1 family (a)"),
        (formats.families_named(["a", "b"]), "2 families (a; b)"),
        (formats.breakable("a_b<"), "a_<wbr>b&lt;"),
    ],
)
def test_as_a_person_reads_it(shown: str, text: str) -> None:
    assert shown == text


def test_what_kept_answers_from_being_read() -> None:
    row = summary([made(str(n), "truncated" if n < 3 else "ambiguous" if n == 3 else "wrong") for n in range(100)])
    assert formats.unreadable(row) == "cut off 3.0% · ambiguous 1.0%"


@given(st.text(), st.integers(9, 100))
def test_an_excerpt_is_the_text_or_its_two_ends(text: str, most: int) -> None:
    shown = formats.excerpt(text, most)
    assert shown == text.strip() or re.search(r"\[… [\d,]+ characters left out …\]", shown)
    assert shown[:1] == text.strip()[:1] and len(shown) <= most + most // 4 + 40


@given(st.text())
def test_a_fence_is_longer_than_any_within(text: str) -> None:
    fence = re.match("`+", str(formats.fenced(text)))
    assert fence is not None and fence[0] not in text


@given(st.text())
def test_markdown_is_on_one_line_and_marks_nothing(text: str) -> None:
    shown = str(formats.plain_markdown(text))
    assert "\n" not in shown and not re.search(r"(?<!\\)(?:\\\\)*[`*<>|]", shown)
