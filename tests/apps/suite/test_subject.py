"""Who is evaluated: what a name means, and what cannot be."""

from pathlib import Path

import pytest

from orca2.apps.suite._subject import NEUTRAL, remote, subject
from orca2.errors import ModelError, RecipeError


def test_an_endpoint_needs_the_name_of_a_model_and_nothing_else_takes_one() -> None:
    assert remote("https://x/v1") and not remote("runs/quickstart")
    found = subject("http://127.0.0.1:1/v1", "m", "cpu", {})
    assert (found.name, found.run, found.default_system) == ("m", None, NEUTRAL)
    with pytest.raises(RecipeError, match=r"name one with --model NAME"):
        subject("http://127.0.0.1:1/v1", None, "cpu", {})
    with pytest.raises(RecipeError, match=r"--model m: names the model of an endpoint"):
        subject("runs/quickstart", "m", "cpu", {})


def test_a_checkpoint_is_called_by_its_folder(tiny: Path) -> None:
    found = subject(str(tiny), None, "cpu", {})
    assert found.name == tiny.name and found.run is None


def test_what_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as error:
        subject(str(tmp_path / "none"), None, "cpu", {})
    assert str(tmp_path / "none") in str(error.value)
