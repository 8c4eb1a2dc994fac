"""An answer for each item: graded ones by their graders, open ones by the judge, what is not whole by what it lacks."""

from pathlib import Path

import pytest

from orca2.apps.suite._answers import Asked
from orca2.apps.suite._grading import _rating, grade
from orca2.benchmarks import load_benchmark
from orca2.core.types import Completion
from orca2.grading.rating import Rating


def test_each_item_has_its_answer_in_order(data: Path) -> None:
    loaded = load_benchmark("gsm8k", data)
    asked = [(loaded, Asked(item, "none", (), 64)) for item in loaded.items]
    said = [(Completion(f"The answer is {item.task.target}.", "stop", 3, 5),) for item in loaded.items]
    answers = grade(asked, said, None)
    assert [answer.task for answer in answers] == [item.task.id for item in loaded.items]
    assert {answer.outcome for answer in answers} == {"correct"} and all(answer.tokens == 5 for answer in answers)


@pytest.mark.parametrize(
    ("completion", "scores", "outcome"),
    [
        (Completion("Good.", "stop"), (8,), "rated"),
        (Completion("Good.", "stop"), (), "unrated"),
        (Completion("Go", "length"), (8,), "truncated"),
        (Completion("", "stop"), (), "unextracted"),
        (Completion("", "error", error="down"), (), "failed"),
    ],
)
def test_what_kept_an_open_answer_from_being_whole_is_its_outcome(
    completion: Completion, scores: tuple[int, ...], outcome: str
) -> None:
    fields = _rating((completion,), Rating(scores, None, "said"))
    assert fields["outcome"] == outcome and fields["why"] == (completion.error or "said")
