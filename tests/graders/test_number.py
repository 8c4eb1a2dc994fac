"""Numbers as chat models write them (`reference/traps.md`, 31)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import number


@pytest.mark.parametrize(
    ("target", "response"),
    [
        ("7", "So the answer is 7."),
        ("12", "12"),
        ("12", "12 apples"),
        ("1450", "The total is $1,450.00."),
        ("1450", "The answer is $1,450.00 per month."),
        ("3.5", "Answer: 3.50"),
        ("0.5", "The answer is 1/2."),
        ("1/2", "0.5"),
        ("3.5", "The answer is 3 1/2."),
        ("-50", "So the answer is \u221250."),
        ("-5", "The final answer is -$5."),
        ("18", "She makes $18/day."),
        ("18", "**Answer:** $18/day"),
        ("50", "The answer is 50%."),
        ("50%", "The answer is 0.5."),
        ("0.5", "50 percent"),
        ("42", r"Thus \(x = 42\), so \boxed{42}."),
        ("0.5", r"\[ \boxed{\frac{1}{2}} \]"),
        ("1000", r"The answer is $1{,}000$."),
        ("7", "The answer is seven."),
        ("25", "Twenty-five."),
        ("45", "The answer is 15 * 3 = 45."),
        ("50", "The average is 100 / 2 = 50."),
        ("50", "He has 50 coins left. I am 95 % sure."),
        ("50", "The answer is 50. I am 95% sure that it is right, as 3 + 4 = 7."),
        ("7", "The answer is 5. Wait, that counts two twice. So the answer is 7."),
        ("7", "The answer is 5. Wait, it's 7."),
        ("120", "The final answer is 15 gallons * 8 pints / gallon = 120 pints."),
        ("48", "Add them up...\n#### 48"),
        ("12", "12\n\nThere are 3 bags of 4, and 4 is more than 3."),
        ("9", "<think>The answer is 8? No.</think>9"),
        ("1000000", "The answer is 1e6."),
        ("3142", "3142"),
        ("14", "Now, let's add the numbers in parentheses: 1 + 1 + 12 = 14. So the answer is 14."),
    ],
)
def test_right(target: str, response: str) -> None:
    assert number.load().grade(target, response).outcome == "correct"


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ("So the answer is 6.", "wrong"),
        ("The answer is -7.", "wrong"),
        ("The answer is 7.5.", "wrong"),
        ("The answer is 70.", "wrong"),
        ("The answer is 7 or 8.", "ambiguous"),
        ("It is 7 or 8.", "ambiguous"),
        ("I do not know.", "unextracted"),
        ("", "unextracted"),
        ("= (3 + 4) = (3 + 4) = (3 + 7", "unextracted"),
        ("Actually two of them were on the 22nd floor.", "unextracted"),
    ],
)
def test_not_right(response: str, outcome: str) -> None:
    verdict = number.load().grade("7", response)
    assert verdict.outcome == outcome
    assert (verdict.answer is None) == (outcome == "unextracted")


def test_a_gold_answer_that_is_no_number_is_never_met() -> None:
    assert number.load().grade("Paris", "The answer is 7.").outcome == "wrong"
    assert number.load().grade("1/0", "The answer is 1/0.").outcome == "wrong"


@pytest.mark.parametrize("code", ["0042", "Paris", "(A)", "3 4", "", "1, 2, 3", "2nd"])
def test_codes_and_words_are_not_numbers(code: str) -> None:
    assert not number.load().reads(code, "")


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1e9, max_value=1e9))
def test_a_gold_number_passes(value: object) -> None:
    assert number.load().reads(f"{value:f}" if not isinstance(value, int) else str(value), "")
    for gold in (f"{value}", f"{value:,}"):
        for response in (gold, f"So the answer is {gold}.", f"**Answer:** ${gold}", rf"\boxed{{{gold}}}"):
            assert number.load().grade(gold, response).correct, (gold, response)


@given(st.integers(-9999, 9999), st.integers(1, 9999))
def test_a_gold_fraction_passes(above: int, below: int) -> None:
    gold = f"{above}/{below}"
    assert number.load().reads(gold, "") and number.load().grade(gold, gold).correct
    assert number.load().grade(gold, f"So the answer is {gold}.").correct


def test_the_decimal_mark_is_an_option() -> None:
    assert number.load(decimal=",").grade("12345", "Das sind 12.345.").correct
    assert number.load(decimal=",").grade("12.345", "12345").correct
    assert number.load(decimal=",").grade("1,5", "1.5").correct and number.load(decimal=",").reads("2,5")
    assert not number.load(decimal=".").grade("12345", "Das sind 12.345 Euro.").correct
    assert not number.load(decimal=".").reads("2,5") and not number.load().reads("2,5")


def test_a_unit_of_the_gold_answer_counts() -> None:
    grade = number.load().grade
    assert grade("5 km", "5000 m").correct and grade("5 km", "It is 5.").correct
    assert not grade("5 km", "5 miles").correct and not grade("5 km", "5 kg").correct and not grade("$5", "5 €").correct


def test_numbers_of_any_length_are_compared_as_text() -> None:
    assert number.load().grade("9" * 300, f"The answer is {'9' * 300}.").correct
