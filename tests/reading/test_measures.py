"""Units: what measures the same thing, and how many of one make another."""

from fractions import Fraction

import pytest

from orca2.reading.measures import BEFORE, MONEY, PERCENT, UNITS


@pytest.mark.parametrize(
    ("one", "other", "times"),
    [("km", "m", 1000), ("m", "km", Fraction(1, 1000)), ("inch", "cm", Fraction(254, 100)), ("foot", "inch", 12),
     ("yard", "foot", 3), ("mile", "foot", 5280), ("hour", "min", 60), ("week", "day", 7), ("year", "month", 12),
     ("lb", "oz", 16), ("gallon", "quart", 4), ("dollar", "cent", 100), ("kg", "g", 1000), ("stunde", "minutes", 60)],
)  # fmt: skip
def test_how_many_of_one_make_another(one: str, other: str, times: Fraction | int) -> None:
    assert UNITS[one].holds(UNITS[other]) and UNITS[one].times(UNITS[other]) == times
    assert UNITS[other].times(UNITS[one]) == 1 / Fraction(times)


@pytest.mark.parametrize(("one", "other"), [("km", "kg"), ("hour", "month"), ("usd", "eur"), ("oz", "g")])
def test_what_measures_another_thing(one: str, other: str) -> None:
    assert not UNITS[one].holds(UNITS[other]) and not UNITS[other].holds(UNITS[one])


def test_a_cent_is_one_of_dollars_and_of_euros() -> None:
    assert UNITS["cent"].holds(UNITS["usd"]) and UNITS["eur"].holds(UNITS["cents"])


def test_tables_agree() -> None:
    assert {"usd", "eur", "yen", "cents"} <= MONEY and not MONEY & {"length", "time", "mass"}
    assert {UNITS[name].measures for name in BEFORE} <= MONEY
    assert not PERCENT & UNITS.keys()
