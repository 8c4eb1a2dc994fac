"""How chat models really phrase their answers: each case is one class of misreading of another harness."""

import pytest

from orca2.graders import auto
from orca2.reading.places import looped, statements
from orca2.reading.spoken import spoken

CAPITAL = "What is the capital of France?\n(A) London\n(B) Paris\n(C) Rome\n(D) Madrid"
MOOD = "Is the review positive, negative or neutral?"

RIGHT = [
    ("18", "She makes 9 * 2 = $18 every day at the market.", ""),
    ("18", "#### 18", ""),
    ("18", "$18/day", ""),
    ("1450", "The total is $1,450.00.", ""),
    ("1450", "Total cost: 1 450 dollars", ""),
    ("24", "There are twenty-four of them.", ""),
    ("305", "The answer is three hundred and five.", ""),
    ("12", "a dozen", ""),
    ("1000000", "1 million", ""),
    ("6.02e23", "6.02 x 10^23", ""),
    ("2.5", "It lasts $2\\frac{1}{2}$ hours.", ""),
    ("12", "Area = 3 cm × 4 cm = 12 cm^2", ""),
    ("600", "Price = Rs 450 + Rs 150 = Rs. 600/-", ""),
    ("70^\\circ", "180° \u2212 50° \u2212 60° = 70°", "Find the third angle."),
    ("42", "The answer is 42, since 6*7=42 and 3 were lost.", ""),
    ("42", "42\n\nExplanation: 6 times 7 is 42. We have 3 left.", ""),
    ("20", "So 5 × 4 = 20 apples. I am 95% sure.", ""),
    ("20", "Answer: 20\nConfidence: 90%", ""),
    ("27", "18 + 9 = 27\n\nSo there are 27 beads in the jar. Great question!", ""),
    ("9", "81 divided by 9 is 9.\n\nTo check: 9 × 9 = 90 - 9 = 81.", ""),
    ("18", "Ali has 32, so he needs 18 more to reach his goal of 50.", ""),
    ("990", "110 × 9 = 900.\n\nHmm, let me recompute: 100 × 9 = 900 and 10 × 9 = 90, so the total is 990.", ""),
    ("7", "I think the answer is 5. Wait, let me recompute: 3+4=7. So 7.", ""),
    ("8", "Question: what? Answer: 8\n\nQuestion: And then 2 more?\nAnswer: 10", ""),
    ("15", "<think>maybe 12</think>\n15", ""),
    ("(B)", "It can't be A or D; that leaves B", CAPITAL),
    ("(B)", "The correct option is the second one.", CAPITAL),
    ("(B)", "(A) London - no. (B) Paris - yes. (C) Rome - no. (D) Madrid - no.", CAPITAL),
    ("(B)", "| Option | Fits? |\n|---|---|\n| (A) London | ✗ |\n| (B) Paris | ✓ |", CAPITAL),
    ("(B)", "Option B is correct because of France. Option A is the capital of England.", CAPITAL),
    ("(B)", "I'm about 80% sure that it's option B.", CAPITAL),
    ("(B)", "I'd recommend option B) Paris. The others, A and C, are elsewhere. Do visit it!", CAPITAL),
    ("B", "the answer is b, as everyone knows", CAPITAL.replace("(", "").lower()),
    ("yes", "The statement is true.", ""),
    ("no", "It is not possible.", ""),
    ("positive", "The review is not negative; it is positive.", MOOD),
    ("False", "False. It is true that sound travels, but not faster.", "True or false?"),
    ("4 March 1789", "The treaty was signed on March 4, 1789.", "When?"),
    ("Mrs. Dunn", "The parcel wasn't left at flat 3. It was left with Mrs. Dunn.", "With whom?"),
    ("a fern and a jar", "Besides the clock:\n- a fern\n- a jar", "What else?"),
    (
        "boil, pour, drink",
        "First you boil the water, then you pour it, and finally you drink.",
        "Order: pour, boil, drink",
    ),
    ("(3, 2)", "The midpoint is $\\left(\\frac{0+6}{2}, \\frac{0+4}{2}\\right) = (3, 2)$.", "Find the midpoint."),
]
NOT_RIGHT = [
    ("5", "The answer is 5 or 6.", "", "ambiguous"),
    (
        "35",
        "I get 35 when I add the columns, and 53 when I add the rows. I'm not sure which is right.",
        "",
        "ambiguous",
    ),
    ("10", "The answer is 4. The answer is 4. The answer is 4.", "", "wrong"),
    ("25", "0.25", "", "wrong"),
    ("15", "<think>The answer is 15 I think, let me", "", "truncated"),
    ("42", "I'm sorry, I can't answer.", "", "unextracted"),
    ("(A)", "I think A. Wait, no, B.", CAPITAL, "wrong"),
    ("(B)", "It is the second or the last option", CAPITAL, "ambiguous"),
    ("A", "A. cello\nB. oboe\nC. drum", "Which has strings?\nA. cello\nB. oboe\nC. drum", "unextracted"),
    ("positive", "It could be positive or neutral.", MOOD, "ambiguous"),
    ("True", "True. False. True. False.", "True or false?", "ambiguous"),
    ("=", "It is either < or =, I can't say which.", "Which sign: <, > or =?", "ambiguous"),
    ("rye", "Rye. Wait, the upper field is the second one. So the answer is barley.", "", "wrong"),
    ("april august june", "april august july june", "Sort these: june april august", "wrong"),
]


@pytest.mark.parametrize(("target", "response", "question"), RIGHT)
def test_right(target: str, response: str, question: str) -> None:
    assert auto.load().grade(target, response, question).outcome == "correct"


@pytest.mark.parametrize(("target", "response", "question", "outcome"), NOT_RIGHT)
def test_not_right(target: str, response: str, question: str, outcome: str) -> None:
    assert auto.load().grade(target, response, question).outcome == outcome


def test_statements_do_not_end_at_titles() -> None:
    assert statements("It was Dr. Ada. So said Mrs. Dunn.\nYes") == ["It was Dr. Ada.", "So said Mrs. Dunn.", "Yes"]


def test_what_is_spoken_and_what_loops() -> None:
    assert spoken("<think>7?</think> 8").text == "8" and spoken("<think>7, no, 8").cut
    assert looped("It is 7. It is 7. It is") == "It is 7." and looped("It is 7. So 8. It") is None
