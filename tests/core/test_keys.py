"""Dotted keys of a recipe, and which of them differ."""

from orca2.core.keys import changed, flat


def test_changed_names_the_keys() -> None:
    old = {"seed": 0, "train": {"epochs": 1, "warmup": 0.1}, "options": {}}
    new = {"seed": 0, "train": {"epochs": 9, "warmup": 0.1}, "options": {"a": 1}}
    assert changed(old, new) == ["options", "options.a", "train.epochs"]
    assert flat(new) == {"seed": 0, "train.epochs": 9, "train.warmup": 0.1, "options.a": 1}
