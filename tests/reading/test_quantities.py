"""Quantities of a statement: calculations with what they come to, units, terms that have no value."""

from fractions import Fraction

import pytest

from orca2.reading.asides import main
from orca2.reading.precision import same_number
from orca2.reading.quantities import normal, quantities, shown
from orca2.reading.wanted import wanted


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He delivers 600-198-209=<<600-198-209=193>>193 newspapers.", ["193"]),
        ("Price = Rs 450 + Rs 150 = Rs. 600/-", ["600"]),
        ("15 gallons * 8 pints / gallon = 120 pints", ["120"]),
        ("238 people times 4 halls, which equals 952 people", ["952"]),
        ("81 divided by 9 is 9.", ["9"]),
        ("Area = 3 cm × 4 cm = 12 cm^2", ["12"]),
        (r"v = \frac{150\ km}{2\ h} = 75 km/h", ["75"]),
        (r"\cos 60 = 0.5", ["0.5"]),
        ("2 hours and 30 minutes", ["2.5"]),
        ("5 feet 3 inches", ["5.25"]),
        ("an hour and a half", ["1.5"]),
        ("x + 5", []),
        ("x_1 is no number, H2O and GPT-4 neither", []),
        ("Total - 5", ["5"]),
        ("Total -5", ["-5"]),
        ("- 5 apples", ["5"]),
        ("from 20 to 25", ["20", "25"]),
        ("20% of 50 is 10", ["10"]),
        ("***12*** and <b>7</b>", ["12", "7"]),
        ("7*10**4", ["70000"]),
        ("3 + 4 +", []),
    ],
)
def test_found(text: str, found: list[str]) -> None:
    assert [quantity.text for quantity in quantities(normal(text))] == found


@pytest.mark.parametrize(
    "text", ["5x", "5i", "5π", "√5", r"3\sqrt{5}", "7(y+2)", r"4 \cos^2 w", "1,2,3", "±3", "3/4/2025", "1302_5"]
)
def test_terms_without_a_value(text: str) -> None:
    assert [quantity.value for quantity in quantities(normal(text))] == [None]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("√16", "4"),
        ("2^10", "1024"),
        (r"\binom{5}{2}", "10"),
        ("2(3+4)", "14"),
        ("5! * 2", "240"),
        ("2^{-2}", "1/4"),
        ("7e4", "70000"),
    ],
)
def test_worked_out(text: str, value: str) -> None:
    assert [quantity.value for quantity in quantities(text)] == [Fraction(value)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("5 vans left the yard in the first 20 minutes.", ["5"]),
        ("In 2004 and 2006 the team won 3 cups.", ["3"]),
        ("The triangle has an area of 24.", ["24"]),
        ("Ben is 11, since he was 6 five years ago.", ["11"]),
        ("She walked 8 miles: 3 on Monday and 5 on Tuesday.", ["8"]),
        ("3 shirts for a total of $60", ["3", "60"]),
    ],
)
def test_the_main_point(text: str, said: list[str]) -> None:
    assert [quantity.text for quantity in main(text, quantities(text))] == said


def test_what_is_wanted() -> None:
    assert wanted("How many more red marbles does Tom have?").things == {"marble"}
    assert wanted("How many more red marbles does Tom have?").person == "Tom"
    asked = wanted("How many metres does she run?")
    assert asked.unit is not None and asked.unit.measures == "length"
    assert wanted("What is the amount before tax?").subject == {"amount", "before", "tax"}
    assert wanted("Find x.").letter == "x" and wanted("when was the tower built").year
    assert wanted("who wrote the song").fact and not wanted("Tom has 3 apples. How many are left?").fact


def test_as_precisely_as_the_gold_number() -> None:
    def same(gold: str, answer: str) -> bool:
        return same_number(Fraction(gold), gold, Fraction(answer), answer)

    assert same("2.3333333333333335", "2.333333333333333") and same("0.3333333432674408", "1/3")
    assert same("8.4", "8.400000000000001") and same("3.33", "10/3") and same("66.67", "66.6666")
    assert not same("0.3333333432674408", "0.33") and not same("9.9", "9.901") and not same("5", "5.4")
    assert not same("0.25", "0.254") and not same("9.11", "9.111")


def test_shown() -> None:
    assert [shown(Fraction(text)) for text in ("1/8", "-7/2", "0", "1/3", "1000")] == [
        "0.125",
        "-3.5",
        "0",
        "1/3",
        "1000",
    ]
