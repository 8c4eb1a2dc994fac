"""Finding a plug-in by name: the file name is the registration.

`get("graders", "number")` is `orca2/graders/number.py`; a dotted name or a path to a `.py` file
works in its place, so a user's own plug-in needs no registration either.
"""

import difflib
import functools
import hashlib
import importlib
import importlib.util
import inspect
import json
import pkgutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from orca2.errors import RecipeError
from orca2.files import located


def names(kind: str) -> list[str]:
    """The built-in plug-ins of a kind, sorted."""
    package = importlib.import_module(f"orca2.{kind}")
    return sorted(m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_"))


@functools.cache
def get(kind: str, name: str, base: Path = Path()) -> ModuleType:
    """The module of one plug-in; RecipeError lists the valid names if there is none.

    A path to a `.py` file starts from `base`, the folder of the recipe.
    """
    if name.endswith(".py"):
        return _from_file(kind, located(name, base))
    if name in names(kind):
        return importlib.import_module(f"orca2.{kind}.{name}")
    if "/" in name or name.startswith("."):
        raise RecipeError(f"{kind}: {name} is no .py file; give a name, a dotted module or a path to a .py file")
    if "." in name:
        try:
            return importlib.import_module(name)
        except Exception as error:  # whatever the module does when it is run
            raise RecipeError(f"{kind}: cannot import {name!r}: {error}; check the dotted name") from error
    raise RecipeError(f"{kind}: no {name!r}{suggest(name, names(kind))}; valid: {', '.join(names(kind))}")


def call(where: str, function: Callable[..., Any], options: Mapping[str, Any], **given: Any) -> Any:
    """Call a plug-in's function with a recipe's options, as `fitting` has them."""
    return function(**fitting(where, function, options, **given))


def fitting(where: str, function: Callable[..., Any], options: Mapping[str, Any], **given: Any) -> dict[str, Any]:
    """What to call a plug-in's function with; an option of the recipe that is unknown, missing or of another type than
    the function says is a RecipeError.

    `given` is what the run itself offers, and `section` is always: what the options are called, which is `where`. The
    function gets those of them that it takes.
    """
    parameters = _parameters(function)
    given = {name: value for name, value in {"section": where, **given}.items() if name in parameters}
    known = [name for name in parameters if name not in given]
    for option in options:
        if option not in known:
            valid = ", ".join(known) or "none"
            raise RecipeError(f"{where}: unknown option {option!r}{suggest(option, known)}; valid: {valid}")
    for name in known:
        if name not in options and parameters[name].default is inspect.Parameter.empty:
            raise RecipeError(f"{where}: option {name!r} is missing; add it to the recipe")
    for name, value in options.items():
        if complaint := _mismatch(parameters[name].annotation, value):
            raise RecipeError(f"{where}.{name}: {complaint} (got {value!r}); correct it")
    return {**options, **given}


def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(function, eval_str=True).parameters
    except Exception:  # whatever a name in an annotation does, which is there for a checker of types alone
        return inspect.signature(function).parameters


def _mismatch(annotation: Any, value: Any) -> str:
    """Why a value of a recipe is none of the type; empty if it is one, or if the type says nothing of such values."""
    from pydantic import ConfigDict, TypeAdapter, ValidationError
    from pydantic.errors import PydanticUserError

    if annotation is inspect.Parameter.empty or isinstance(annotation, str):
        return ""
    try:
        # as JSON: there a list is a sequence and a text a path, as in a recipe
        TypeAdapter(annotation, config=ConfigDict(strict=True, allow_inf_nan=False)).validate_json(json.dumps(value))
    except ValidationError as error:
        complaints = dict.fromkeys(complaint["msg"].split(",")[0] for complaint in error.errors())
        return " or ".join(complaints).replace("Input", "input").replace(" or input should be", " or")
    except (PydanticUserError, TypeError):
        return ""
    return ""


def suggest(word: str, valid: list[str]) -> str:
    """The hint `(did you mean ...?)` if one of the valid words is near, else nothing."""
    near = difflib.get_close_matches(word, valid, 1, 0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _from_file(kind: str, path: Path) -> ModuleType:
    """The module of a file, under a name of its own that Python knows: dataclasses, hints and pickling look it up."""
    if not path.is_file():
        raise RecipeError(f"{kind}: {path} does not exist; give a path to a .py file")
    path = path.resolve()
    name = f"orca2_user_{kind}_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise RecipeError(f"{kind}: {path} fails to import: {error}; fix the file") from error
    return module
