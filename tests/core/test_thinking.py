"""How much to think, as an effort and as tokens."""

import pytest

from orca2.core.thinking import Thinking, effort_of, tokens_of


@pytest.mark.parametrize(
    ("thinking", "effort"),
    [("off", "off"), ("high", "high"), (1, "low"), (1024, "low"), (1025, "medium"), (8192, "medium"), (9000, "high")],
)
def test_the_next_effort(thinking: Thinking, effort: str) -> None:
    assert effort_of(thinking) == effort


@pytest.mark.parametrize(
    ("thinking", "tokens"), [("off", 0), ("low", 1024), ("medium", 3200), ("high", 3200), (17, 17)]
)
def test_the_tokens_of_an_effort_leave_room(thinking: Thinking, tokens: int) -> None:
    assert tokens_of(thinking, 4000) == tokens
