"""A training and an ablation on a cluster of two nodes: as on one machine, also where a process or a node is lost."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from orca2 import pipeline, recipe
from orca2.errors import RunError
from orca2.scale.connecting import connected
from orca2.scale.shared_folder import check_seen, marked
from orca2.scale.train_workers import cores_each, plan_workers
from orca2.sections import Cluster

CHECKPOINTS = "checkpoints/train/checkpoint-*/complete"
ROOT = Path(__file__).parents[2]
RECIPE = """
name = "tiny"
[tasks]
source = "synthetic"
options.families = ["lookup", "running_sum"]
limits = { profile = 3, train = 20, test = 4 }
[student]
model = "TINY"
device = "cpu"
[teacher]
model = "solver"
[explain]
tasks = 0
[profile]
max_tokens = 8
choose = { lookup = "direct", running_sum = "step_by_step" }
[teach]
tasks_per_family = 16
[train]
row_tokens = 128
batch_tokens = 60
epochs = 6
save_minutes = 0
dtype = "fp32"
[evaluate]
max_tokens = 8
[ablate]
seeds = 1
batch = 2
start = "base"
arms = ["base", "instruction_tuning", "cautious"]
"""


@pytest.fixture(scope="module")
def recipe_file(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(RECIPE.replace("TINY", str(tiny)))
    return path


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A `ray.cluster_utils.Cluster` of two nodes with one core each."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), str(ROOT)]))
    from ray.cluster_utils import Cluster as Nodes

    nodes = Nodes(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        nodes.second = nodes.add_node(num_cpus=1)
        nodes.wait_for_nodes()
        yield nodes
    finally:
        nodes.shutdown()


def meanwhile(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def until(true: Callable[[], Any]) -> Any:
    while not (came := true()):
        time.sleep(0.02)
    return came


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to


@pytest.mark.slow
def test_a_training_that_lost_a_process_makes_the_student_of_torchrun(
    recipe_file: Path, pair: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    begun = pipeline.open_run(tmp_path / "run", recipe.load(recipe_file), recipe_file.parent, False)
    pipeline.run(begun, pipeline.STAGES[:7])
    reference, folder = copied(begun.path, tmp_path / "torchrun"), copied(begun.path, tmp_path / "ray")
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "orca2"]
    made = subprocess.run([*torchrun, "train", reference], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr

    def kill_one() -> None:
        import ray

        until(lambda: [*folder.glob("checkpoints/train/cautious/checkpoint-*/complete")])
        actors = ray._private.state.actors().values()
        workers = [actor for actor in actors if "RayTrainWorker" in actor["ActorClassName"] and actor["Pid"]]
        os.kill(workers[-1]["Pid"], signal.SIGKILL)

    killer = meanwhile(kill_one)
    keys = [f'cluster.address="{pair.address}"', "cluster.train_workers=2"]
    pipeline.run(pipeline.reopen(folder, keys), ["train"])
    killer.join()
    said = " ".join(capfd.readouterr().err.split())
    assert "on 2 processes of the cluster, 1 cores each" in said and "a process was lost" in said
    one, other = (json.loads((path / "train.json").read_text())["training"] for path in (reference, folder))
    assert one["processes"] == other["processes"] == 2
    for a, b in zip(one["loss"], other["loss"], strict=True):
        assert a["loss"] == pytest.approx(b["loss"], abs=1e-3) and {**a, "loss": 0} == {**b, "loss": 0}
    students = [load_file(path / "student" / "model.safetensors") for path in (reference, folder)]
    for name, weight in students[0].items():
        assert torch.allclose(weight.float(), students[1][name].float(), rtol=0.02, atol=1e-3)
    assert not (folder / "checkpoints").exists() and pipeline.is_done(pipeline.reopen(folder), "train")


def results(folder: Path) -> Any:
    return json.loads(
        (folder / "results.json").read_text(),
        object_hook=lambda row: {key: value for key, value in row.items() if "second" not in key},
    )


@pytest.mark.slow
def test_an_ablation_that_lost_a_node_has_the_page_of_one_process(recipe_file: Path, pair: Any, tmp_path: Path) -> None:
    whole, shared = tmp_path / "whole", tmp_path / "shared"
    keys = ["train.row_tokens=256", "train.epochs=15"]
    command = [sys.executable, "-m", "orca2", "ablate", str(recipe_file), *keys, "--run"]
    made = subprocess.run([*command, whole, "--jobs", "1"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    copied(whole, shared)
    for name in ("cell.json", "answers.jsonl", "results.json"):
        for path in shared.rglob(name):
            path.unlink()
    for lock in shared.rglob(".lock"):
        lock.unlink()
    process = subprocess.Popen([*command, shared, "--cluster", pair.address], stderr=subprocess.PIPE, text=True)

    def lose_one() -> None:
        until(lambda: len({path.parts[-5] for path in shared.glob(f"seed-0/lessons/*/{CHECKPOINTS}")}) == 2)
        pair.remove_node(pair.second, allow_graceful=False)

    loser = meanwhile(lose_one)
    _, said = process.communicate()
    loser.join()
    assert process.returncode == 0, said
    assert "its process was lost" in said and said.count(": done") == 3
    assert results(shared) == results(whole)
    for place in ("base", "seed-0/lessons/instruction_tuning", "seed-0/lessons/cautious"):
        assert (shared / place / "answers.jsonl").read_text() == (whole / place / "answers.jsonl").read_text()


@pytest.mark.slow
def test_what_the_user_has_to_mend_ends_a_training_at_once(recipe_file: Path, pair: Any, tmp_path: Path) -> None:
    begun = pipeline.open_run(tmp_path / "run", recipe.load(recipe_file), recipe_file.parent, False)
    pipeline.run(begun, pipeline.STAGES[:7])
    lessons = begun.path / "lessons.jsonl"
    lessons.write_text("")
    begun.record["stages"]["erase"]["outputs"] = begun.digest(["erase.json", "lessons.jsonl"])
    begun.save()
    keys = [f'cluster.address="{pair.address}"', "cluster.train_workers=2"]
    with pytest.raises(RunError, match="no lessons in cautious"):
        pipeline.run(pipeline.reopen(begun.path, keys), ["train"])
    with connected(Cluster(address=pair.address)):
        with pytest.raises(RunError, match=r"train_workers = 3, but the nodes have \[1, 1\] cores"):
            plan_workers(Cluster(train_workers=3), gpus=True)
        assert plan_workers(Cluster(), gpus=True) is None


@given(st.lists(st.integers(0, 64), max_size=6), st.integers(1, 20))
def test_each_process_has_the_most_cores_that_leave_room_for_all(cores: list[int], count: int) -> None:
    each = cores_each(cores, count)
    assert (each == 0) is (sum(cores) < count)
    assert not each or sum(n // each for n in cores) >= count
    assert sum(n // (each + 1) for n in cores) < count


def test_a_folder_that_is_not_in_common_is_named(tmp_path: Path) -> None:
    with marked(tmp_path / "run") as mark:
        check_seen(mark)
    with pytest.raises(RunError, match=r"run of the driver is not seen on node .* storage that all nodes share"):
        check_seen(mark)
