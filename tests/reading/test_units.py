"""Units: names of one, and those that cannot be meant by one another."""

from orca2.reading.units import canonical, clash


def test_one_unit_has_many_names() -> None:
    groups = (
        ("square inches", "in^2", "sq. in.", "inches squared"), ("cm", "centimeters", "centimetre"), ("feet", "ft",
        "foot"),
        ("cubic meters", "m^3", "m³"), ("hours", "hr", "h"), ("degrees", "°"), ("miles / hour", "mi / h"),
    )  # fmt: skip
    assert [group for group in groups if len(set(map(canonical, group))) != 1] == []


def test_a_known_unit_is_no_other_one() -> None:
    pairs = (
        ("cm", "m"),
        ("cm^2", "cm^3"),
        ("ft", "in"),
        ("%", "°"),
        ("apples", "pieces"),
        ("units", "cm"),
        ("cm", "cm"),
    )
    assert [clash(*map(canonical, pair)) for pair in pairs] == [True, True, True, True, False, False, False]
