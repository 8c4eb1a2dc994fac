"""A judge's ratings: each turn, the source, pairs in both orders, and a judge that will not score."""

from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from orca2.asking.client import ModelClient
from orca2.core.types import Completion, Request
from orca2.errors import ModelError
from orca2.grading.rating import Open, prefer, rate
from orca2.grading.rating_prompts import made_up, rating


class Judge:
    """Says what a function says of a request; the function sees each once, in order."""

    name, keep = "judge", False

    def __init__(self, says: Callable[[Request], str]) -> None:
        self.says = says

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        for index, request in enumerate(requests):
            yield index, Completion(self.says(request), "stop")


TALK = Open((("Count.", "1 2 3"), ("And on?", "4 5 6")), ("1 2 3", ""))


def test_each_turn_is_rated_and_a_reference_is_shown_where_there_is_one() -> None:
    seen: list[str] = []

    def judge(request: Request) -> str:
        seen.append(request.messages[-1].content)
        return f"Fine. Score: {3 + len(seen)}"

    (found,) = rate(ModelClient(Judge(judge)), [TALK])
    assert sorted(found.scores) == [4, 5] and found.made_up is None
    first, second = sorted(seen, key=lambda text: "4 5 6" in text)
    assert "reference" in first and "[assistant] 1 2 3" in first and "4 5 6" not in first
    assert "reference" not in second and "4 5 6" in second


def test_a_summary_is_held_against_its_source() -> None:
    def judge(request: Request) -> str:
        asked = request.messages[-1].content
        return "It adds a date. Made up: yes" if "Made up" in asked else "Score: 6"

    (found,) = rate(ModelClient(Judge(judge)), [Open((("Sum up.", "By May 3."),), ("By May.",), "A: by May.")])
    assert (found.scores, found.made_up) == ((6,), True)


def test_an_answer_whose_rating_cannot_be_read_stands_without_one() -> None:
    def judge(request: Request) -> str:
        return "Score: 7" if "plums" in request.messages[-1].content else "Hm."

    found = rate(ModelClient(Judge(judge)), [Open((("q", "plums"),), ("",)), Open((("q", "pears"),), ("",))])
    assert [one.scores for one in found] == [(7,), ()]


def test_a_judge_that_never_scores_is_an_error_of_one_line() -> None:
    with pytest.raises(ModelError, match=r"none of 2 replies holds 'Score: N', the first is 'No\.'") as error:
        rate(ModelClient(Judge(lambda _: "No.")), [TALK])
    assert "\n" not in str(error.value)
    with pytest.raises(ModelError, match="'Verdict: A'"):
        prefer(ModelClient(Judge(lambda _: "No.")), [("q", "a", "b")])
    assert rate(ModelClient(Judge(lambda _: "No.")), []) == [] and prefer(ModelClient(Judge(lambda _: "")), []) == []


@pytest.mark.parametrize(
    ("better", "found"), [("ours", "ours"), ("theirs", "theirs"), ("first", "split"), ("tie", "tie")]
)
def test_only_a_preference_in_both_orders_counts(better: str, found: str) -> None:
    def judge(request: Request) -> str:
        asked = request.messages[-1].content
        ours_first = asked.index("OURS") < asked.index("THEIRS")
        said = {"tie": "tie", "first": "A", "ours": "A" if ours_first else "B", "theirs": "B" if ours_first else "A"}
        return f"Verdict: {said[better]}"

    assert prefer(ModelClient(Judge(judge)), [("Which?", "OURS", "THEIRS")]) == [found]


def test_reading_replies() -> None:
    assert [rating(text) for text in ("Score: 10", "Score: 3. Score: 4", "Score: 11", "none", "**Score:** 7")] == [
        10,
        4,
        None,
        None,
        7,
    ]
    assert [made_up(text) for text in ("Made up: yes", "made-up: NO", "Made up?")] == [True, False, None]
