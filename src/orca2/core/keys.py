"""Recipes as dotted keys: which of them differ, and setting one."""

import tomllib
from collections.abc import Mapping
from typing import Any

from orca2.errors import RecipeError


def flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested mappings as one level of dotted keys."""
    found: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The dotted keys whose values differ between two recipes."""
    a, b = flat(old), flat(new)
    return sorted(key for key in a.keys() | b.keys() if a.get(key) != b.get(key))


def override(data: dict[str, Any], setting: str) -> None:
    """Set one key from `key=value`; what is not TOML is taken as text."""
    key, equals, text = setting.partition("=")
    if not equals or not key:
        raise RecipeError(f"override {setting!r} is not key=value, for instance seed=1 or train.epochs=2")
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    *parents, last = key.split(".")
    for parent in parents:
        data = data.setdefault(parent, {})
        if not isinstance(data, dict):
            raise RecipeError(f"override {setting!r}: {parent} is not a section")
    data[last] = value
