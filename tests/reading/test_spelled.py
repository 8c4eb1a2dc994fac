"""Numbers in words, of English and of other scripts."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.reading.spelled import spelled
from orca2.reading.spelled_abroad import digits_abroad
from orca2.reading.tokens import tokens

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
ONES += " eighteen nineteen"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"


def words(number: int) -> str:
    """A number below ten thousand in English."""
    if number < 20:
        return ONES.split()[number]
    if number < 100:
        ones = f"-{words(number % 10)}" if number % 10 else ""
        return TENS.split()[number // 10 - 2] + ones
    size, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    rest = f"{' and ' if size == 100 else ' '}{words(number % size)}" if number % size else ""
    return f"{words(number // size)} {name}{rest}"


@given(st.integers(0, 9_999))
def test_every_number_is_read_to_its_end(number: int) -> None:
    said = tokens(words(number))
    found = spelled(said, 0)
    if number == 1:  # mostly a pronoun
        assert found is None
    else:
        assert found is not None and (found.value, found.end) == (number, len(said))


@pytest.mark.parametrize(
    ("text", "value", "count"),
    [
        ("two hundred and twelve", "212", 4),
        ("two dozen eggs", "24", 2),
        ("half a dozen", "6", 3),
        ("a dozen", "12", 2),
        ("one and a half", "3/2", 4),
        ("two thirds of it", "2/3", 2),
        ("three and three quarters", "15/4", 4),
        ("nine point eight", "49/5", 3),
        ("zero point zero five", "1/20", 4),
        ("nineteen eighty-four", "1984", 4),
        ("twenty-first", "21", 3),
        ("two million five hundred thousand", "2500000", 5),
    ],
)
def test_values(text: str, value: str, count: int) -> None:
    found = spelled(tokens(text), 0)
    assert found is not None and (found.value, found.end) == (Fraction(value), count)


@pytest.mark.parametrize("text", ["one of them", "a third time", "half as many", "two of them were late", "an apple"])
def test_no_number(text: str) -> None:
    assert spelled(tokens(text), 0) is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("答案是十二。", "12"),
        ("一共三百个", "300"),
        ("三万五千", "35000"),
        ("3万5千", "35000"),
        ("1億2000万円", "120000000"),
        ("两百五十", "250"),
        ("二〇二五年", "2025"),
        ("零下五度", "-5"),
        ("十分之三", "3/10"),
        ("三分の一", "1/3"),
        ("三点五", "3.5"),
        ("百分之二十", "20%"),
        ("열두 개", "12"),
        ("삼백 원", "300"),
        ("3만 5천 원", "35000"),
        ("영하 5도", "-5"),
        ("اثنا عشر", "12"),
        ("خمسة وعشرون", "25"),
        ("ثلاثمائة", "300"),
    ],
)
def test_other_scripts(text: str, digits: str) -> None:
    assert digits in digits_abroad(text).split("도")[0]
    assert not set("十百千万億") & set(digits_abroad(text))


@pytest.mark.parametrize(
    "text", ["万一下雨", "十分重要", "第一", "统一", "五六个", "一つ", "천만에", "일반적으로", "세계"]
)
def test_words_that_only_look_like_numbers(text: str) -> None:
    assert digits_abroad(text) == text
