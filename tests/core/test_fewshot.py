"""Few-shot lessons: whose demonstrations they show, and that they are the same ones again."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.erasing import erase, traces
from orca2.core.fewshot import draw
from orca2.core.identity import task_id
from orca2.core.types import Completion, Demonstration, Message, Strategy, Verdict

KNOWN = (Strategy("a", "", ("Think about every option in turn.",)), Strategy("b", "", ("Say only how it ends.",)))


def demonstration(number: int, family: str, strategy: Strategy, right: bool) -> Demonstration:
    messages = (Message("system", strategy.instructions[0]), Message("user", f"{family} {number}?"))
    verdict = Verdict("correct" if right else "wrong", str(number), "")
    completion = Completion(f"It is {number}.", "stop")
    return Demonstration(task_id(str(number)), family, strategy.name, messages, completion, verdict)


shown = st.lists(st.tuples(st.sampled_from("fg"), st.sampled_from(KNOWN), st.booleans()), min_size=1, max_size=30).map(
    lambda rows: [demonstration(number, *row) for number, row in enumerate(rows)]
)
between = st.tuples(st.integers(1, 4), st.integers(0, 3)).map(lambda pair: (pair[0], sum(pair)))


@given(shown, st.floats(0, 1), between, st.integers())
def test_examples_are_right_alike_and_never_ones_own(
    rows: list[Demonstration], share: float, bounds: tuple[int, int], seed: int
) -> None:
    by_task = {row.task: row for row in rows}
    examples, short = draw(rows, share, bounds, seed)
    assert len(examples) <= round(share * len(rows))
    for task, others in examples.items():
        assert bounds[0] <= len(others) <= bounds[1] and len({other.task for other in others}) == len(others)
        for other in others:
            assert other.task != task and other.verdict is not None and other.verdict.correct
            assert (other.family, other.strategy) == (by_task[task].family, by_task[task].strategy)
        lesson = erase(by_task[task], "G", KNOWN, others)
        assert lesson is not None and lesson.task == task
        said = [message.content for message in lesson.messages]
        assert not any(trace in text.casefold() for text in said for known in KNOWN for trace in traces(known))
        assert said.count(by_task[task].messages[1].content) == 1
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert draw(shuffled, share, bounds, seed)[0] == examples
    assert draw(rows, share, bounds, seed) == (examples, short)
    missing = round(share * len(rows)) - len(examples)
    assert bool(missing) == bool(short)


def test_the_share_is_met_and_a_small_family_is_said() -> None:
    many = [demonstration(number, "many", KNOWN[0], True) for number in range(40)]
    few = [demonstration(100 + number, "few", KNOWN[0], True) for number in range(3)]
    examples, short = draw(many, 0.25, (3, 5), 0)
    assert len(examples) == 10 and not short and {len(others) for others in examples.values()} == {3, 4, 5}
    examples, short = draw([*many, *few], 1.0, (3, 5), 0)
    assert len(examples) == 40 and short == {"few": 3}
    assert draw(many, 0.0, (3, 5), 0) == ({}, {})
    assert draw(many, 0.5, (3, 5), 0)[0].keys() != draw(many, 0.5, (3, 5), 1)[0].keys()


def test_examples_are_of_tasks_under_the_same_system_message() -> None:
    rows = [replace(demonstration(n, "f", KNOWN[0], True), system="Be kind." if n % 2 else "") for n in range(20)]
    own = {row.task: row.system for row in rows}
    examples, short = draw(rows, 1.0, (3, 4), 0)
    assert len(examples) == 20 and not short
    assert all({other.system for other in others} == {own[task]} for task, others in examples.items())
