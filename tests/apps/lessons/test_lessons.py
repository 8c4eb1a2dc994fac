"""Lessons for other trainers: each form is read back by what reads it, and by TRL, which trains on it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.hub import Hub, serve

RECIPE = """
name = "lessons"
strategies = ["direct", "step_by_step"]
[tasks]
source = "synthetic"
options.families = ["lookup", "running_sum"]
limits = { profile = 3, train = 6, test = 3 }
[student]
model = "TINY"
[teacher]
model = "solver"
[explain]
tasks = 0
[profile]
subject = "teacher"
[teach]
tasks_per_family = 4
"""


@pytest.fixture(scope="module")
def erased(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from orca2 import pipeline, recipe

    folder = tmp_path_factory.mktemp("lessons")
    file = folder / "recipe.toml"
    file.write_text(RECIPE.replace("TINY", str(tiny)))
    made = pipeline.open_run(folder / "run", recipe.load(file), folder, False)
    pipeline.run(made, pipeline.STAGES[:7])
    return folder / "run"


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("form", ["messages", "prompt-completion", "sharegpt", "alpaca"])
def test_each_form_is_read_by_datasets_and_holds_the_lessons(erased: Path, tmp_path: Path, run: Run, form: str) -> None:
    datasets = pytest.importorskip("datasets")
    out = tmp_path / f"{form}.jsonl"
    code, _, said = run("lessons", erased, "--to", out, "--as", form)
    assert code == 0 and f"8 lessons written to {out}" in said
    read = datasets.load_dataset("json", data_files=str(out), split="train", cache_dir=str(tmp_path / "cache"))
    lessons = rows(erased / "lessons.jsonl")
    assert len(read) == len(lessons) == 8 and set(read["gold"]) == {"given"}
    for row, lesson in zip(rows(out), lessons, strict=True):
        texts = json.dumps(row, ensure_ascii=False)
        assert all(json.dumps(turn["content"], ensure_ascii=False) in texts for turn in lesson["messages"])
        assert row["task"] == lesson["task"] and row["family"] in ("lookup", "running_sum")
    card = out.with_suffix(".md").read_text()
    assert "| lookup | 4 |" in card and "Of 8 demonstrations 8 were right" in card and "none needed: a program" in card
    assert str(erased) not in card


def test_what_orca2_reads_is_what_it_wrote(erased: Path, tmp_path: Path, run: Run) -> None:
    run("lessons", erased, "--to", tmp_path / "chats.jsonl")
    _, said, _ = run("data", tmp_path / "chats.jsonl")
    assert "messages of a user and an assistant" in said and "8 rows read" in said


@pytest.mark.slow
@pytest.mark.parametrize("form", ["messages", "prompt-completion"])
def test_trl_trains_on_it(erased: Path, tmp_path: Path, run: Run, tiny: Path, form: str) -> None:
    datasets, trl = pytest.importorskip("datasets"), pytest.importorskip("trl")
    run("lessons", erased, "--to", tmp_path / "lessons.jsonl", "--as", form)
    data = datasets.load_dataset("json", data_files=str(tmp_path / "lessons.jsonl"), split="train")
    settings = trl.SFTConfig(
        output_dir=str(tmp_path / "out"), max_steps=2, per_device_train_batch_size=2, report_to=[], use_cpu=True,
        bf16=False, logging_steps=1,
    )  # fmt: skip
    trainer = trl.SFTTrainer(model=str(tiny), args=settings, train_dataset=data)
    assert trainer.train().global_step == 2


def test_what_is_no_file_is_one_line(erased: Path, tmp_path: Path, run: Run) -> None:
    for to in ("lessons.csv", str(tmp_path / "gone" / "x.jsonl"), str(tmp_path)):
        code, _, said = run("lessons", erased, "--to", to)
        assert code == 2 and "give a file such as lessons.jsonl" in said and "Traceback" not in said


def test_a_run_without_lessons_says_what_is_owed(tmp_path: Path, run: Run) -> None:
    code, _, said = run("lessons", tmp_path, "--to", tmp_path / "x.jsonl")
    assert code == 2 and "is not a run folder" in said and not (tmp_path / "x.jsonl").exists()


def test_a_data_set_of_the_hub(erased: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from huggingface_hub import constants

    with serve(Hub()) as hub:
        for name, value in (("HF_TOKEN", "hf_test"), ("HF_HOME", str(tmp_path)), ("HF_HUB_DISABLE_XET", "1")):
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        monkeypatch.setattr("huggingface_hub.hf_api.constants.ENDPOINT", hub.url)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        code, _, said = run("lessons", erased, "--to", "hub:me/it", "--as", "sharegpt")
    assert code == 0, said
    assert hub.files.keys() == {"README.md", "data/train.jsonl"} and b"data/train.jsonl" in hub.files["README.md"]
    assert any("datasets" in asked for asked in hub.asked)
