"""Killed at any point, the same training goes on and ends with the very same weights."""

import copy
import json
import random
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.core.types import Lesson, Message
from orca2.errors import ModelError, RunError
from orca2.sections import Training
from orca2.training import resume
from orca2.training.batch_plan import BatchPlan
from orca2.training.rows import pack
from orca2.training.training import train
from tests.training.conftest import flat, lessons, load_tiny

ROOT = Path(__file__).parents[2]
OFTEN = Training(row_tokens=256, epochs=6, learning_rate=1e-2, save_minutes=0.0)

SCRIPT = """
import sys, torch
from dataclasses import asdict
from pathlib import Path
from orca2.checkpoints.loading import load_tokenizer
from tests.training.conftest import flat, load_tiny, lessons
from tests.training.test_resume import OFTEN
from orca2.training.training import train

tiny, checkpoints, out = map(Path, sys.argv[1:])
model = load_tiny(tiny)
model.config.attention_dropout = 0.1  # so that the state of the random generators counts
for layer in model.model.layers:
    layer.self_attn.attention_dropout = 0.1
record = train(model, load_tokenizer(str(tiny)), lessons(24), OFTEN, 5, "t", checkpoints)
torch.save({"weights": flat(model), "loss": [asdict(point) for point in record.loss]}, out)
"""


def start(tiny: Path, checkpoints: Path, out: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(tiny), str(checkpoints), str(out)], cwd=ROOT)


