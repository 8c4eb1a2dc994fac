"""The whole line on a tiny student: what is made, what is redone, and what survives being killed."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from orca2 import pipeline, recipe
from orca2.errors import RunError
from orca2.run.folder import RunFolder
from tests import forked
from tests.conftest import Run

RECIPE = """
name = "tiny"
[tasks]
source = "synthetic"
options.families = ["lookup", "running_sum"]
limits = { profile = 3, train = 8, test = 4 }
[student]
model = "TINY"
device = "cpu"
[teacher]
model = "solver"
[explain]
tasks = 4
row_tokens = 256
[profile]
max_tokens = 8
[teach]
tasks_per_family = 5

[train]
row_tokens = 256
[evaluate]
max_tokens = 8
"""


@pytest.fixture(scope="module")
def recipe_file(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(RECIPE.replace("TINY", str(tiny)))
    return path


def open_run(file: Path, folder: Path, *overrides: str, redo: bool = False) -> RunFolder:
    return pipeline.open_run(folder, recipe.load(file, overrides), file.parent, redo)


@pytest.fixture(scope="module")
def finished(recipe_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "tiny"
    pipeline.run(open_run(recipe_file, folder))
    return folder


def load(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text())


def lines(folder: Path, name: str) -> list[Any]:
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def test_every_artifact_and_its_names(finished: Path) -> None:
    profile = load(finished, "profile.json")
    for choice in profile["families"].values():
        assert choice["chosen"] in choice["strategies"] and set(choice["strategies"]) == {"direct", "step_by_step"}
        for cell in choice["strategies"].values():
            assert {"trials", "correct", "tokens", "low", "high"} <= cell.keys() and cell["trials"] == 3
    lessons = lines(finished, "lessons.jsonl")
    assert len(lessons) == 10 and all(row.keys() == {"messages", "task"} for row in lessons)
    rows = load(finished, "evaluate.json")["rows"]
    assert {(r["student"], r["system"]) for r in rows} == {
        (student, system) for student in ("base", "explained", "cautious") for system in ("none", "default")
    }
    assert all({"family", "items", "correct", "format_ok", "tokens"} <= r.keys() and r["items"] == 4 for r in rows)
    weights, record = finished / "student" / "model.safetensors", finished / "record.json"
    assert weights.stat().st_mode == record.stat().st_mode  # the umask's
    assert "</html>" in (finished / "report.html").read_text() and (finished / "report.md").is_file()
    assert not list(finished.glob("*.partial"))


def test_comparisons_carry_interval_correction_and_power(finished: Path) -> None:
    found = load(finished, "evaluate.json")["comparisons"]
    assert {(r["against"], r["system"], r["family"]) for r in found} == {
        (against, system, family)
        for against in ("base", "explained")
        for system in ("none", "default")
        for family in ("all", "lookup", "running_sum")
    }
    assert all(r["low"] <= r["difference"] <= r["high"] and r["p"] <= r["p_holm"] for r in found)
    assert all(r["underpowered"] and r["detectable"] > 0 for r in found)
    assert "underpowered: 8 items, a difference under" in (finished / "report.md").read_text()


def test_runs_are_compared_as_evaluate_wrote_them(run: Run, finished: Path) -> None:
    code, said, _ = run("compare", finished, finished)
    assert code == 0 and "8 shared tasks" in said and "underpowered: 8 items" in said


@pytest.mark.slow
def test_items_that_share_a_column_are_clustered(run: Run, finished: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(finished, folder)
    code, _, said = run("evaluate", folder, "evaluate.cluster_by=passage", "--redo")
    assert code == 2 and "evaluate.cluster_by: no task has a field 'passage'; fields here: explanation, steps" in said
    code, _, said = run("evaluate", folder, "evaluate.cluster_by=steps", "--redo")
    assert code == 0 and "cautious against base: " in said
    tasks = {row["id"]: row["fields"]["steps"] for row in lines(folder, "tasks.jsonl")}
    clusters = {row["task"]: row["cluster"] for row in lines(folder, "answers.jsonl")}
    assert len(set(clusters.values())) == len({tasks[task] for task in clusters})
    result = load(folder, "evaluate.json")
    assert result["settings"]["cluster_by"] == "steps" and "clustered_error" in result["totals"][0]
    code, _, said = run("compare", folder, finished)
    assert code == 2 and "differ in cluster_by ('steps' and '')" in said


def test_lessons_are_erased_and_explain_lessons_are_not(finished: Path) -> None:
    system = load(finished, "record.json")["recipe"]["student"]["system"]
    assert {row["messages"][0]["content"] for row in lines(finished, "lessons.jsonl")} == {system}
    kept = {row["messages"][0]["content"] for row in lines(finished, "explain-lessons.jsonl")}
    assert 2 <= len(kept) <= 6 and system not in kept  # two strategies, three wordings each


def test_splits_share_nothing_and_test_tasks_are_never_taught(finished: Path) -> None:
    split = {row["id"]: row["split"] for row in lines(finished, "tasks.jsonl")}
    prompts = {row["prompt"]: row["split"] for row in lines(finished, "tasks.jsonl")}
    assert len(prompts) == len(split)
    taught = lines(finished, "lessons.jsonl") + lines(finished, "explain-lessons.jsonl")
    assert {split[row["task"]] for row in taught} == {"train"}
    assert {split[row["task"]] for row in lines(finished, "trials.jsonl")} == {"profile"}
    assert {split[row["task"]] for row in lines(finished, "answers.jsonl")} == {"test"}


def test_a_rerun_does_nothing(finished: Path, recipe_file: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in finished.iterdir() if path.name != "record.json"}
    pipeline.run(open_run(recipe_file, finished))
    after = {path.name: path.stat().st_mtime_ns for path in finished.iterdir() if path.name != "record.json"}
    before.pop(".lock"), after.pop(".lock")
    assert before == after


def test_a_changed_recipe_is_refused_by_name_or_redone_from_there(finished: Path, recipe_file: Path) -> None:
    with pytest.raises(RunError, match=r"other values of evaluate\.max_tokens.*redo it from evaluate"):
        open_run(recipe_file, finished, "evaluate.max_tokens=9")
    with pytest.raises(RunError, match=r"seed, strategies.*redo it from tasks"):
        open_run(recipe_file, finished, "seed=1", "strategies=['direct']")
    folder = open_run(recipe_file, finished, "profile.tokens_per_point=20", redo=True)
    owed = [name for name in pipeline.STAGES if not pipeline.is_done(folder, name)]
    assert owed == ["profile"]  # what follows is owed only if its outcome is another


@pytest.mark.slow
def test_a_lost_artifact_is_made_again(recipe_file: Path, tmp_path: Path) -> None:
    folder = open_run(recipe_file, tmp_path / "run", "explain.tasks=0")
    pipeline.run(folder, pipeline.STAGES[:7])
    first = (folder.path / "lessons.jsonl").read_bytes()
    (folder.path / "lessons.jsonl").unlink()
    pipeline.run(folder, pipeline.STAGES[:7])
    assert (folder.path / "lessons.jsonl").read_bytes() == first


@pytest.mark.slow
def test_skipping_explain_leaves_that_student_out(recipe_file: Path, tmp_path: Path) -> None:
    folder = open_run(recipe_file, tmp_path / "run", "explain.tasks=0")
    pipeline.run(folder)
    assert {row["student"] for row in load(folder.path, "evaluate.json")["rows"]} == {"base", "cautious"}
    assert "</html>" in (folder.path / "report.html").read_text()


def test_a_second_process_is_kept_out(finished: Path, recipe_file: Path) -> None:
    folder = open_run(recipe_file, finished)
    with folder.lock(), pytest.raises(RunError, match="in use by another"):
        pipeline.run(open_run(recipe_file, finished))


def command(file: Path, folder: Path) -> list[str]:
    return [sys.executable, "-m", "orca2", "run", str(file), "--run", str(folder)]


def kill_in(stage: str, file: Path, folder: Path, how: signal.Signals, delay: float) -> None:
    """Start the run and signal it a moment after it says that it is in the stage."""
    with forked.command("run", file, "--run", folder) as (process, said):
        for line in said:
            if line.strip() == stage:
                time.sleep(delay)
                assert process.pid is not None
                with suppress(ProcessLookupError):
                    os.kill(process.pid, how)
                break
        said.read()
    # Python dies by the signal where an interrupt hit a library's own C code: a shell shows 130 for both
    assert process.exitcode in (0, -signal.SIGKILL, 130, -signal.SIGINT)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_killed_in_every_stage_the_same_command_goes_on(
    finished: Path, recipe_file: Path, tmp_path: Path, how: signal.Signals
) -> None:
    folder, chance = tmp_path / "run", random.Random(int(how))
    for stage in pipeline.STAGES:
        kill_in(stage, recipe_file, folder, how, chance.uniform(0.0, 0.4))
        for path in folder.glob("*.json"):
            json.loads(path.read_text())  # nothing is half-written
    done = subprocess.run(command(recipe_file, folder), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in ("tasks.jsonl", "lessons.jsonl", "evaluate.json", "profile.json", "answers.jsonl"):
        assert (folder / name).read_bytes() == (finished / name).read_bytes(), name


@pytest.mark.slow
@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_training_that_is_stopped_says_so_and_has_its_last_step(
    finished: Path, tmp_path: Path, how: signal.Signals, code: int
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(finished, folder)
    with forked.command("train", folder, "train.epochs=400", "train.save_minutes=0", "--redo") as (process, said):
        begun = folder / "checkpoints" / "train" / "cautious"
        while not any(begun.glob("checkpoint-*/complete")):
            assert process.is_alive()
            time.sleep(0.01)
        assert process.pid is not None
        os.kill(process.pid, how)
        errors = said.read().splitlines()
    assert process.exitcode == code
    assert errors[-1] == "orca2: stopped; the same command goes on from here"
    assert any("stopping once this step is done and saved" in line for line in errors)
    assert len(list(begun.glob("checkpoint-*/complete"))) == 1 and (folder / "student").is_dir()


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_loses_nothing(recipe_file: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", small], check=False).returncode
    ):
        pytest.skip("mounting a small tmpfs needs root")
    try:
        folder = small / "run"
        full = subprocess.run(command(recipe_file, folder), capture_output=True, text=True, check=False)
        assert full.returncode == 2 and "the disk is full" in full.stderr.splitlines()[-1]
        assert "Traceback" not in full.stderr
        assert "tasks" in load(folder, "record.json")["stages"]
        subprocess.run(["mount", "-o", "remount,size=200m", small], check=True)
        again = subprocess.run(command(recipe_file, folder), capture_output=True, text=True, check=False)
        assert again.returncode == 0, again.stderr
    finally:
        subprocess.run(["umount", small], check=True)


@pytest.mark.slow
def test_a_training_in_the_midst_is_refused_other_keys_and_dropped_by_redo(recipe_file: Path, tmp_path: Path) -> None:
    folder = open_run(recipe_file, tmp_path / "run", "explain.tasks=0")
    pipeline.run(folder, pipeline.STAGES[:7])
    begun = folder.checkpoints("train") / "checkpoint-1"
    begun.mkdir(parents=True)
    with pytest.raises(RunError, match=r"other values of train\.learning_rate.*redo it from train"):
        open_run(recipe_file, folder.path, "explain.tasks=0", "train.learning_rate=1e-5")
    assert begun.exists()
    redone = open_run(recipe_file, folder.path, "explain.tasks=0", "train.learning_rate=1e-5", redo=True)
    pipeline.run(redone, ["train"])
    assert not begun.exists()
    assert pipeline.is_done(redone, "train") and not redone.checkpoints("train").exists()


@pytest.mark.slow
def test_processes_share_a_training_and_nothing_else(recipe_file: Path, tmp_path: Path) -> None:
    keys = ("explain.tasks=4", "explain.eval_points=2", "train.batch_tokens=40", "train.epochs=2")
    folder = open_run(recipe_file, tmp_path / "run", *keys)
    pipeline.run(folder, ["tasks", "gold"])
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "orca2"]
    refused = subprocess.run([*torchrun, "evaluate", folder.path], capture_output=True, text=True, check=False)
    assert refused.returncode and "torchrun shares a training only" in refused.stderr
    explained = subprocess.run([*torchrun, "explain", folder.path], capture_output=True, text=True, check=False)
    assert explained.returncode == 0, explained.stderr
    assert load(folder.path, "explain.json")["training"]["processes"] == 2
    rows = [json.loads(line) for line in (folder.path / "eval-points.jsonl").read_text().splitlines()]
    seen = Counter((row["learned"], row["trial"]["task"], row["trial"]["strategy"]) for row in rows)
    assert len({learned for learned, *_ in seen}) == 2 and set(seen.values()) == {1}
    pipeline.run(pipeline.reopen(folder.path), pipeline.STAGES[3:7])
    shared = subprocess.run([*torchrun, "train", folder.path], capture_output=True, text=True, check=False)
    assert shared.returncode == 0, shared.stderr
    record = load(folder.path, "train.json")["training"]
    assert record["processes"] == 2 and (folder.path / "student" / "model.safetensors").is_file()
    alone = pipeline.reopen(folder.path)
    assert pipeline.is_done(alone, "train")
    pipeline.invalidate(alone, "train")
    pipeline.run(alone, ["train"])
    losses = [point["loss"] for point in load(folder.path, "train.json")["training"]["loss"]]
    assert losses == pytest.approx([point["loss"] for point in record["loss"]], rel=1e-2)


@pytest.mark.slow
def test_lora_leaves_a_plain_student(recipe_file: Path, tmp_path: Path) -> None:
    pytest.importorskip("peft", reason="the extra lora is not installed (make test installs it)")
    from safetensors import safe_open

    folder = open_run(recipe_file, tmp_path / "run", "explain.tasks=0", "train.method=lora")
    pipeline.run(folder, pipeline.STAGES[:8])
    with safe_open(folder.path / "student" / "model.safetensors", "pt") as file:
        names = list(file.keys())
        assert names and not any("lora" in name for name in names)
        assert all(file.get_slice(name).get_dtype() == "BF16" for name in names)
