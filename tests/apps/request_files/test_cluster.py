"""The scripts for clusters, run under a `srun` and a `vllm` of our own in the place of the real ones."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from orca2 import pipeline
from orca2.apps.request_files.export import export
from tests.apps.request_files.conftest import Bench
from tests.test_pipeline import RECIPE, load, open_run

ROOT = Path(__file__).parents[3]
CLUSTER = ROOT / "recipes/cluster"
SRUN = """#!/bin/bash
# one process a node on this machine, all at once, as srun starts them
while [[ $1 == --* ]]; do shift; done
for node in $(seq "${SLURM_JOB_NUM_NODES:-1}"); do "$@" & pids+=($!); done
for pid in "${pids[@]}"; do wait "$pid" || exit 1; done
"""
VLLM = """#!/bin/bash
[[ $1 == run-batch ]] || exit 64
shift
exec "$PYTHON" -m tests.run_batch "$@"
"""
SCONTROL = """#!/bin/bash
[[ "$1 $2" == "show hostnames" ]] && for node in ${3//,/ }; do echo "$node"; done
"""


@pytest.fixture
def slurm(tmp_path: Path) -> dict[str, str]:
    """The environment of a job, with the programs of a cluster in its path."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("srun", SRUN), ("vllm", VLLM), ("scontrol", SCONTROL)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    path = f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    source = f"{ROOT}:{ROOT / 'src'}"
    return {
        **os.environ,
        "PATH": path,
        "PYTHON": sys.executable,
        "PYTHONPATH": source,
        "SLURM_JOB_ID": str(os.getpid()),
    }


def sh(script: str, *words: object, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", CLUSTER / script, *map(str, words)], env=env, capture_output=True, text=True, check=False
    )


def exported(bench: Bench, folder: Path) -> Path:
    """The folder, with 24 requests in three files."""
    bench.begin("teach.samples=1", "teach.min_correct=1", 'profile.choose={f0="direct",f1="direct"}')
    folder.parent.mkdir(exist_ok=True)
    export(bench.run, (), False, folder, rows=10)
    return folder


@pytest.mark.parametrize("script", sorted(CLUSTER.glob("*.sh")), ids=lambda path: path.name)
def test_the_scripts_are_sound_and_can_be_started(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
    text = script.read_text()
    head = text[: text.index("set -euo pipefail")]
    assert os.access(script, os.X_OK) and text.startswith("#!/bin/bash\n")
    assert all(line.startswith("#") for line in head.splitlines()), "sbatch reads no directive behind a command"


@pytest.mark.slow
def test_the_array_answers_a_file_a_task_and_goes_on_where_it_was(bench: Bench, slurm: dict[str, str]) -> None:
    shards = exported(bench, bench.folder / "shards")
    bench.received.clear()
    env = {**slurm, "RUN_BATCH_URL": bench.url}
    for number in (1, 2, 3):
        done = sh("slurm_array.sh", shards, "--max-model-len", "64", env={**env, "SLURM_ARRAY_TASK_ID": str(number)})
        assert done.returncode == 0 and f"{10 if number < 3 else 4} answers -> " in done.stdout, done.stderr
    assert len(bench.received) == 24 and {body["model"] for body in bench.received} == {"teacher/large"}
    again = sh("slurm_array.sh", shards, env={**env, "SLURM_ARRAY_TASK_ID": "2"})
    assert again.returncode == 0 and "nothing is to be done" in again.stdout and len(bench.received) == 24
    assert sorted(path.name for path in shards.iterdir()) == [
        f"{name}requests-{number:05}.jsonl" for name in ("answers-", "") for number in (1, 2, 3)
    ]
    assert "24 answers taken in from 3 files" in bench.teach("--import", shards)
    bench.received.clear()
    bench.teach()
    assert not bench.received


@pytest.mark.slow
def test_a_task_that_fails_leaves_no_answers_and_says_so(bench: Bench, slurm: dict[str, str]) -> None:
    shards = exported(bench, bench.folder / "shards")
    gone = {**slurm, "RUN_BATCH_URL": "http://127.0.0.1:9", "SLURM_ARRAY_TASK_ID": "1"}
    assert sh("slurm_array.sh", shards, env=gone).returncode and not list(shards.glob("answers-*.jsonl"))
    past = sh("slurm_array.sh", shards, env={**gone, "SLURM_ARRAY_TASK_ID": "9"})
    assert past.returncode and "requests-00009.jsonl does not exist; look at --array" in past.stderr
    bare = {name: value for name, value in gone.items() if name != "SLURM_ARRAY_TASK_ID"}
    assert "sbatch --array=1-8" in sh("slurm_array.sh", shards, env=bare).stderr
    assert "give the folder of the requests" in sh("slurm_array.sh", env=gone).stderr


@pytest.mark.slow
def test_two_nodes_train_one_student(tiny: Path, tmp_path: Path, slurm: dict[str, str]) -> None:
    (tmp_path / "tiny.toml").write_text(RECIPE.replace("TINY", str(tiny)))
    folder = open_run(tmp_path / "tiny.toml", tmp_path / "run", "explain.tasks=0", "train.batch_tokens=40")
    pipeline.run(folder, pipeline.STAGES[:7])
    nodes = {"SLURM_JOB_NUM_NODES": "2", "SLURM_JOB_NODELIST": "localhost,localhost", "SLURM_GPUS_ON_NODE": "1"}
    done = sh("slurm_train.sh", folder.path, env={**slurm, **nodes, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    assert load(folder.path, "train.json")["training"]["processes"] == 2
    assert (folder.path / "student/model.safetensors").is_file()


@pytest.mark.parametrize("file", sorted(CLUSTER.glob("*.yaml")), ids=lambda path: path.name)
def test_the_files_for_skypilot_hold_what_it_knows(file: Path) -> None:
    task: dict[str, Any] = yaml.safe_load(file.read_text())
    assert task.keys() <= {"name", "resources", "envs", "file_mounts", "setup", "run", "pool"}
    for part in ("setup", "run"):
        subprocess.run(["bash", "-n", "-c", task.get(part, "")], check=True)


@pytest.mark.slow
def test_a_job_of_skypilot_answers_the_file_of_its_number(bench: Bench, slurm: dict[str, str]) -> None:
    shards = exported(bench, bench.folder / "bucket/shards")
    run = yaml.safe_load((CLUSTER / "skypilot_answers.yaml").read_text())["run"]
    for place, here in (
        ("source ~/vllm/bin/activate", ":"),
        ("/bucket", shards.parent),
        ("/tmp/answers", bench.folder / "a"),
    ):
        assert place in run
        run = run.replace(place, str(here))
    for rank in range(3):
        env = {**slurm, "RUN_BATCH_URL": bench.url, "SKYPILOT_JOB_RANK": str(rank), "MODEL": ""}
        subprocess.run(["bash", "-c", run], env=env, check=True)
    assert "24 answers taken in from 3 files" in bench.teach("--import", shards)
