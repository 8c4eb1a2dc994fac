"""How one number is written: signs, scales, terms that are no number, LaTeX, other scripts, float tails, per cent."""

import pytest

from orca2.graders import auto

SIGNS = [
    ("-5", "The answer is negative 5.", "What is 2-7?"),
    ("-5", "It is minus five degrees.", ""),
    ("-5", "It is five degrees below zero.", "How cold is it?"),
    ("-5", "−5", ""),
    ("-5", "–5", ""),
    ("-5", "The answer is - 5.", ""),
    ("-12", "So the result is negative twelve.", ""),
    ("-5", "The temperature is −5°C.", ""),
    ("-5", "Die Antwort ist minus 5.", ""),
    ("-5", "La réponse est moins 5.", ""),
    ("-5", "La respuesta es menos 5.", ""),
    ("5", "(5)", ""),
    ("7", "12 minus 5 is 7.", ""),
    ("-7", "5 minus 12 equals negative seven (-7).", ""),
    ("-2.5", "The answer is -2.5", ""),
    ("-1/2", "The answer is negative one half.", ""),
]
NOT_SIGNS = [
    ("5", "The answer is negative 5.", "", "wrong"),
    ("5", "minus 5", "", "wrong"),
    ("5", "It is five below zero.", "", "wrong"),
    ("12", "So the result is negative twelve.", "", "wrong"),
    ("-5", "(5)", "", "wrong"),
]
SCALES = [
    ("70000", "The profit was $70k.", ""),
    ("2500000", "2.5M", ""),
    ("2500000000", "The answer is 2.5 bn.", ""),
    ("3500000", "The cost is $3.5 million.", ""),
    ("3500000", "It is 3.5 million dollars.", ""),
    ("1200000", "1.2 million", ""),
    ("5000000", "$5m", ""),
    ("5", "It is 5m long.", ""),
    ("500000", "5 lakh", ""),
    ("12000", "12 thousand", ""),
    ("12000", "12K", ""),
    ("300", "300 K", "What is the temperature in kelvin?"),
    ("2000000", "2 mio", ""),
    ("1500000", "1,5 Millionen Euro", "Wie viel kostet es?"),
    ("40000", "forty thousand", ""),
    ("7000000000", "7B", ""),
]
NOT_SCALES = [
    ("70", "The answer is 70k.", "", "wrong"),
    ("2.5", "2.5M", "", "wrong"),
    ("2.5", "The answer is 2.5 bn.", "", "wrong"),
    ("3.5", "$3.5 million", "", "wrong"),
    ("7", "7B", "", "wrong"),
]
TERMS = [
    ("4", "The answer is √16.", ""),
    ("4", "\\boxed{\\sqrt{16}}", ""),
]
NOT_TERMS = [
    ("5", "The answer is √5.", "", "wrong"),
    ("5", "5π", "", "wrong"),
    ("5", "The answer is 5i.", "", "wrong"),
    ("5", "The answer is 5x.", "", "wrong"),
    ("5", "\\boxed{\\sqrt{5}}", "", "wrong"),
    ("5", "The answer is 5\\pi.", "", "wrong"),
    ("5", "The answer is $5\\sqrt{2}$.", "", "wrong"),
    ("2", "\\boxed{2^{n}}", "", "wrong"),
    ("3", "\\boxed{x^3}", "", "wrong"),
    ("3", "\\boxed{\\log 3}", "", "wrong"),
    ("5", "The answer is 5 + 3i.", "", "wrong"),
    ("4", "\\boxed{4 \\cos^2 w}", "", "wrong"),
    ("5", "The answer is pi/5.", "", "wrong"),
    ("5", "\\boxed{\\frac{\\pi}{5}}", "", "wrong"),
    ("6", "The answer is 6x + 1.", "", "wrong"),
    ("5", "the square root of 5", "", "wrong"),
    ("3", "\\boxed{\\pm 3}", "", "wrong"),
    ("3", "x = ±3", "", "wrong"),
    ("5", "The answer is 5 sqrt(2).", "", "wrong"),
    ("2", "\\boxed{2\\ln 3}", "", "wrong"),
    ("5", "e^5", "", "unextracted"),
    ("12", "\\boxed{12y}", "", "wrong"),
]
DENIED = [
    ("6", "The answer is not 5 but 6.", ""),
    ("6", "The answer is 6, not 5.", ""),
    ("13", "The answer isn't 12, it's 13.", ""),
]
NOT_DENIED = [
    ("5", "The answer is not 5.", "", "unextracted"),
    ("12", "12 is wrong.", "", "unextracted"),
    ("5", "It isn't 5.", "", "unextracted"),
    ("5", "The answer can't be 5.", "", "unextracted"),
    ("5", "The answer is not 5 but 6.", "", "wrong"),
    ("5", "The answer is 6, not 5.", "", "wrong"),
    ("12", "The answer isn't 12, it's 13.", "", "wrong"),
    ("5", "The answer is never 5.", "", "unextracted"),
    ("5", "5 is not the answer.", "", "unextracted"),
    ("5", "5 is incorrect.", "", "unextracted"),
    ("5", "答案不是5。", "", "unextracted"),
    ("5", "Die Antwort ist nicht 5.", "", "unextracted"),
    ("5", "It cannot be 5.", "", "unextracted"),
    ("5", "答えは5ではない。", "", "unextracted"),
]
DRESS = [
    ("1/2", "$\\frac12$", ""),
    ("1/2", "\\boxed{\\frac{1}2}", ""),
    ("0.5", "½", ""),
    ("1/2", "one half", ""),
    ("70000", "\\boxed{70,\\!000}", ""),
    ("70000", "$70,\\!000$", ""),
    ("0.75", "three quarters", ""),
    ("2.5", "2½", ""),
    ("2.5", "two and a half", ""),
    ("2/3", "two thirds", ""),
    ("2/3", "two-thirds", ""),
    ("12", "***12***", ""),
    ("12", "__12__", ""),
    ("12", "_12_", ""),
    ("12", "*12*", ""),
    ("12", "**Answer:** 12", ""),
    ("12", "**Answer: 12**", ""),
    ("12", "The answer is ***12***.", ""),
    ("12", "`12`", ""),
    ("70000", "7 × 10⁴", ""),
    ("70000", "7·10⁴", ""),
    ("70000", "7e4", ""),
    ("70000", "7 \\times 10^{4}", ""),
    ("6.02e23", "about 6.02 × 10²³", ""),
    ("0.007", "7 × 10^-3", ""),
    ("0.007", "7 × 10⁻³", ""),
    ("70000", "7 x 10^4", ""),
    ("70000", "7*10**4", ""),
    ("243", "\\boxed{3^5}", ""),
    ("40", "\\boxed{2^3 \\cdot 5}", ""),
    ("15", "\\boxed{3 \\times 5}", ""),
    ("10", "\\boxed{\\binom{5}{2}}", ""),
    ("1024", "The answer is 2^10.", ""),
    ("1024", "The answer is 2¹⁰.", ""),
    ("72", "\\boxed{8 \\cdot 9}", ""),
    ("14", "\\boxed{2(3+4)}", ""),
]
NOT_DRESS = [
    ("2", "\\boxed{\\frac{1}2}", "", "wrong"),
    ("2", "one half", "", "wrong"),
    ("7", "7 × 10⁴", "", "wrong"),
    ("3", "\\boxed{3^5}", "", "wrong"),
    ("5", "\\boxed{3^5}", "", "wrong"),
    ("2", "The answer is 2^10.", "", "wrong"),
    ("8", "\\boxed{8 \\cdot 9}", "", "wrong"),
]
SCRIPTS = [
    ("12", "答案是12。", "一共有多少？"),
    ("12", "答えは12です。", "いくつ？"),
    ("12", "정답은 12입니다.", ""),
    ("12", "الجواب هو ١٢.", ""),
    ("12", "उत्तर: १२", ""),
    ("12", "１２", ""),
    ("12", "答案是十二。", ""),
    ("300", "答案是三百。", ""),
    ("300", "三百", ""),
    ("12", "一共有12个苹果。", ""),
    ("12", "一共有十二个苹果。", ""),
    ("12", "所以一共有12个。", ""),
    ("12", "12個です", ""),
    ("12", "열두 개입니다.", ""),
    ("12", "الإجابة هي ١٢", ""),
    ("3", "答案是三。", ""),
    ("3.5", "٣٫٥", ""),
    ("25", "٢٥٪", ""),
]
NOT_SCRIPTS = [
    ("3", "三百", "", "wrong"),
    ("5", "答案是三。", "", "wrong"),
]
FLOATS = [
    ("0.10000000149011612", "The answer is 0.1.", ""),
    ("0.30000001192092896", "0.3", ""),
    ("0.3333333432674408", "1/3", ""),
    ("2.3333333333333335", "The answer is 2.333333333333333.", ""),
    ("8.4", "8.400000000000001", ""),
    ("3.33", "3.333", ""),
    ("5", "5.0", ""),
    ("0.67", "2/3", ""),
    ("66.67", "66.666666", ""),
]
NOT_FLOATS = [
    ("0.3333333432674408", "0.33", "", "wrong"),
    ("0.10000000149011612", "0.11", "", "wrong"),
    ("2.3333333333333335", "2.34", "", "wrong"),
    ("8.4", "8.41", "", "wrong"),
    ("0.1", "0.10000000149011612", "", "wrong"),
    ("9.9", "9.901", "", "wrong"),
    ("2/3", "0.66", "", "wrong"),
    ("5", "5.4", "", "wrong"),
]


@pytest.mark.parametrize(
    ("target", "response", "question"), [*SIGNS, *SCALES, *TERMS, *DENIED, *DRESS, *SCRIPTS, *FLOATS]
)
def test_right(target: str, response: str, question: str) -> None:
    assert auto.load().grade(target, response, question).outcome == "correct"


@pytest.mark.parametrize(
    ("target", "response", "question", "outcome"),
    [*NOT_SIGNS, *NOT_SCALES, *NOT_TERMS, *NOT_DENIED, *NOT_DRESS, *NOT_SCRIPTS, *NOT_FLOATS],
)
def test_not_right(target: str, response: str, question: str, outcome: str) -> None:
    assert auto.load().grade(target, response, question).outcome == outcome
