"""A training on the processes of a cluster: Ray Train starts them as torchrun would, and anew where one is lost."""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from orca2.errors import Orca2Error, RunError
from orca2.progress import console
from orca2.scale.shared_folder import check_seen, marked
from orca2.sections import Cluster

Made = TypeVar("Made")
ATTEMPTS = 4  # after which a training that loses its processes is given up; its last checkpoint stays
SHARDING = ("ACCELERATE_", "FSDP_")  # of the environment, what says whether and how weights are sharded
RAY = ".ray"  # in the folder of checkpoints: what Ray Train keeps, and what the processes say


@dataclass(frozen=True, slots=True)
class Workers:
    """So many processes, with so many cores and, if `gpu`, one GPU each."""

    count: int
    cpus: int
    gpu: bool

    def __str__(self) -> str:
        return f"{self.count} processes of the cluster, " + ("one GPU each" if self.gpu else f"{self.cpus} cores each")


def plan_workers(spec: Cluster, gpus: bool) -> Workers | None:
    """The processes of a training on the cluster that this driver has joined; None where this one may do it alone.

    That is a process for each GPU if the student may use `gpus` and there are some, unless `train_workers` says how
    many. RunError where the cluster has no room for so many.
    """
    import ray

    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    there = sum(int(node.get("GPU", 0)) for node in nodes) if gpus else 0
    count = spec.train_workers or there or 1
    if not there:
        if count == 1:
            return None
        cores = [int(node.get("CPU", 0)) for node in nodes]
        cpus = spec.student_cpus or cores_each(cores, count)
        if not cpus or sum(core // cpus for core in cores) < count:
            raise RunError(
                f"cluster.train_workers = {count}, but the nodes have {cores} cores; lower it, or student_cpus"
            )
        return Workers(count, cpus, False)
    if count > there:
        raise RunError(f"cluster.train_workers = {count}, but the cluster has {there} GPUs; lower it, or add nodes")
    return Workers(count, spec.student_cpus or 1, True)


def cores_each(cores: Sequence[int], count: int) -> int:
    """The most cores that each of `count` processes can have on nodes of so many; 0 if there are too few."""
    return next((each for each in range(max(cores, default=0), 0, -1) if sum(n // each for n in cores) >= count), 0)


def train_on(spec: Cluster, gpus: bool, work: Callable[[], Made], checkpoints: Path) -> Made:
    """What `work` returns in the first of the processes, which all run it.

    Where a process or a node is lost they are started anew, on what the cluster has by then, and go on from the last
    checkpoint: `checkpoints` is the folder of these, on shared storage. What the user has to mend ends it at once.
    """
    why = ""
    for _ in range(ATTEMPTS):
        workers = plan_workers(spec, gpus)
        if workers is None:
            return work()
        console.print(f"  on {workers}")
        try:
            return _fit(workers, work, checkpoints)
        except _Lost as lost:
            why = str(lost)
            console.print(f"  a process was lost ({why[:200]}); on from the last checkpoint", soft_wrap=True)
    raise RunError(f"training: processes were lost {ATTEMPTS} times, at last by: {why}; start it again to go on")


def _fit(workers: Workers, work: Callable[[], Made], checkpoints: Path) -> Made:
    import ray
    from ray.exceptions import RayError
    from ray.train import RunConfig, ScalingConfig, TrainingFailedError
    from ray.train.torch import TorchTrainer
    from ray.train.v2.api.config import LoggingConfig

    os.environ["RAY_TRAIN_ENABLE_PRINT_PATCH"] = "0"  # or each line of progress would come twice

    class Trainer(TorchTrainer):  # type: ignore[misc]
        """Leaves Ctrl-C to this process: Ray Train takes it over, and would end it with code 0."""

        controller: Any = None

        def _register_sigint_handler(self, controller: Any) -> None:
            self.controller = controller

    with marked(checkpoints / RAY) as mark, _relayed(mark.with_suffix(".log")) as said:
        trainer = Trainer(
            _in_worker,
            train_loop_config={"work": work, "mark": mark, "said": said},
            scaling_config=ScalingConfig(
                num_workers=workers.count,
                use_gpu=workers.gpu,
                resources_per_worker={"CPU": workers.cpus, **({"GPU": 1} if workers.gpu else {})},
            ),
            run_config=RunConfig(
                name=mark.name.removeprefix("."),
                storage_path=str(checkpoints / RAY),
                worker_runtime_env={"env_vars": {k: v for k, v in os.environ.items() if k.startswith(SHARDING)}},
                logging_config=LoggingConfig(log_level="CRITICAL"),
            ),
        )
        try:
            made: Made = trainer.fit().return_value
        except (TrainingFailedError, RayError) as error:
            failures = getattr(error, "worker_failures", {}).values()
            causes = [getattr(failure, "_base_exc", failure) for failure in failures]  # Ray wraps what was raised
            if refused := [cause for cause in causes if isinstance(cause, Orca2Error)]:
                raise RunError(" ".join(str(refused[0]).split())) from None
            raise _Lost(" ".join(str(error).split())[-500:]) from None
        except BaseException:
            if trainer.controller is not None:
                ray.kill(trainer.controller)  # and with it the workers, which are its own
            raise
    return made


class _Lost(Exception):
    """The processes ended without a result, and not by what a user could mend."""


def _in_worker(given: dict[str, Any]) -> Any:
    """In each process, once torch.distributed has joined them."""
    import ray.train

    check_seen(given["mark"])
    with contextlib.ExitStack() as stack:
        if ray.train.get_context().get_world_rank() == 0:
            log = stack.enter_context(open(given["said"], "a", encoding="utf-8", buffering=1))
            stack.enter_context(contextlib.redirect_stderr(log))
        return given["work"]()


@contextmanager
def _relayed(log: Path) -> Iterator[Path]:
    """A file whose lines are said here as they come: what the first process says of its progress."""
    log.touch()
    ended = threading.Event()

    def relay() -> None:
        with open(log, encoding="utf-8") as lines:
            while True:
                last = ended.is_set()
                sys.stderr.write(lines.read())
                sys.stderr.flush()
                if last:
                    return
                ended.wait(0.5)

    thread = threading.Thread(target=relay, daemon=True)
    thread.start()
    try:
        yield log
    finally:
        ended.set()
        thread.join()
