"""Every built-in strategy is well formed: named as its file, short, marked, and traceable if it survives erasing."""

import pytest

from orca2 import plugins
from orca2.core.erasing import MIN_WORDS, leaks, traces
from orca2.core.types import Lesson, Message, Strategy
from orca2.graders import number
from orca2.strategies import built_in
from orca2.strategies.orca1 import COLLECTIONS, MESSAGES

SETS = [strategy for strategy in built_in() if strategy.name.startswith("orca1")]
OWN = [strategy for strategy in built_in() if strategy not in SETS]
FOR_ONE_KIND = ("story_ordering",)


def test_the_file_is_the_name() -> None:
    assert [strategy.name for strategy in built_in() if ":" not in strategy.name] == plugins.names("strategies")
    assert all(strategy.about for strategy in built_in())


@pytest.mark.parametrize("strategy", OWN, ids=lambda strategy: strategy.name)
def test_a_strategy_is_short_and_leaves_a_trace(strategy: Strategy) -> None:
    for instruction in strategy.instructions:
        # a prefix of every training row of explanation tuning
        assert len(instruction.split()) <= 15 or strategy.name in FOR_ONE_KIND
        lesson = Lesson((Message("system", f"Hello. {instruction.upper()}"), Message("assistant", "4")), "0")
        assert leaks(lesson, (strategy,))
    assert any(len(trace.split()) >= MIN_WORDS for trace in traces(strategy))


def test_no_two_strategies_share_a_sentence() -> None:
    every = [trace for strategy in OWN for trace in traces(strategy)]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("strategy", OWN, ids=lambda strategy: strategy.name)
def test_its_mark_is_asked_for_and_read_by_the_graders(strategy: Strategy) -> None:
    verdict = number.load().grade("42", f"{strategy.answer.replace('...', '42')}.")
    assert verdict.correct and verdict.why == ("bare answer" if strategy.answer == "..." else "stated answer")
    if strategy.answer != "...":
        assert all(f'"{strategy.answer}"' in instruction for instruction in strategy.instructions)
    if strategy.calls:
        assert f'"{strategy.answer}"' in strategy.calls[-1].prompt  # what is said last is what counts


def test_the_messages_of_orca_1_and_who_had_them() -> None:
    assert sorted(MESSAGES) == list(range(1, 17)) and MESSAGES[1] == "" and len(set(MESSAGES.values())) == 16
    by_name = {strategy.name: strategy for strategy in SETS}
    assert by_name["orca1"].instructions == tuple(MESSAGES.values())
    assert {part: len(by_name[f"orca1:{part}"].instructions) for part in COLLECTIONS} == {
        "cot": 3, "niv2": 9, "t0": 5, "flan2021": 3, "flan2021_choice": 2,
    }  # fmt: skip
    assert by_name["orca1:cot"].instructions == (MESSAGES[6], MESSAGES[11], MESSAGES[16])
    assert {number for numbers in COLLECTIONS.values() for number in numbers} == set(MESSAGES)
