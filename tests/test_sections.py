"""The sections of a recipe: what a training step takes."""

from itertools import combinations

import pytest
from pydantic import ValidationError

from orca2.sections import Training


@pytest.mark.parametrize(
    ("given", "steps"), [({}, 0), ({"batch_tokens": 9}, 0), ({"steps": 7}, 7), ({"batch_lessons": 64}, 188)]
)
def test_lessons_make_steps_however_long_they_are(given: dict[str, int], steps: int) -> None:
    assert Training(**given).steps_of(12_000) == steps  # type: ignore[arg-type]


@pytest.mark.parametrize("keys", list(combinations(("batch_tokens", "batch_lessons", "steps"), 2)))
def test_only_one_key_says_what_a_step_takes(keys: tuple[str, str]) -> None:
    with pytest.raises(ValidationError, match=f"{' and '.join(keys)} each say how much .*; give one of them"):
        Training.model_validate(dict.fromkeys(keys, 8))
