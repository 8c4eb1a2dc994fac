"""What a model's text comes to: thoughts apart, and their share of the tokens."""

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.types import Completion
from orca2.reading.completion import completion_of, thought_tokens


def test_thought_and_answer_share_the_tokens() -> None:
    expected = Completion("7", "stop", 4, 10, reasoning="six and 1", reasoning_tokens=9)
    assert completion_of("<think>six and 1</think>\n7", "stop", 4, 10) == expected
    assert completion_of("six and 1</think>7", "stop", 4, 10, opened=True) == expected
    assert completion_of(" 7\n", "stop", 4, 10) == Completion("7", "stop", 4, 10)
    cut = completion_of("The answer is 7", "length", 4, 10, opened=True)
    assert (cut.text, cut.reasoning, cut.reasoning_tokens) == ("", "The answer is 7", 10)


@given(st.text(), st.text(), st.integers(0, 10**6))
def test_no_more_are_thoughts_than_there_are_tokens(thought: str, answer: str, tokens: int) -> None:
    assert 0 <= thought_tokens(thought, answer, tokens) <= tokens
    assert thought_tokens("", answer, tokens) == 0
