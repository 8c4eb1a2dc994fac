"""docs/recipe.md names every key of a recipe with its default, and no other."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from orca2.recipe import Recipe
from orca2.sections import Cluster, Judge

PAGE = (Path(__file__).parents[1] / "docs" / "recipe.md").read_text()
OPTIONAL: dict[str, type[BaseModel]] = {"judge": Judge, "cluster": Cluster}
SECTIONS = [name for name in Recipe.model_fields if isinstance(_ := Recipe.model_fields[name].annotation, type)
            and issubclass(_, BaseModel)] + [*OPTIONAL]  # fmt: skip
OF_EXPLAIN = ("tasks", "eval_points", "eval_tasks")
WORDS = {
    ("", "data_seed"): "seed",
    ("ablate", "arms"): None,
    ("teacher", "thinking"): "as the model does by itself",
    ("judge", "thinking"): "as the model does by itself",
    ("verify", "max_tokens"): "no bound",
    ("verify", "shortest"): "no bound",
    ("verify", "settle"): "no",
    ("explain", "think_tokens"): "added",
    ("train", "think_tokens"): "added",
}  # defaults said in words


def tables() -> dict[str, dict[str, str]]:
    """The default of each key as the page writes it, by section; that of several keys in one row is shared out."""
    found: dict[str, dict[str, str]] = {}
    for title, body in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE):
        names = re.findall(r"\[(\w+)\]", title) or ([""] if title == "Top level" else [])
        table = re.search(r"^\| key \| type \| default \| meaning \|\n\|[-|]+\n((?:\|.*\n)+)", body, re.MULTILINE)
        for row in table.group(1).splitlines() if table and names else []:
            keys, _, default = row.removeprefix("| ").split(" | ")[:3]
            for key, value in zip(keys.split(", "), default.split(", ") if ", `" in keys else [default], strict=True):
                for name in names:
                    found.setdefault(name, {})[key.strip("`")] = value.strip("`")
    return found


def fields(model: type[BaseModel], prefix: str = "") -> dict[str, Any]:
    """The default of each key; a section inside a section counts key by key."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found |= fields(field.annotation, f"{prefix}{name}.")
        else:
            found[prefix + name] = field.default
    return found


def model_of(section: str) -> type[BaseModel]:
    if section in OPTIONAL:
        return OPTIONAL[section]
    found: Any = Recipe.model_fields[section].annotation
    return found


@pytest.mark.parametrize("section", ["", *dict.fromkeys(SECTIONS)])
def test_each_key_is_described_with_its_default(section: str) -> None:
    described = tables()[section]
    if section:
        known = fields(model_of(section))
    else:
        known = {name: field.default for name, field in Recipe.model_fields.items() if name not in SECTIONS}
    if section == "train":  # one table for both sections; these are of the first alone
        described = {
            key: value for key, value in described.items() if key not in ("tasks", "eval_points", "eval_tasks")
        }
    assert described.keys() == known.keys()
    for key, default in known.items():
        if (section, key) in WORDS:
            assert WORDS[section, key] in (None, described[key])
        elif default is PydanticUndefined:
            assert described[key] == "required", key
        else:
            assert tomllib.loads(f"value = {described[key]}")["value"] == default, key
