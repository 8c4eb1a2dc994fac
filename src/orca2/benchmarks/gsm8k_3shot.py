"""GSM8K with three problems shown before each: how few-shot is done in one file."""

from dataclasses import replace

from orca2.benchmarks import gsm8k

SHOTS = (
    (
        "A baker sells 12 rolls in the morning and twice as many in the afternoon. How many rolls does he sell?",
        "In the afternoon he sells 2 * 12 = 24 rolls. Together that is 12 + 24 = 36 rolls. The answer is 36.",
    ),
    (
        "Mia has 50 euros. She buys three books at 9 euros each. How many euros are left?",
        "Three books cost 3 * 9 = 27 euros. 50 - 27 = 23 euros are left. The answer is 23.",
    ),
    (
        "A train of 8 cars has 60 seats in each car. A quarter of all seats are empty. How many are taken?",
        "The train has 8 * 60 = 480 seats. A quarter of them is 480 / 4 = 120. So 480 - 120 = 360 are taken."
        " The answer is 360.",
    ),
)
BENCHMARK = replace(gsm8k.BENCHMARK, title="GSM8K, three shots", shots=SHOTS, paper="the paper is zero-shot")
questions = gsm8k.questions
