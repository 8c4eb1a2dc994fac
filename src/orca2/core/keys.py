"""Recipes as dotted keys: which of them differ, which of them matter, and setting one."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from orca2.errors import RecipeError

# Keys that only say how a machine or an account works: they may change at any time, and nothing is done again.
FREE_IN_TRAINING = ("save_minutes", "report_to", "compile", "gradient_checkpointing")
_FREE_OPTIONS = (
    "key_env", "ca_file", "concurrency", "timeout", "retries", "requests_per_minute", "tokens_per_minute", "prices",
    "poll", "rows", "size", "device", "batch_tokens", "engines", "batch_size", "placement", "accelerator",
)  # fmt: skip
_OTHERS = re.compile(r"tasks\.agreed\.(teacher)s\.[^.]+\.|(judge)\.panel\.[^.]+\.")  # asked as the run's own are
FREE = frozenset(
    {"cache", "cluster", "student.device", "student.batch_tokens", "teacher.max_cost", "teacher.prices"}
    | {f"{section}.{key}" for section in ("explain", "train") for key in FREE_IN_TRAINING}
    | {f"{who}.options.{key}" for who in ("teacher", "judge") for key in _FREE_OPTIONS}
)


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


def lasting(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The keys of a recipe, or of its section `prefix`, that what is made depends on: dotted, those not in FREE."""
    found = {key: value for key, value in flat(data, prefix).items() if not _is_free(key) and value != {}}
    for who in ("teacher", "judge"):
        servers = found.get(key := f"{who}.options.base_url")
        if isinstance(servers, list) and servers:
            found[key] = servers[0]  # the others are more servers of the same model
    return found


def _is_free(key: str) -> bool:
    parts = _OTHERS.sub(lambda match: f"{match[1] or match[2]}.", key).split(".")
    return any(".".join(parts[:count]) in FREE for count in range(1, len(parts) + 1))


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
        if data.get(parent) is None:  # as a record holds a section that was not given
            data[parent] = {}
        data = data[parent]
        if not isinstance(data, dict):
            raise RecipeError(f"override {setting!r}: {parent} is not a section")
    data[last] = value
