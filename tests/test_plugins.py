"""Options of plug-ins: what is unknown, missing or of another type is one line that names the key."""

import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from orca2 import plugins
from orca2.errors import RecipeError
from orca2.models import openai, openai_batch, recorded, scripted, solver, transformers
from orca2.sources import hub, jsonl, synthetic

if TYPE_CHECKING:
    from nowhere import Unknown  # type: ignore[import-not-found]


def load(
    name: str,
    count: Callable[[str], int],
    share: float = 0.5,
    number: int = 1,
    flag: bool = False,
    path: Path = Path(),
    names: str | Sequence[str] = (),
    table: Mapping[str, float] | None = None,
    anything: Any = None,
    untyped=None,  # type: ignore[no-untyped-def]
    section: str = "",
) -> dict[str, Any]:
    return dict(locals())


def call(**options: Any) -> Any:
    return plugins.call("judge.options", load, {"name": "m", **options}, count=len)


@pytest.mark.parametrize(
    "options",
    [
        {"share": 1}, {"share": 0.25}, {"number": 3}, {"flag": True}, {"path": "here"}, {"names": "a"},
        {"names": ["a", "b"]}, {"table": {"in": 1, "out": 2.5}}, {"anything": [1]}, {"untyped": "x"}, {"name": "é\n"},
    ],
)  # fmt: skip
def test_a_value_of_the_right_type_arrives_as_it_is(options: dict[str, Any]) -> None:
    (key, value), found = next(iter(options.items())), call(**options)
    assert found[key] == value and type(found[key]) is type(value) and found["section"] == "judge.options"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": 4}, "name: input should be a valid string (got 4)"),
        ({"name": ["m"]}, "name: input should be a valid string"),
        ({"share": "soon"}, "share: input should be a valid number (got 'soon')"),
        ({"share": True}, "share: input should be a valid number"),
        ({"number": 1.5}, "number: input should be a valid integer"),
        ({"number": "1"}, "number: input should be a valid integer"),
        ({"number": True}, "number: input should be a valid integer"),
        ({"flag": "no"}, "flag: input should be a valid boolean"),
        ({"flag": 0}, "flag: input should be a valid boolean"),
        ({"names": 3}, "names: input should be a valid string or"),
        ({"names": ["a", 3]}, "names: input should be a valid string"),
        ({"table": {"in": "much"}}, "table: input should be a valid number"),
        ({"table": ["in"]}, "table: input should be"),
        ({"path": 3}, "path: input"),
    ],
)
def test_a_value_of_another_type_is_one_line_with_its_key(options: dict[str, Any], said: str) -> None:
    with pytest.raises(RecipeError) as raised:
        call(**options)
    assert f"judge.options.{said}" in str(raised.value) and "\n" not in str(raised.value)


def test_types_that_say_nothing_of_a_recipe_s_values_are_not_checked() -> None:
    class Own:
        pass

    def odd(own: Own, late: "Unknown", name: "str" = "") -> Any:
        return own, late, name

    assert plugins.call("tasks.options", odd, {"own": 1, "late": "x"}) == (1, "x", "")


def test_an_option_that_the_run_gives_is_none_of_the_recipe_s() -> None:
    with pytest.raises(RecipeError, match="unknown option 'section'"):
        call(section="x")


WRONG = {str: 4, int: "many", float: "soon", bool: "no"}


@pytest.mark.parametrize(
    "module", [openai, openai_batch, recorded, scripted, solver, transformers, hub, jsonl, synthetic]
)
def test_every_option_of_every_plug_in_is_checked(module: Any) -> None:
    """Each is refused where its type leaves no room for the value, and by its own name."""
    given = {"count": len, "base": Path(), "seed": 0}
    parameters = plugins._parameters(module.load)
    needed = {"model": "m", "path": "p", "columns": {"a": "b"}}
    options = {name: needed[name] for name, one in parameters.items() if one.default is one.empty and name in needed}
    for name, parameter in parameters.items():
        if name in (*given, "section"):
            continue
        wrong = WRONG.get(parameter.annotation, 4)
        with pytest.raises(RecipeError, match=rf"x\.options\.{name}: "):
            plugins.call("x.options", module.load, {**options, name: wrong}, **given)


OWN_GRADER = '''
from __future__ import annotations

from dataclasses import dataclass

from orca2.core.types import Verdict
from orca2.reading.grader import TextGrader


@dataclass(frozen=True, slots=True)
class Shouted(TextGrader):
    """Right in capitals only."""

    name = "shouted"
    loudness: int = 1

    def compare(self, target: str, text: str, question: str) -> Verdict:
        return Verdict("correct" if text == target.upper() else "wrong", text, "compared")


load = Shouted
'''


def test_a_file_is_a_module_that_python_knows(tmp_path: Path) -> None:
    """A dataclass looks its annotations up in the module, and pickle its class: both go by the module's name."""
    (tmp_path / "shouted.py").write_text(OWN_GRADER)
    load = plugins.get("graders", "shouted.py", tmp_path).load
    grader = plugins.call("tasks.grader", load, {"loudness": 2})
    assert pickle.loads(pickle.dumps(grader)) == grader and grader.grade("yes", "YES").correct
    with pytest.raises(RecipeError, match=r"loudness: input should be a valid integer"):
        plugins.call("tasks.grader", load, {"loudness": "high"})


def test_two_files_of_one_name_are_two_modules(tmp_path: Path) -> None:
    for folder, number in (("a", 1), ("b", 2)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.py").write_text(f"NUMBER = {number}\n")
    first, second = (plugins.get("sources", "same.py", tmp_path / folder) for folder in "ab")
    assert (first.NUMBER, second.NUMBER) == (1, 2) and sys.modules[first.__name__] is first


def test_a_file_that_fails_to_import_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("raise ValueError('half done')\n")
    with pytest.raises(RecipeError, match="half done"):
        plugins.get("sources", "broken.py", tmp_path)
    assert not [name for name in sys.modules if "sources_broken" in name]
