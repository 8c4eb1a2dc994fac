"""A checkpoint or a run for a conversation, and settings that are none."""

import shutil
from pathlib import Path

import pytest

import orca2
from orca2.apps.chat.loading import Loaded
from orca2.errors import ModelError


@pytest.fixture(scope="module")
def model(tiny: Path) -> Loaded:
    return orca2.load(str(tiny), device="cpu")


def test_wrong_settings_are_one_line(tiny: Path, model: Loaded) -> None:
    for settings, said in (
        ({"quantize": "3bit"}, "none of none, 8bit, 4bit"),
        ({"dtype": "fp8"}, "none of auto, bf16"),
    ):
        with pytest.raises(ModelError, match=said):
            orca2.load(str(tiny), device="cpu", **settings)
    with pytest.raises(ModelError, match="neither error nor drop"):
        model.chat(overflow="ignore")  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="settings of sampling: temperature"):
        model.chat(warmth=1)


def test_a_run_folder_gives_its_student(tiny: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny, tmp_path / "run" / "student")
    assert orca2.load(str(tmp_path / "run"), device="cpu").generate(["a"], max_tokens=2)
