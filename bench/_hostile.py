"""The longest that any grader takes over 100 kB of one hostile thing, the math pool left out."""

import time
from collections.abc import Callable
from types import ModuleType

from orca2.graders import auto, choice, exact, json, label, number, span, symbols, words

SIZE = 100_000  # characters
QUESTION = "Which?\nOptions:\n(A) Paris is nice\n(B) Lyon\n(C) Rome"
CASES: tuple[tuple[ModuleType, str, str], ...] = (
    (choice, "(A)", QUESTION),
    (label, "yes", ""),
    (label, "lyon", "Options:\n- lyon\n- paris"),
    (number, "42", ""),
    (words, "apple pear plum", "Sort the words: pear apple plum"),
    (symbols, "] ) >", "Complete: < ( ["),
    (span, "Marie Curie", ""),
    (exact, "Marie Curie", ""),
    (json, '{"a": 1}', ""),
)
PIECES = (
    "9", "1,", "1.", "1/", "[", "(", "{", "[{", "<", "<think>", "\\boxed{", "\\frac{1}{", "the answer is ", "answer: ",
    "wait, ", "A or ", "not A ", "$", "\\(", "- ", "**", "= ", "x^", "is ", "or ", "yes or ", "twenty-", "3 + ", "(A) ",
    "\n", " ", "a", "a ", "é", "\u2212", '"', "! ", ". ", "apple ", "Marie ", "] ", "-> ", "12 34 ",
)  # fmt: skip


def slowest() -> dict[str, float]:
    """Milliseconds of the slowest grading and of the slowest pick of a grader, over pieces, places and graders."""
    longest = {"grade": 0.0, "pick": 0.0}
    for piece in PIECES:
        run = piece * (SIZE // len(piece))
        for text in (run, "The answer is " + run, run + " the answer is 42", f"word {piece}" * (SIZE // len(piece))):
            text = text[: SIZE + 20]
            for grader, target, question in CASES:
                for asked in (question, text):
                    longest["grade"] = max(longest["grade"], _time(lambda: grader.load().grade(target, text, asked)))  # noqa: B023
            longest["pick"] = max(longest["pick"], _time(lambda: auto.load().pick("apple pear", text)))  # noqa: B023
    return {name: round(1000 * seconds, 1) for name, seconds in longest.items()}


def _time(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
