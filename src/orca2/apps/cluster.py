"""What `orca2 cluster status` shows: the nodes with what of them is free, and who does what on them."""

import dataclasses
import json
import time
from typing import Any

from orca2.progress import console
from orca2.scale.connecting import connected
from orca2.sections import Cluster


def show(address: str, as_json: bool = False) -> None:
    """Print nodes and workers of the cluster at an address; RunError where none answers."""
    with connected(Cluster(address=address)):
        from orca2.scale.nodes import nodes
        from orca2.scale.status import workers

        rows = [dataclasses.asdict(node) for node in nodes()]
        active = [{"name": name, **(activity.described() if activity else {})} for name, activity in workers()]
    if as_json:
        print(json.dumps({"nodes": rows, "workers": active}))
    else:
        _print(rows, active)


def _print(nodes: list[dict[str, Any]], workers: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(title=f"{len(nodes)} nodes; free of all", title_justify="left")
    for heading in ("node", "CPUs", "GPUs", "workers"):
        table.add_column(heading, no_wrap=True)
    for node in nodes:
        here = sum(worker.get("node") == node["id"] for worker in workers)
        cpus, gpus = (f"{node[f'free_{kind}']:g} of {node[kind]:g}" for kind in ("cpus", "gpus"))
        table.add_row(node["address"], cpus, gpus, str(here))
    console.print(table)
    if not workers:
        console.print("  nobody of ours is at work")
        return
    addresses = {node["id"]: node["address"] for node in nodes}
    table = Table(title=f"{len(workers)} at work", title_justify="left")
    for heading in ("worker", "node", "done", "at hand", "for", "model", "run"):
        table.add_column(heading, overflow="fold")
    for worker in workers:
        if "role" not in worker:
            table.add_row(worker["name"], "says nothing")
            continue
        minutes = f"{(time.time() - worker['since']) / 60:.0f} min"
        numbers = (f"{worker[key]:,}" for key in ("done", "in_flight"))
        table.add_row(
            worker["name"], addresses.get(worker["node"], "gone"), *numbers, minutes, worker["model"], worker["run"]
        )
    console.print(table)
