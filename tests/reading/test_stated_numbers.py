"""What a number is of: money, forms of one value, places, times, durations, ranges, locales, units."""

import pytest

from orca2.graders import auto

MONEY = [
    ("12.40", "Therefore, the answer is Twelve Dollars and Forty Cents.", ""),
    ("12.40", "12 dollars and 40 cents", ""),
    ("12.40", "$12.40", ""),
    ("12.4", "12 euros and 40 cents", ""),
    ("5.05", "five dollars and five cents", ""),
    ("0.45", "45 cents", "How much is it, in dollars?"),
    ("45", "45 cents", "How many cents is it?"),
    ("45", "$0.45", "How many cents is it?"),
    ("3.50", "£3 and 50 pence", ""),
    ("5", "5 euros", ""),
]
NOT_MONEY = [
    ("12", "12 dollars and 40 cents", "", "wrong"),
    ("40", "12 dollars and 40 cents", "", "wrong"),
    ("45", "$45", "How many cents is it?", "wrong"),
    ("5", "€5", "How many dollars?", "wrong"),
]
FORMS = [
    ("0.625", "Therefore, the answer is 5/8 or .625.", ""),
    ("0.75", "So the answer is 3/4, or 0.75.", ""),
    ("0.75", "So the answer is 0.75 (3/4).", ""),
    ("0.75", "So the answer is 3/4 = 0.75.", ""),
    ("0.75", "It's 75%, or 3/4.", ""),
    ("12", "12 (twelve)", ""),
    ("12", "twelve (12)", ""),
    (
        "20",
        "Therefore, the answer (arabic numerals) is 20%. The answer (as a fraction) is 1/5.",
        "What percentage of the trees bear fruit?",
    ),
    (
        "9.8",
        'Therefore, the answer (arabic numerals) is 9.8. \n\nThe answer (in words) is "nine point eight gallons."',
        "",
    ),
    ("20%", "0.2", ""),
    ("20%", "1/5", ""),
    ("20%", "20", ""),
    ("25", "25 percent", ""),
    ("0.25", "25 percent", ""),
    ("0.25", "25 %", ""),
    ("25%", "0.25", ""),
    ("25", "25 per cent", ""),
]
NOT_FORMS = [
    ("0.75", "So the answer is 3/4 or 0.8.", "", "ambiguous"),
    ("9.8", "The answer (arabic numerals) is 9.7. The answer (in words) is nine point seven.", "", "wrong"),
    ("25", "0.25", "", "wrong"),
    ("0.25", "25", "", "wrong"),
]
PLACES = [
    ("12", "Therefore, she gets out on the 12th floor.", "On which floor is she now?"),
    ("12", "She is on the twelfth floor.", "On which floor is she now?"),
    ("3", "He finished third.", "What place did he finish?"),
    ("3", "He finished in 3rd place.", "In which place did he finish?"),
    ("12", "The answer is the 12th.", ""),
    ("21", "It happened in the twenty-first century.", "In which century did it happen?"),
    ("4", "she must start no later than 4:00 pm to be ready on time.", "What is the latest time of day she can start?"),
    ("4", "4 pm", ""),
    ("4", "The answer is 4:00 PM.", ""),
    ("2", "2:00 p.m.", ""),
    ("4", "At 4 o'clock.", ""),
]
NOT_PLACES = [
    ("4", "He finished in 3rd place.", "In which place did he finish?", "wrong"),
    ("4", "4:30 pm", "", "wrong"),
    (
        "7",
        "Working back from 7:00 pm, she must start no later than 4:00 pm.",
        "What is the latest time of day she can start?",
        "wrong",
    ),
]
DURATIONS = [
    ("150", "2 hours and 30 minutes", "How many minutes does it take?"),
    ("2.5", "2 hours and 30 minutes", "How many hours does it take?"),
    ("150", "It takes 2.5 hours.", "How many minutes does it take?"),
    ("150", "2 h 30 min", ""),
    ("90", "an hour and a half", "How many minutes?"),
    ("1.5", "an hour and a half", "How many hours?"),
    ("30", "half an hour", "How many minutes?"),
    ("3000", "She runs 3 km.", "How many metres does she run?"),
]
NOT_DURATIONS = [
    ("2", "2 hours and 30 minutes", "How many hours does it take?", "wrong"),
    ("30", "2 hours and 30 minutes", "How many minutes does it take?", "wrong"),
    ("3000", "She runs 7.5 × 400 = 3000 km.", "How many metres does she run?", "wrong"),
    ("3", "3 days", "How many weeks is it?", "wrong"),
]
RANGES = [
    ("5-7", "5-7", ""),
    ("5-7", "5 to 7", ""),
    ("5-7", "5–7 days", ""),
    ("5-7", "The answer is between 5 and 7.", ""),
    ("5", "The answer is at least 5.", ""),
    ("5", "about 5", ""),
    ("5", "≈ 5", ""),
    ("5", "approximately 5", ""),
]
NOT_RANGES = [
    ("6", "The answer is between 5 and 7.", "", "ambiguous"),
    ("5", "The answer is between 5 and 7.", "", "ambiguous"),
    ("7", "between 5 and 7", "", "ambiguous"),
    ("5-7", "5-8", "", "wrong"),
    ("5-7", "6", "", "wrong"),
    ("5", "5-7", "", "ambiguous"),
    ("5", "The answer is more than 5.", "", "unextracted"),
    ("5", "The answer is less than 5.", "", "unextracted"),
    ("5", "The answer is over 5.", "", "unextracted"),
    ("5", "x > 5", "", "unextracted"),
]
LOCALES = [
    ("112.80", "112,80 EUR", ""),
    ("112,80", "112,80 EUR", ""),
    ("112,80", "112.80", ""),
    ("1234567", "1.234.567", ""),
    ("1234", "1'234", ""),
    ("1234.5", "1 234,5", ""),
    ("12345", "12.345 €", ""),
    ("12.345", "12.345", ""),
    ("100000", "1,00,000", ""),
    ("1234.5", "1.234,50 €", ""),
    ("1234.5", "1,234.50", ""),
    ("12345", "Die Antwort ist 12.345.", "Wie viele sind es?"),
    ("0.5", "0,5", ""),
    ("0.125", "0,125", ""),
    ("2.5", "Die Antwort ist 2,5.", ""),
    ("1450", "1.450,00 Euro", ""),
    ("112.8", "Der Betrag vor Steuern ist 112,80 EUR.", "Was ist der Betrag vor Steuern?"),
    ("12500", "La ville compte 12 500 habitants.", ""),
    ("1299", "1.299 €", ""),
    ("12345", "12,345", ""),
    ("12.345", "12,345", "Das Gewicht ist 1,5 kg. Wie viel ist es?"),
    ("45", "$ 45", ""),
    ("45", "45 $", ""),
    ("45", "USD 45", ""),
    ("45", "45 USD", ""),
    ("45", "Rs. 45/-", ""),
    ("45", "45 zł", ""),
    ("1000", "R$ 1.000,00", ""),
    ("-45", "-$45", ""),
    ("45", "CHF 45.–", ""),
]
NOT_LOCALES = [
    ("80", "112,80 EUR", "", "wrong"),
]
UNITS = [
    ("5 km", "5 km", ""),
    ("5 km", "5000 m", ""),
    ("5 km", "The distance is 5.", ""),
    ("96 \\mbox{ cm}^2", "The area is 96 square cm.", ""),
    ("7.2 \\text{ dollars}", "\\boxed{7.2} dollars", ""),
    ("14,\\!400", "\\boxed{14400}", ""),
    ("\\$12", "$12", ""),
    ("50\\%", "50%", ""),
    ("50\\%", "0.5", ""),
    ("$\\frac{1}{2}$", "0.5", ""),
    ("\\frac{1}{2}", "0.5", ""),
    ("3^\\circ", "3 degrees", ""),
    ("1", "one", ""),
    ("2", "two", ""),
    ("3", "The answer is three apples.", ""),
    ("12", "a dozen", ""),
    ("6", "half a dozen", ""),
    ("24", "two dozen", ""),
    ("0", "zero", ""),
    ("2025", "It was built on December 29, 2025.", "In which year was it built?"),
    ("1776", "July 4, 1776", "In what year?"),
]
NOT_UNITS = [
    ("5 km", "5 miles", "", "wrong"),
    ("5 km", "6 km", "", "wrong"),
]


@pytest.mark.parametrize(
    ("target", "response", "question"), [*MONEY, *FORMS, *PLACES, *DURATIONS, *RANGES, *LOCALES, *UNITS]
)
def test_right(target: str, response: str, question: str) -> None:
    assert auto.load().grade(target, response, question).outcome == "correct"


@pytest.mark.parametrize(
    ("target", "response", "question", "outcome"),
    [*NOT_MONEY, *NOT_FORMS, *NOT_PLACES, *NOT_DURATIONS, *NOT_RANGES, *NOT_LOCALES, *NOT_UNITS],
)
def test_not_right(target: str, response: str, question: str, outcome: str) -> None:
    assert auto.load().grade(target, response, question).outcome == outcome
