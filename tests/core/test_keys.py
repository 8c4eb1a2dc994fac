"""Dotted keys of a recipe, and which of them differ."""

from typing import Any

from orca2.core.keys import changed, flat, override


def test_changed_names_the_keys() -> None:
    old = {"seed": 0, "train": {"epochs": 1, "warmup": 0.1}, "options": {}}
    new = {"seed": 0, "train": {"epochs": 9, "warmup": 0.1}, "options": {"a": 1}}
    assert changed(old, new) == ["options", "options.a", "train.epochs"]
    assert flat(new) == {"seed": 0, "train.epochs": 9, "train.warmup": 0.1, "options.a": 1}


def test_a_section_that_a_record_says_was_not_given_takes_a_key() -> None:
    recipe: dict[str, Any] = {"cluster": None, "seed": 0}
    override(recipe, 'cluster.address="10.0.0.1:6379"')
    assert recipe == {"cluster": {"address": "10.0.0.1:6379"}, "seed": 0}
