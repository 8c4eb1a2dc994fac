"""The cluster of a command: joined when it begins, left when it ends; Ray says nothing of its own meanwhile."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orca2.errors import RunError, missing_extra
from orca2.sections import Cluster

NAMESPACE = "orca2"  # of the names of actors, by which `orca2 cluster status` finds them
LONGEST_TEXT = 300  # characters of an error of Ray's
SOURCE = Path(__file__).parents[2]  # what nodes on this machine import orca2 from


@contextmanager
def connected(spec: Cluster | None) -> Iterator[None]:
    """Be a driver of the cluster that the recipe names; nothing for None, and nothing of Ray is imported then.

    A cluster at address "local" is started here, without dashboard, and stopped at the end. MissingExtra without Ray,
    RunError where no cluster answers.
    """
    if spec is None:
        yield
        return
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError:
        raise missing_extra("ray", "ray") from None
    if ray.is_initialized():  # a notebook's own, or a test's
        yield
        return
    with _quiet():
        try:
            ray.init(
                address=spec.address,
                namespace=NAMESPACE,
                log_to_driver=False,
                configure_logging=False,
                **({"include_dashboard": False} if spec.address == "local" else {}),
                runtime_env={"env_vars": {"PYTHONPATH": _python_path()}},
            )
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise RunError(
                f"cluster.address: no Ray cluster answers at {spec.address} ({said_by_ray(error)}); start one with:"
                " ray start --head, or use --cluster local"
            ) from None
        try:
            yield
        finally:
            ray.shutdown()


def _python_path() -> str:
    """Where workers find orca2 if it is not installed beside their Ray: the driver's own path, on a shared disk."""
    inherited = os.environ.get("PYTHONPATH", "")
    return os.pathsep.join(filter(None, [str(SOURCE), inherited]))


@contextmanager
def _quiet() -> Iterator[None]:
    """Progress is the run's own: what Ray logs below an error is not shown meanwhile."""
    logger = logging.getLogger("ray")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def said_by_ray(error: Exception) -> str:
    """What one of Ray's errors says, without colours and in one line, its end rather than its beginning."""
    text = " ".join(re.sub(r"\x1b\[[0-9;]*m", "", str(error)).split())
    return text if len(text) <= LONGEST_TEXT else f"... {text[-LONGEST_TEXT:]}"
