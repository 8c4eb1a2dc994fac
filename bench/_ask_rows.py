"""The rows that every tool of `bench/asking.py` asks: one system message, and a question whose answer is known."""

SYSTEM = "You are a careful assistant. Think step by step, then give the answer as a number."
MODEL = "fake-teacher"
MOST = 64  # tokens of an answer


def prompt(n: int) -> str:
    return f"What is {n} plus {2 * n}? Explain each step in a sentence of its own. The book says [{3 * n}]."


def right(n: int, text: str | None) -> bool:
    return text is not None and text.strip() == f"The answer is {3 * n}."
