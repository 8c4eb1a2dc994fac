"""Looks on the way: the student answers in the midst of its training, and learns on as if nobody had looked."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from orca2.asking.ask import ask
from orca2.asking.cache import default_path
from orca2.asking.client import ModelClient
from orca2.core.types import Completion, Message, Request
from orca2.inference.local import LocalModel
from orca2.progress import Advance
from orca2.training import training
from orca2.training.mid_training_eval import EvalPoints, MidTrainingEval, Told, members
from orca2.training.training import train
from tests.training.conftest import flat, lessons, load_tiny
from tests.training.test_resume import OFTEN


@pytest.mark.slow
@pytest.mark.parametrize("method", ["full", "lora"])
def test_looking_changes_nothing(tiny: Path, tokenizer: Any, tmp_path: Path, method: str) -> None:
    from orca2.training.adapters import attach

    settings = OFTEN.model_copy(update={"method": method})
    seen: list[tuple[float, list[Completion]]] = []

    def look(learned: float, student: LocalModel, told: Told) -> None:
        student.keep = False
        asked = [Request((Message("user", f"What is {i} plus 1?"),), 6) for i in range(3)]
        seen.append((learned, ask(ModelClient(student), asked, "")))

    watched, alone = load_tiny(tiny), load_tiny(tiny)
    if method == "lora":
        attach(watched, settings, 5), attach(alone, settings, 5)
    train(watched, tokenizer, lessons(24), settings, 5, "t", eval_points=EvalPoints(3, look))
    train(alone, tokenizer, lessons(24), settings, 5, "t")
    assert torch.equal(flat(watched), flat(alone))
    assert [learned for learned, _ in seen] == [0.25, 0.5, 0.75]
    assert all(completion.tokens_out for _, found in seen for completion in found)
    assert not default_path().exists()


def test_the_progress_line_says_how_far_the_student_is_tried(
    network: Any, tokenizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, str]] = []

    @contextmanager
    def track(label: str, total: int, unit: str) -> Iterator[Advance]:
        yield lambda n, note="": told.append((n, note))

    def look(learned: float, student: LocalModel, tell: Told) -> None:
        tell(0, 2)
        tell(2, 2)

    monkeypatch.setattr(training, "track", track)
    train(network, tokenizer, lessons(8), OFTEN, 5, "t", eval_points=EvalPoints(1, look))
    said = [(n, note) for n, note in told if "tried" in note]
    assert said == [(0, "the student is tried: 0 of 2 answers"), (0, "the student is tried: 2 of 2 answers")]


@pytest.mark.slow
def test_a_look_sees_the_mean_of_the_weights_before_it(tiny: Path, tokenizer: Any) -> None:
    settings = OFTEN.model_copy(update={"learning_rate": 1e-2, "dtype": "fp32"})
    steps: list[torch.Tensor] = []
    seen: list[tuple[int, torch.Tensor]] = []

    def look(learned: float, student: LocalModel, told: Told) -> None:
        seen.append((len(steps), flat(student.model)))

    class Recording(MidTrainingEval):
        def count(self, step: int) -> None:
            steps.append(flat(self.model))
            super().count(step)

    with patch("orca2.training.training.MidTrainingEval", Recording):
        train(load_tiny(tiny), tokenizer, lessons(24), settings, 5, "t", eval_points=EvalPoints(1, look))
    (at, weights), *_ = seen
    window = sorted(members(at, 0))
    assert len(window) > 1 and window[-1] == at and window[0] > 0.7 * at
    assert torch.allclose(weights, torch.stack([steps[step - 1] for step in window]).mean(0), atol=1e-6)
    assert not torch.allclose(weights, steps[at - 1], atol=1e-4)


@given(at=st.integers(1, 10_000), last=st.integers(0, 9_999))
def test_a_look_is_made_of_steps_since_the_last_one(at: int, last: int) -> None:
    assume(last < at)
    assert at in members(at, last) and all(last < step <= at for step in members(at, last))