@pytest.mark.slow
def test_killed_at_random_points_it_ends_bit_equal_to_one_that_was_not(tiny: Path, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole.pt", tmp_path / "killed.pt"
    assert start(tiny, tmp_path / "a", whole).wait() == 0
    chance, folder = random.Random(1), tmp_path / "b"
    for _ in range(4):
        process = start(tiny, folder, killed)
        before = set(folder.glob("checkpoint-*"))
        while process.poll() is None and set(folder.glob("checkpoint-*")) == before:
            time.sleep(0.01)  # it has loaded and made one step at least; then anywhere within the next ones
        time.sleep(chance.uniform(0.0, 0.6))
        process.kill()
        process.wait()
        assert all((path / resume.COMPLETE).is_file() for path in folder.glob("checkpoint-*") if _named(path))
    assert not killed.exists(), "the training was over before it was killed"
    assert start(tiny, folder, killed).wait() == 0
    a, b = torch.load(whole), torch.load(killed)
    assert torch.equal(a["weights"], b["weights"])
    assert a["loss"] == b["loss"]


def _named(path: Path) -> bool:
    """Whether a checkpoint was not in the midst of being dropped for a later one."""
    step = int(path.name.rpartition("-")[2])
    return step == max(int(other.name.rpartition("-")[2]) for other in path.parent.glob("checkpoint-*"))


def break_off(monkeypatch: pytest.MonkeyPatch, *words: Any) -> None:
    """Train, and be interrupted when three steps are done."""
    real = BatchPlan.__getitem__

    def until_third(plan: BatchPlan, index: int) -> Any:
        if index == 3:
            raise KeyboardInterrupt
        return real(plan, index)

    with monkeypatch.context() as patch:
        patch.setattr(BatchPlan, "__getitem__", until_third)
        with pytest.raises(KeyboardInterrupt):
            train(*words)


@pytest.fixture
def begun(tiny: Path, tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of checkpoints whose training broke off."""
    folder = tmp_path / "begun"
    break_off(monkeypatch, load_tiny(tiny), tokenizer, lessons(24), OFTEN, 5, "t", folder)
    return folder


@pytest.mark.slow
def test_only_the_last_whole_checkpoint_is_kept_and_gone_on_from(begun: Path, tiny: Path, tokenizer: Any) -> None:
    assert [path.name for path in begun.glob("checkpoint-*")] == ["checkpoint-3"]
    (begun / "checkpoint-9").mkdir()  # later, without the mark of completion
    (begun / "partial" / "checkpoint-4").mkdir(parents=True, exist_ok=True)
    model, again = load_tiny(tiny), load_tiny(tiny)
    record = train(model, tokenizer, lessons(24), OFTEN, 5, "t", begun)
    reference = train(again, tokenizer, lessons(24), OFTEN, 5, "t")
    assert torch.equal(flat(model), flat(again))
    assert record.loss == reference.loss and [point.step for point in record.loss][:5] == [1, 2, 3, 4, 5]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"learning_rate": 1e-3}, "learning_rate"),
        ({"row_tokens": 300, "batch_tokens": 7}, "row_tokens, another batch_tokens"),
        ({"lessons": 23}, "lessons"),
        ({"seed": 6}, "seed"),
        ({"student": True}, "student to start from"),
        ({"template": True}, "chat template or tokenizer"),
        ({"sharded": True}, "sharding of the weights"),
    ],
)
def test_another_training_is_refused_by_name(
    begun: Path, tiny: Path, tokenizer: Any, change: dict[str, Any], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = load_tiny(tiny)
    settings = OFTEN.model_copy(update={k: v for k, v in change.items() if k in Training.model_fields})
    if "student" in change:
        with torch.no_grad():
            model.model.norm.weight += 0.5
    if "template" in change:
        real = resume.fingerprint
        monkeypatch.setattr(
            resume, "fingerprint", lambda *words: real(*words) | {"chat template or tokenizer": "other"}
        )
    if "sharded" in change:
        path = begun / "checkpoint-3" / resume.FINGERPRINT
        path.write_text(json.dumps(json.loads(path.read_text()) | {resume.SHARDING: "FSDP"}))
    with pytest.raises(RunError, match=f"checkpoint-3 was made with another {named}; put that back.*--redo"):
        train(model, tokenizer, lessons(change.get("lessons", 24)), settings, change.get("seed", 5), "t", begun)


@pytest.mark.slow
def test_keys_that_do_not_change_what_is_learned_may_change(begun: Path, tiny: Path, tokenizer: Any) -> None:
    settings = OFTEN.model_copy(update={"save_minutes": 60.0})
    record = train(load_tiny(tiny), tokenizer, lessons(24), settings, 5, "t", begun)
    assert record.loss[-1].step == record.steps
    assert [path.name for path in begun.glob("checkpoint-*")] == ["checkpoint-3"]


@pytest.mark.slow
def test_a_broken_loss_keeps_the_last_good_checkpoint(begun: Path, tiny: Path, tokenizer: Any) -> None:
    weights = begun / "checkpoint-3" / "trained.pt"
    saved = torch.load(weights)
    name = next(name for name in saved if name.endswith("model.norm.weight"))
    saved[name][0] = float("nan")
    torch.save(saved, weights)
    with pytest.raises(ModelError, match=r"loss nan .* at step 4; the weights are still"):
        train(load_tiny(tiny), tokenizer, lessons(24), OFTEN, 5, "t", begun)
    assert [path.name for path in begun.glob("checkpoint-*")] == ["checkpoint-3"]


@pytest.mark.slow
def test_adapters_are_gone_on_with_too(
    tiny: Path, tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("peft", reason="the extra lora is not installed (make test installs it)")
    from orca2.training.adapters import attach

    settings = OFTEN.model_copy(update={"method": "lora"})

    def adapted() -> Any:
        model = load_tiny(tiny)
        attach(model, settings, 5)
        return model

    once, twice = adapted(), adapted()
    train(once, tokenizer, lessons(24), settings, 5, "t", tmp_path / "once")
    break_off(monkeypatch, adapted(), tokenizer, lessons(24), settings, 5, "t", tmp_path / "twice")
    train(twice, tokenizer, lessons(24), settings, 5, "t", tmp_path / "twice")
    assert torch.equal(flat(once), flat(twice))


def test_a_lesson_is_told_from_another_by_its_words() -> None:
    """Lone surrogates too, which a data file may hold."""
    odd = Lesson((Message("user", "\ud800"), Message("assistant", "x")), "0")
    packed, model = pack([], 8), torch.nn.Linear(2, 2)
    chosen: list[list[Lesson]] = [[odd], [], lessons(1)]
    assert len({resume.fingerprint(some, packed, model, OFTEN, 0)["lessons"] for some in chosen}) == 3


class Later(datetime):
    """A clock that stands at another day."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return cls(2031, 1, 2, tzinfo=tz)


@pytest.mark.slow
def test_a_date_in_the_template_is_that_of_the_first_day(
    tiny: Path, tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was killed before midnight goes on after it."""
    dated = copy.copy(tokenizer)
    dated.chat_template = "{{ strftime_now('%d %b %Y') }}" + tokenizer.chat_template
    once, twice = load_tiny(tiny), load_tiny(tiny)
    before = datetime.now().replace(microsecond=0)
    train(once, dated, lessons(8), OFTEN, 5, "t", tmp_path / "kept")
    training_date = resume.training_date(tmp_path / "kept")
    assert before <= training_date <= datetime.now()
    monkeypatch.setattr(resume, "datetime", Later)
    assert (
        resume.training_date(tmp_path / "kept") == training_date
        and resume.training_date(tmp_path) == resume.training_date(None) == Later.now()
    )
    train(twice, dated, lessons(8), OFTEN, 5, "t", tmp_path / "kept")
    assert torch.equal(flat(once), flat(twice))


@pytest.mark.slow
def test_a_date_that_is_not_written_is_not_kept(tiny: Path, tokenizer: Any, tmp_path: Path) -> None:
    train(load_tiny(tiny), tokenizer, lessons(8), OFTEN, 5, "t", tmp_path / "kept")
    [last] = (tmp_path / "kept").glob("checkpoint-*")
    assert "date" not in json.loads((last / "fingerprint.json").read_text())
