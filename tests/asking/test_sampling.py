"""Verified sampling: as few answers as it takes, each way in turn, nothing cut or repeated counted."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, run_all
from orca2.asking.sampling import PromptPlan, Sample, sample_until_correct
from orca2.core.types import Completion, Message, Request, Strategy, Verdict
from tests.laws import examples

PLAIN, THINK = Strategy("plain", "", ("x",)), Strategy("think", "", ("x",), writes="thought")
RIGHT = ["First one apple, then two.", "Count up from three: four, five.", "By a table of sums it comes out so."]


class Teacher:
    """Answers by (way, sample): a text, or a whole completion."""

    def __init__(self, script: Sequence[Sequence[str | Completion]]) -> None:
        self.name, self.keep, self.script = "teacher", False, script
        self.asked: list[tuple[int, int]] = []

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        for index, request in enumerate(requests):
            way, number = int(request.messages[0].content), request.sample
            self.asked.append((way, number))
            said = self.script[way][number]
            yield index, said if isinstance(said, Completion) else Completion(said, "stop", 5, 5)


def ask_for(
    script: Sequence[Sequence[str | Completion]], samples: int, wanted: int, strategy: Strategy = PLAIN
) -> tuple[Teacher, list[Sample]]:
    teacher = Teacher(script)
    ways = [
        PromptPlan(strategy, Request((Message("system", str(n)), Message("user", "q")), 9, 0.7))
        for n in range(len(script))
    ]

    async def judge(said: Completion) -> Verdict:
        await asyncio.sleep(0)
        good = said.finish_reason == "stop" and said.text in RIGHT
        return Verdict("correct" if good else "wrong", None, "")

    async def work(row: int, ask: Ask) -> list[Sample]:
        return await sample_until_correct(ask, ways, judge, samples, wanted, "answer")

    [(_, found)] = run_all(ModelClient(teacher), [0], work)
    return teacher, found


def test_one_that_is_right_is_enough() -> None:
    assert ask_for([[RIGHT[0]] * 4, ["no"] * 4], 4, 1)[0].asked == [(0, 0)]


def test_more_are_asked_until_enough_are_right_and_differ() -> None:
    teacher, found = ask_for([["no", RIGHT[0], RIGHT[0], RIGHT[1]]], 4, 2)
    assert teacher.asked == [(0, 0), (0, 1), (0, 2), (0, 3)]
    assert [sample.verdict.correct for sample in found] == [False, True, True, True]


def test_of_a_strategy_that_thinks_answers_differ_by_their_thoughts_and_one_without_is_none() -> None:
    first, second = (Completion("4", "stop", reasoning=thought) for thought in RIGHT[:2])
    good = RIGHT[2]

    def said(reasoning: str) -> Completion:
        return Completion(good, "stop", reasoning=reasoning)

    teacher, found = ask_for(
        [[good, said(first.reasoning), said(first.reasoning), said(second.reasoning)]], 4, 2, THINK
    )
    assert len(teacher.asked) == 4
    assert [sample.verdict.outcome for sample in found] == ["unextracted", "correct", "correct", "correct"]
    assert len(ask_for([[good, said(second.reasoning), "no", "no"]], 4, 2)[0].asked) == 4  # else thoughts tell nothing


def test_the_next_way_is_tried_for_what_is_still_wanted() -> None:
    teacher, _ = ask_for([["no", RIGHT[0]], [RIGHT[1], "no"]], 2, 2)
    assert teacher.asked == [(0, 0), (0, 1), (1, 0)]


def test_what_is_cut_or_failed_is_no_answer() -> None:
    cut, failed = Completion(RIGHT[0], "length", 5, 5), Completion("", "error", error="down")
    teacher, found = ask_for([[cut, failed]], 2, 1)
    assert teacher.asked == [(0, 0), (0, 1)] and not any(sample.verdict.correct for sample in found)


@examples(60)
@given(
    st.lists(st.lists(st.sampled_from([*RIGHT, "no"]), min_size=4, max_size=4), min_size=1, max_size=3),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_the_law_of_sampling(script: list[list[str]], samples: int, wanted: int) -> None:
    teacher, found = ask_for(script, samples, wanted)
    assert teacher.asked == [(sample.plan, sample.number) for sample in found]
    right = {sample.chain.completion.text for sample in found if sample.verdict.correct}
    assert len(right) <= wanted
    if len(right) < wanted:  # then everything there is was asked for
        assert teacher.asked == [(way, number) for way in range(len(script)) for number in range(samples)]
    else:  # the last answers were still wanted when they were asked for
        last = [sample for sample in found if sample.plan == found[-1].plan][-1]
        before = {
            s.chain.completion.text
            for s in found
            if s.verdict.correct and (s.plan, s.number) < (last.plan, last.number)
        }
        assert len(before) < wanted or last.verdict.correct
