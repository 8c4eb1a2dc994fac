"""What happens beside the steps: progress, the clock, and when a checkpoint is due."""

import ctypes
import time
from typing import Any

from transformers import TrainerCallback

from orca2 import processes
from orca2.progress import Advance
from orca2.training.batch_plan import BatchPlan
from orca2.training.speed import Speed

LONG = 0.5  # seconds; giving memory back takes milliseconds, which a shorter step would feel


class ProgressCallback(TrainerCallback):
    """Feeds the progress line and asks for a checkpoint every `save_minutes` (None: never)."""

    def __init__(self, advance: Advance, speed: Speed, batch_plan: BatchPlan, save_minutes: float | None) -> None:
        self.advance, self.speed, self.batch_plan, self.save_minutes = advance, speed, batch_plan, save_minutes
        self.saved = time.monotonic()
        self.before = 0.0
        self.stepped = self.saved
        self.trim = _trim() if speed.device.type == "cpu" else None

    @property
    def seconds(self) -> float:
        """Seconds of training, those before the last checkpoint that was gone on from included."""
        return self.before + self.speed.seconds

    def on_train_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        done = [log for log in state.log_history if "loss" in log]
        self.before = done[-1]["seconds"] if done else 0.0
        self.speed.start()
        if done:
            self.advance(sum(log["tokens"] for log in done), f"from step {state.global_step}")

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """The optimizer makes tensors of its own, the first time all that it keeps."""
        self._give_back()

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        sizes = self.batch_plan.sizes(state.global_step - 1)
        self.speed.add(sizes["tokens"], sizes["supervised_tokens"])
        self.advance(sizes["tokens"], str(self.speed))
        self._give_back()
        self.stepped = time.monotonic()
        if self.save_minutes is not None and self._due():
            control.should_save, self.saved = True, time.monotonic()

    def _give_back(self) -> None:
        """Memory that is free, to the system, once a step takes so long that it is not felt."""
        if self.trim is not None and time.monotonic() - self.stepped > LONG:
            self.trim(0)

    def _due(self) -> bool:
        """Decided by the first process's clock, for all of them."""
        assert self.save_minutes is not None
        return bool(processes.agreed(time.monotonic() - self.saved >= 60 * self.save_minutes))


def _trim() -> Any:
    """The C library's call that gives freed memory back, where it has one: a tenth of the peak on a CPU."""
    try:
        return getattr(ctypes.CDLL(None), "malloc_trim", None)
    except (OSError, TypeError):
        return None
