"""The examples in the docstrings of graders and of what they read with come out as they say."""

import doctest
import importlib
import pkgutil

import pytest

from orca2 import graders, reading

MODULES = [
    f"{package.__name__}.{module.name}"
    for package in (graders, reading)
    for module in pkgutil.iter_modules(package.__path__)
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", [name for name in MODULES if ".graders." in name and "._" not in name])
def test_every_grader_has_one(name: str) -> None:
    module = importlib.import_module(name)
    made = [kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == name]
    assert any(">>>" in (kind.__doc__ or "") for kind in made if hasattr(kind, "grade"))
