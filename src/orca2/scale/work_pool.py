"""Work shared out to the nodes of a cluster as Ray tasks: what a lost node had begun is begun again elsewhere."""

import traceback
from collections import Counter, deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from orca2.errors import Orca2Error
from orca2.progress import console
from orca2.scale.shared_folder import check_seen, marked
from orca2.scale.train_workers import cores_each
from orca2.sections import Cluster

Item = TypeVar("Item")
LOSSES = 3  # of the process of one item, after which the item has failed: it may be too large for any node


def share_on_cluster(
    work: Callable[[Item], None], items: Sequence[Item], jobs: int, spec: Cluster, gpus: bool, folder: Path
) -> dict[Item, str]:
    """Do each item in a process of the cluster that this driver has joined, `jobs` at once (0: as many as find room);
    returns what failed, and why, in the order of `items`.

    With `gpus` an item takes `student_gpus` of a GPU, or a smaller part where `jobs` are more than that has room for.
    `folder` is what the items work in, on shared storage.
    """
    import ray
    from ray.exceptions import RayError

    resources = _resources([node["Resources"] for node in ray.nodes() if node["Alive"]], jobs, spec, gpus)
    task = ray.remote(max_retries=0, **resources)(_attempt)  # retried here: by Ray, out of memory would be for ever
    waiting, running = deque(items), dict[Any, Item]()
    failed, losses = dict[Item, str](), Counter[Item]()
    with marked(folder) as mark:
        try:
            while waiting or running:
                while waiting and len(running) < (jobs or len(items)):
                    item = waiting.popleft()
                    running[task.remote(work, item, mark)] = item
                [ended], _ = ray.wait(list(running))
                item = running.pop(ended)
                try:
                    why = ray.get(ended)
                except RayError as error:
                    losses[item] += 1
                    why = " ".join(str(error).split())[:300]
                    if losses[item] < LOSSES:
                        console.print(f"  {item}: its process was lost ({why}); once more", soft_wrap=True)
                        waiting.append(item)
                        continue
                if why:
                    failed[item] = why
                console.print(f"  {item} failed: {why}" if why else f"  {item}: done", soft_wrap=True)
        except BaseException:
            for begun in running:
                ray.cancel(begun, force=True)
            raise
    return {item: failed[item] for item in items if item in failed}


def _resources(nodes: Sequence[dict[str, float]], jobs: int, spec: Cluster, gpus: bool) -> dict[str, float]:
    """What one item takes: a part of a GPU and a core; without GPUs the cores of a node, or a part of them."""
    there = int(sum(node.get("GPU", 0) for node in nodes)) if gpus else 0
    if there:
        roomy = jobs * spec.student_gpus <= there
        return {"num_gpus": spec.student_gpus if roomy else 1 / -(-jobs // there), "num_cpus": spec.student_cpus or 1}
    cores = [int(node["CPU"]) for node in nodes if node.get("CPU")]
    return {"num_gpus": 0, "num_cpus": spec.student_cpus or cores_each(cores, jobs or len(cores)) or 1}


def _attempt(work: Callable[[Item], None], item: Item, mark: Path) -> str:
    """On a node: empty, or why the item failed, in one line."""
    try:
        check_seen(mark)
        work(item)
    except Orca2Error as error:
        return " ".join(str(error).split())
    except Exception as error:  # an item must not take the others with it, whatever it is
        traceback.print_exc()
        return " ".join(f"{type(error).__name__}: {error}".split())
    return ""
