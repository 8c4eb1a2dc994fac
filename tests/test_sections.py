"""The sections of a recipe: splits that share nothing, graders of families, and what a training step takes."""

from itertools import combinations, pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from orca2.core.splitting import SPLITS
from orca2.sections import Splits, Tasks, Training


def test_splits_cover_the_hash_without_sharing_any() -> None:
    ranges = sorted(Splits().ranges().values())
    assert ranges[0][0] == 0 and ranges[-1][1] == 1
    assert all(before[1] == after[0] for before, after in pairwise(ranges))
    assert set(Splits().ranges()) == set(SPLITS)


@pytest.mark.parametrize(
    ("splits", "why"),
    [
        ({"profile": [0.2, 0.1]}, "two rising numbers"),
        ({"test": [0.8]}, "two rising numbers"),
        ({"test": [0.8, 1.5]}, "two rising numbers"),
        ({"profile": [0.0, 0.3]}, "overlaps"),
        ({"dev": [0.0, 0.1]}, "Extra inputs"),
    ],
)
def test_splits_that_cannot_be(splits: dict[str, list[float]], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Splits.model_validate(splits)


def test_a_family_has_its_own_grader_or_that_of_all() -> None:
    graders: dict[str, Any] = {"open": "judge", "sums": {"name": "number", "decimal": ","}}
    tasks = Tasks(source="jsonl", grader="number", graders=graders)
    assert tasks.grader_of("anything") == ("number", {})
    assert tasks.grader_of("sums") == ("number", {"decimal": ","}) and tasks.grader_of("open") == ("judge", {})
    assert tasks.judged and not Tasks(source="jsonl").judged


@pytest.mark.parametrize(
    ("given", "steps"), [({}, 0), ({"batch_tokens": 9}, 0), ({"steps": 7}, 7), ({"batch_lessons": 64}, 188)]
)
def test_lessons_make_steps_however_long_they_are(given: dict[str, int], steps: int) -> None:
    assert Training(**given).steps_of(12_000) == steps  # type: ignore[arg-type]


@pytest.mark.parametrize("keys", list(combinations(("batch_tokens", "batch_lessons", "steps"), 2)))
def test_only_one_key_says_what_a_step_takes(keys: tuple[str, str]) -> None:
    with pytest.raises(ValidationError, match=f"{' and '.join(keys)} each say how much .*; give one of them"):
        Training.model_validate(dict.fromkeys(keys, 8))
