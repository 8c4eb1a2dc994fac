"""Dates and times of day, in the forms in which people write them."""

import pytest

from orca2.graders import auto

DATES = [
    ("2025-12-29", "December 29, 2025", ""),
    ("2025-12-29", "The contract ends on December 29, 2025.", ""),
    ("2025-12-29", "29 December 2025", ""),
    ("2025-12-29", "29/12/2025", ""),
    ("2025-12-29", "12/29/2025", ""),
    ("2025-12-29", "29.12.2025", ""),
    ("December 29, 2025", "2025-12-29", ""),
    ("December 29, 2025", "The answer is 2025-12-29.", ""),
    ("December 29, 2025", "The 29th of December, 2025.", ""),
    ("4 March 1789", "The treaty was signed on March 4, 1789.", "When?"),
    ("2025-12-29", "December 29", "What date in 2025?"),
    ("December 29", "December 29, 2025", ""),
    ("December 29", "29 December", ""),
    ("2021-05-01", "01/05/2021", "Give it as DD/MM/YYYY."),
    ("2021-05-01", "05/01/2021", "Give it as MM/DD/YYYY."),
    ("05/01/2021", "05/01/2021", ""),
    ("05/01/2021", "5/1/2021", ""),
    ("05/13/2021", "May 13, 2021", ""),
    ("05/01/2021", "5 January 2021", "It was 13/02/2021 then."),
    ("01.05.2021", "1. Mai 2021", ""),
    ("2025-12-29", "2025年12月29日", ""),
    ("2025-12-29", "Am 29. Dezember 2025.", ""),
    ("2025-12-29", "le 29 décembre 2025", ""),
    ("2025-12-29", "29 de diciembre de 2025", ""),
    ("15:30", "3:30 pm", ""),
    ("15:30", "They meet at 3:30 pm.", ""),
    ("3:30 pm", "15:30", ""),
    ("3:30 pm", "3:30", ""),
    ("3:30 PM", "The answer is 3:30 p.m.", ""),
    ("3:30 pm", "half past three in the afternoon", ""),
    ("noon", "12:00 pm", ""),
    ("12:00 pm", "noon", ""),
    ("4 pm", "16:00", ""),
    ("4 pm", "The meeting starts at 4:00 PM.", ""),
    ("7:45", "a quarter to eight", ""),
    ("14:00", "14 Uhr", ""),
    ("May 2021", "It was in May 2021.", ""),
    ("2025-12-29", "It ran from December 1, 2025 to December 29, 2025.", ""),
    ("2025-12-29", "Adding 5 days to December 24, 2025 gives December 29, 2025.", ""),
    ("2025-12-29", "So the date is December 29, 2025, five days after December 24, 2025.", ""),
    ("2025-12-29", "Monday, December 29, 2025", ""),
    ("Monday, December 29, 2025", "2025-12-29", ""),
    ("2025-12-29", "**December 29th, 2025**", ""),
    ("2025-12-29", "Dec 29, 2025", ""),
    ("2025-12-29", "\\boxed{\\text{December 29, 2025}}", ""),
    ("2025-12-29", "```\n2025-12-29\n```", ""),
    ("2025-12-29", '{"answer": "December 29, 2025"}', ""),
    ("2025-12-29T15:30", "December 29, 2025 at 3:30 pm", ""),
    ("2025-12-29", "12/29/25", ""),
    ("2025-12-29", "答案是2025年12月29日。", ""),
    ("15:30", "下午3点30分", ""),
]
NOT_DATES = [
    ("2025-12-29", "December 28, 2025", "", "wrong"),
    ("2025-12-29", "December 29, 2024", "", "wrong"),
    ("2025-12-29", "29 November 2025", "", "wrong"),
    ("December 29, 2025", "December 30, 2025", "", "wrong"),
    ("2025-12-29", "December 29", "", "wrong"),
    ("December 29", "29 December or 30 December", "", "ambiguous"),
    ("2021-05-01", "05/01/2021", "", "ambiguous"),
    ("2021-05-01", "05/01/2021", "Give it as DD/MM/YYYY.", "wrong"),
    ("05/01/2021", "01/05/2021", "", "wrong"),
    ("05/01/2021", "May 1, 2021", "", "ambiguous"),
    ("05/13/2021", "05/12/2021", "", "wrong"),
    ("05/01/2021", "May 1, 2021", "It was 13/02/2021 then.", "wrong"),
    ("15:30", "3:30 am", "", "wrong"),
    ("15:30", "3:30", "", "wrong"),
    ("3:30 pm", "3:30 am", "", "wrong"),
    ("3:30 pm", "3:45 pm", "", "wrong"),
    ("4 pm", "5 pm", "", "wrong"),
    ("7:45", "quarter past seven", "", "wrong"),
    ("May 2021", "05/2021", "", "unextracted"),
    ("May 2021", "June 2021", "", "wrong"),
    ("2025-12-29", "The answer is not December 29, 2025.", "", "unextracted"),
    ("2025-12-29", "I do not know.", "", "unextracted"),
    ("2025-12-29 15:30", "December 29, 2025 at 4:30 pm", "", "wrong"),
    ("4:00 pm", "4", "", "unextracted"),
]


@pytest.mark.parametrize(("target", "response", "question"), [*DATES])
def test_right(target: str, response: str, question: str) -> None:
    assert auto.load().grade(target, response, question).outcome == "correct"


@pytest.mark.parametrize(("target", "response", "question", "outcome"), [*NOT_DATES])
def test_not_right(target: str, response: str, question: str, outcome: str) -> None:
    assert auto.load().grade(target, response, question).outcome == outcome
