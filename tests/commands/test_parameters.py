"""The types of what commands are given: values, slips, and what a shell completes."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from orca2.commands.parameters import (
    Count,
    DeviceName,
    ModelName,
    Number,
    OneOf,
    PathType,
    RunPath,
    Words,
    built_in,
    last_word,
    no_run,
    plugin,
)
from orca2.errors import RunError


def given(kind: click.ParamType[object], value: str) -> str:
    """What a command makes of a value: its repr, or the error."""

    @click.command()
    @click.option("--it", type=kind)
    def command(it: object) -> None:
        click.echo(repr(it))

    result = CliRunner().invoke(command, ["--it", value])
    return result.output.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Words(["a", "b"]), "b,a,b", "('b', 'a')"),
        (Words(["a", "b"]), "c", "no 'c'; give one or more of a, b"),
        (Words(["a", "b"]), " ,", "it names none"),
        (OneOf(["train", "test"]), "tset", "no 'tset'"),
        (DeviceName(), "cuda:1", "'cuda:1'"),
        (DeviceName(), "cuda:N", "put the number of the GPU"),
        (DeviceName(), "tpu", "no 'tpu'"),
        (Number(min=0), "nan", "is no finite number"),
        (Number(min=0), "0.5", "0.5"),
        (Count(1), "0", "0 is not in the range"),
        (ModelName(), " ", "it is empty"),
        (PathType(), "", "it is empty"),
    ],
)
def test_values_and_slips(kind: click.ParamType[object], value: str, shown: str) -> None:
    assert shown in given(kind, value)


def test_a_path_starts_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert PathType().convert("~/mine", None, None) == tmp_path / "mine"


def test_a_run_folder_has_a_record(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"is not a run folder \(no record\.json\)"):
        RunPath().convert(str(tmp_path), None, None)
    (tmp_path / "record.json").write_text("{}")
    assert RunPath().convert(str(tmp_path), None, None) == tmp_path


def test_what_to_type_in_place_of_what_is_no_run(tmp_path: Path) -> None:
    recipe, inside = tmp_path / "r.toml", tmp_path / "run" / "student"
    recipe.write_text("")
    inside.mkdir(parents=True)
    (tmp_path / "run" / "record.json").write_text("{}")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert f"orca2 run {recipe} --until train" in no_run("train", recipe)
    assert f"orca2 run {recipe}" in no_run("status", recipe)
    assert f"orca2 status {tmp_path / 'run'}" in no_run("status", inside)
    assert "a link to nothing" in no_run("status", tmp_path / "link")
    assert "it does not exist" in no_run("status", tmp_path / "none")


def test_completion() -> None:
    assert [item.value for item in last_word(["apple", "avocado", "pear"], "pear,a")] == ["pear,apple", "pear,avocado"]
    assert {"number", "choice"} <= set(built_in("graders"))
    context = click.Context(click.Command("x"))
    names = [item.value for item in plugin("graders")(context, click.Option(["--it"]), "num")]
    assert names == ["number"]
    assert [item.type for item in plugin("graders")(context, click.Option(["--it"]), "./mine")] == ["file"]
