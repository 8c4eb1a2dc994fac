"""Dates and times as values: the order of day and month where it is known, and both where it is not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.reading.dates import When, moments, readable, shown_order


def parts(when: When) -> tuple[int | None, int | None, int | None, int | None, int]:
    return when.year, when.month, when.day, when.hour, when.minute


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-05-01", (2021, 5, 1, None, 0)),
        ("on December 29, 2021", (2021, 12, 29, None, 0)),
        ("am 3. Oktober 1990", (1990, 10, 3, None, 0)),
        ("31/12/1999", (1999, 12, 31, None, 0)),
        ("12/31/1999", (1999, 12, 31, None, 0)),
        ("at 3:30 pm", (None, None, None, 15, 30)),
        ("at 15:30", (None, None, None, 15, 30)),
        ("2021-05-01 at 15:30", (2021, 5, 1, 15, 30)),
    ],
)
def test_forms_of_a_date_and_a_time(text: str, expected: tuple[int | None, ...]) -> None:
    (when,) = moments(readable(text))
    assert parts(when) == expected


def test_day_and_month_may_change_places_where_the_numbers_do_not_tell() -> None:
    (open_,) = moments("1/5/2021")
    assert open_.swapped and {open_.month, open_.turned().month} == {1, 5}
    (first,), (second,) = moments("1/5/2021", day_first=True), moments("1/5/2021", day_first=False)
    assert (first.day, first.month, second.day, second.month) == (1, 5, 5, 1)


@pytest.mark.parametrize(
    ("text", "day_first"), [("from 13/02/2021 on", True), ("MM/DD/YYYY", False), ("1/2/2021", None), ("", None)]
)
def test_the_order_that_a_text_shows(text: str, day_first: bool | None) -> None:
    assert shown_order(text) is day_first


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_every_iso_date_comes_back(day: date) -> None:
    (when,) = moments(f"It was {day}.")
    assert f"{when.year:04d}-{when.month:02d}-{when.day:02d}" == day.isoformat()
