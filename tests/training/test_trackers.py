"""Trackers of a training: each step is told to them, and one that is not there is said before it starts."""

from pathlib import Path
from typing import Any, ClassVar

import pytest
from accelerate import tracking
from accelerate.tracking import GeneralTracker, get_available_trackers
from accelerate.utils import LoggerType

from orca2.errors import RecipeError
from orca2.sections import Training
from orca2.training.trackers import check_trackers
from orca2.training.training import train
from tests.training.conftest import lessons


class Kept(GeneralTracker):
    """A tracker of the user's own, registered with accelerate."""

    name, requires_logging_directory = "kept", True
    started: ClassVar[list["Kept"]] = []

    def __init__(self, run_name: str, logging_dir: str) -> None:
        super().__init__()
        self.run_name, self.logging_dir = run_name, logging_dir
        self.logged: list[tuple[int | None, dict[str, Any]]] = []
        self.ended = False

    @property
    def tracker(self) -> "Kept":
        return self

    def start(self) -> None:
        self.started.append(self)

    def log(self, values: dict[str, Any], step: int | None = None, **rest: Any) -> None:
        self.logged.append((step, values))

    def finish(self) -> None:
        self.ended = True


def test_each_step_is_told_to_a_tracker_which_is_ended(
    network: Any, tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tracking.LOGGER_TYPE_TO_CLASS, "kept", Kept)
    settings = Training(row_tokens=256, report_to=["kept"])
    record = train(network, tokenizer, lessons(24), settings, 0, "t", trackers=tmp_path)
    (kept,) = Kept.started
    assert kept.ended and kept.logging_dir == tmp_path
    assert [step for step, _ in kept.logged] == [point.step for point in record.loss]
    first = kept.logged[0][1]
    assert first.keys() == {"train/loss", "train/grad_norm", "train/learning_rate", "train/epoch"}
    assert first["train/loss"] == pytest.approx(record.loss[0].loss, abs=1e-5) and first["train/grad_norm"] > 0


def test_one_that_is_unknown_or_not_installed_is_named() -> None:
    with pytest.raises(RecipeError, match=r"report_to = \['no_such'\]: no tracker 'no_such'; valid: .*tensorboard"):
        check_trackers(["no_such"])
    absent = set(LoggerType.list()) - {str(name) for name in get_available_trackers()} - {"all"}
    for name in absent:
        with pytest.raises(RecipeError, match=f"{name} is not installed; install it, or leave it out"):
            check_trackers([name])
