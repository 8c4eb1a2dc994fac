"""What a model's text comes to: thoughts apart, and their share of the tokens."""

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.types import Completion
from orca2.reading.completion import parted, thought_tokens


def test_thought_and_answer_share_the_tokens() -> None:
    expected = Completion("7", "stop", 4, 10, reasoning="six and 1", reasoning_tokens=9)
    assert parted(Completion("<think>six and 1</think>\n7", "stop", 4, 10)) == expected
    assert parted(Completion("six and 1</think>7", "stop", 4, 10)) == expected
    assert parted(expected) is expected
    cut = parted(Completion("<think>The answer is 7", "length", 4, 10))
    assert (cut.text, cut.reasoning, cut.reasoning_tokens) == ("", "The answer is 7", 10)


def test_a_thought_in_the_text_comes_to_that_which_came_apart() -> None:
    both = parted(Completion("<think>b</think>7", "stop", 4, 10, reasoning="a", reasoning_tokens=8))
    assert (both.text, both.reasoning, both.reasoning_tokens) == ("7", "a\n\nb", 10)
    twice = parted(Completion("<think>a</think>7", "stop", 4, 10, reasoning="a"))
    assert twice.reasoning == "a"


@given(st.text(), st.text(), st.integers(0, 10**6))
def test_no_more_are_thoughts_than_there_are_tokens(thought: str, answer: str, tokens: int) -> None:
    assert 0 <= thought_tokens(thought, answer, tokens) <= tokens
    assert thought_tokens("", answer, tokens) == 0
