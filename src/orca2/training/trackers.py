"""The trackers of a training, by the names that accelerate gives them."""

from collections.abc import Sequence
from typing import Any

from orca2.errors import RecipeError


def check_trackers(names: Sequence[str]) -> None:
    """RecipeError for a tracker that accelerate does not have, or whose package is not installed."""
    if not names:
        return
    from accelerate.tracking import LOGGER_TYPE_TO_CLASS, get_available_trackers
    from accelerate.utils import LoggerType

    there = {str(name) for name in get_available_trackers()} | LOGGER_TYPE_TO_CLASS.keys() - set(LoggerType.list())
    for name in names:
        if name not in LOGGER_TYPE_TO_CLASS:
            known = ", ".join(sorted(LOGGER_TYPE_TO_CLASS))
            raise RecipeError(f"report_to = {list(names)}: no tracker {name!r}; valid: {known}")
        if name not in there:
            raise RecipeError(f"report_to = {list(names)}: {name} is not installed; install it, or leave it out")


def start_trackers(accelerator: Any) -> None:
    """Have `accelerator.log` go to those that it was made with."""
    try:
        accelerator.init_trackers("orca2")
    except Exception as error:  # of whatever kind a tracker has for it
        names = [str(name) for name in accelerator.log_with]
        raise RecipeError(f"report_to = {names}: {error}; mend that, or leave it out") from error


def end_trackers(accelerator: Any) -> None:
    """What `accelerator.end_training` does, which would part the processes too."""
    for tracker in accelerator.trackers:
        tracker.finish()
