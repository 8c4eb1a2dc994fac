"""Beside the steps: tokens are told, seconds go on from those of the last checkpoint, and one is asked for when due."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from orca2.training.progress_callback import ProgressCallback
from orca2.training.speed import Speed


class Plan:
    """Steps of ten tokens, of which four are supervised."""

    def sizes(self, step: int) -> dict[str, int]:
        return {"tokens": 10, "supervised_tokens": 4}


def callback(network: Any, told: list[tuple[float, str]], save_minutes: float | None) -> ProgressCallback:
    speed = Speed(network, 1.0, 1)
    return ProgressCallback(lambda count, note="": told.append((count, note)), speed, Plan(), save_minutes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("minutes", "saves"), [(None, False), (0.0, True), (1e6, False)])
def test_a_checkpoint_is_asked_for_when_it_is_due(network: Any, minutes: float | None, saves: bool) -> None:
    told: list[tuple[float, str]] = []
    beside = callback(network, told, minutes)
    control = SimpleNamespace(should_save=False)
    beside.on_step_end(None, SimpleNamespace(global_step=1), control)
    assert control.should_save is saves
    assert [count for count, _ in told] == [10] and (beside.speed.tokens, beside.speed.supervised) == (10, 4)


def test_seconds_go_on_from_those_before(network: Any) -> None:
    told: list[tuple[float, str]] = []
    beside = callback(network, told, None)
    logs = [{"loss": 1.0, "seconds": 50.0, "tokens": 7}, {"loss": 0.5, "seconds": 100.0, "tokens": 7}, {"end": 1}]
    beside.on_train_begin(None, SimpleNamespace(log_history=logs, global_step=2), None)
    assert beside.seconds >= 100.0 and told == [(14, "from step 2")]
    assert beside.speed.device == torch.device("cpu")
