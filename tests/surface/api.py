"""The public API as lines: what `orca2` and the nouns, protocols and plug-ins that a user's code imports look like."""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import orca2
from orca2 import plugins

SURFACE = Path(__file__).parent / "api.txt"
# what a user's own code and plug-ins import, beside `orca2` itself
PUBLIC = {
    "orca2.core.types": "*",
    "orca2.core.results": "*",
    "orca2.core.identity": "*",
    "orca2.core.model": ["Model"],
    "orca2.core.benchmark": ["Benchmark", "Hub", "Question"],
    "orca2.data.row": ["Row", "Source"],
    "orca2.reading.grader": ["Grader", "TextGrader"],
    "orca2.graders": ["grade", "load_grader"],
    "orca2.apps.chat.loading": ["Loaded"],
    "orca2.apps.chat.conversation": ["Conversation"],
}
KINDS = ("sources", "graders", "models")


def surface() -> Iterator[str]:
    """One line for each name: its signature, the fields of a noun, the options of a plug-in."""
    for name in orca2.__all__:
        yield from described(f"orca2.{name}", getattr(orca2, name))
    for path, names in PUBLIC.items():
        module = importlib.import_module(path)
        own = [n for n, v in vars(module).items() if getattr(v, "__module__", None) == path and not n.startswith("_")]
        for name in sorted(own if names == "*" else names):
            yield from described(f"{path}.{name}", getattr(module, name))
    for kind in KINDS:
        for name in plugins.names(kind):
            load = getattr(plugins.get(kind, name), "load", None)
            if load is not None:
                yield f"{kind}/{name}{signature(load)}"


def described(name: str, thing: object) -> Iterator[str]:
    if not callable(thing):
        return
    yield f"{name}{signature(thing)}"
    if inspect.isclass(thing):
        for member, value in sorted(vars(thing).items()):
            if not member.startswith("_") and inspect.isfunction(value):
                yield f"  .{member}{signature(value)}"
            elif not member.startswith("_") and isinstance(value, property):
                yield f"  .{member}"


def signature(thing: object) -> str:
    """The parameters with their defaults; "..." for one that is no plain value."""
    if not callable(thing):
        return ""
    parts = []
    for parameter in inspect.signature(thing).parameters.values():
        default = parameter.default
        plain = default is inspect.Parameter.empty or isinstance(default, str | int | float | tuple | None)
        parameter = parameter.replace(annotation=inspect.Parameter.empty)
        parts.append(str(parameter) if plain else f"{str(parameter.replace(default=0)).removesuffix('0')}...")
    return f"({', '.join(parts)})"


def frozen() -> str:
    return "".join(line + "\n" for line in surface())
