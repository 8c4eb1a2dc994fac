"""Every built-in strategy is well formed: named as its file, short, and traceable if it survives erasing."""

import pytest

from orca2 import plugins
from orca2.core.erasing import MIN_WORDS, leaks, traces
from orca2.core.nouns import Lesson, Message, Strategy

NAMES = plugins.names("strategies")


def get(name: str) -> Strategy:
    found = plugins.get("strategies", name).STRATEGY
    assert isinstance(found, Strategy)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_strategy_is_short_and_leaves_a_trace(name: str) -> None:
    strategy = get(name)
    assert strategy.name == name
    assert strategy.about
    for instruction in strategy.instructions:
        assert len(instruction.split()) <= 12  # a prefix of every training row of explanation tuning
        lesson = Lesson((Message("system", f"Hello. {instruction.upper()}"), Message("assistant", "4")), "0")
        assert leaks(lesson, (strategy,))
    assert any(len(trace.split()) >= MIN_WORDS for trace in traces(strategy))


def test_no_two_strategies_share_a_sentence() -> None:
    every = [trace for name in NAMES for trace in traces(get(name))]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("name", ["step_by_step", "explain_then_answer"])
def test_reasoning_comes_before_a_marked_answer(name: str) -> None:
    assert all('end with "So the answer is' in instruction for instruction in get(name).instructions)
