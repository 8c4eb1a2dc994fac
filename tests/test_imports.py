"""Imports go one way, file by file; no room looks into another's private files; the surface stays light."""

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import orca2

ROOT = Path(orca2.__file__).parent
# each line may import from the lines above it, and from its own
LAYERS = [
    {"errors", "files"},
    {"core"},
    {"plugins", "progress", "processes", "stopping", "reading", "data"},
    {"endpoints", "checkpoints"},
    {"inference"},
    {"sources", "strategies", "graders", "models", "benchmarks"},
    {"asking"},
    {"grading"},
    {"key_types"},
    {"sections"},
    {"tasks_section", "ablate_section"},
    {"recipe"},
    {"training"},
    {"scale"},
    {"run"},
    {"reporting"},
    {"stages"},
    {"inputs", "preflight"},
    {"pipeline"},
    {"evidence"},
    {"testing", "apps"},
    {"commands"},
    {"cli", "__init__"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def module_of(path: Path) -> str:
    """The dotted name of a file, without `orca2.`; a package's is that of its folder."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in ROOT.rglob("*.py")}


def imports(path: Path) -> set[str]:
    """The modules of orca2 that a file imports, anywhere in it, without `orca2.`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "orca2":
            package = node.module.removeprefix("orca2").removeprefix(".")
            for alias in node.names:
                inner = f"{package}.{alias.name}".removeprefix(".")
                found.add(inner if inner in MODULES else package)
        elif isinstance(node, ast.Import):
            found |= {a.name.removeprefix("orca2.") for a in node.names if a.name.startswith("orca2.")}
    return found - {""}


GRAPH = {name: imports(path) for name, path in MODULES.items()}


def room(module: str) -> str:
    return module.split(".")[0]


def test_every_room_has_a_layer() -> None:
    assert {room(module) for module in MODULES} <= LEVEL.keys()


def test_imports_go_one_way() -> None:
    up = [f"{a} -> {b}" for a, found in GRAPH.items() for b in found if LEVEL[room(b)] > LEVEL[room(a)]]
    assert not up


def test_no_file_imports_itself_by_a_detour() -> None:
    """Not even inside a function, nor inside a room."""
    try:
        TopologicalSorter(GRAPH).prepare()
    except CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from None


def test_no_two_rooms_import_each_other() -> None:
    rooms = {(room(a), room(b)) for a, found in GRAPH.items() for b in found if room(a) != room(b)}
    assert not [f"{a} <-> {b}" for a, b in rooms if (b, a) in rooms]


def test_no_file_imports_the_private_file_of_another_room() -> None:
    """A file whose name begins with an underscore serves the folder that it lies in."""
    foreign = []
    for module, found in GRAPH.items():
        for imported in found:
            parts = imported.split(".")
            private = [place for place, part in enumerate(parts) if part.startswith("_") and part != "__main__"]
            inside = MODULES[module].parent
            if private and not inside.is_relative_to(ROOT.joinpath(*parts[: private[0]])):
                foreign.append(f"{module} -> {imported}")
    assert not foreign


def test_click_is_known_to_the_command_line_alone() -> None:
    """What a command does can be called without it; `pydantic` and `rich` do not come with its help either."""
    users = {name for name, path in MODULES.items() if re.search(r"^\s*(import|from) click\b", path.read_text(), re.M)}
    assert {room(name) for name in users} == {"commands", "cli"}


def test_core_is_pure() -> None:
    plain = {
        "collections",
        "contextlib",
        "dataclasses",
        "functools",
        "typing",
        "hashlib",
        "bisect",
        "re",
        "random",
        "math",
        "itertools",
        "tomllib",
        "statistics",
    }
    allowed = plain | {"orca2", "numpy", "scipy", "sklearn", "threadpoolctl"}
    for path in (ROOT / "core").rglob("*.py"):
        assert not re.search(r"\brandom\.(?!Random\(seed\)|default_rng\(seed\))", path.read_text()), (
            f"{path}: an explicit seed only"
        )
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [a.name for a in node.names] if isinstance(node, ast.Import) else []
            assert {name.split(".")[0] for name in names} <= allowed, path


def loaded(code: str) -> set[str]:
    out = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return set(out.stderr.split())


HELP = """
from orca2.cli import main
sys.argv = ['orca2', {words}]
try:
    main()
except SystemExit:
    pass
"""


def test_help_and_import_stay_light() -> None:
    heavy = {"torch", "transformers", "scipy", "numpy", "sklearn", "aiohttp", "datasets"}
    assert not loaded("import orca2") & heavy
    for words in (
        "'--help'",
        "'run', '--help'",
        "'profile', '--help'",
        "'chat', '--help'",
        "'export', '--help'",
        "'serve', '--help'",
        "'evaluate', '--help'",
        "'suite', '--help'",
        "'grade', '--help'",
        "'status', '--help'",
        "'compare', '--help'",
        "'ablate', '--help'",
        "'improve', '--help'",
        "'overlap', '--help'",
        "'strategies', '--help'",
        "'fake-teacher', '--help'",
        "'strategies'",
    ):
        found = loaded(HELP.format(words=words))
        assert not found & heavy
        assert not found & {"pydantic", "rich", "typer"} or "--help" not in words


WALK = """
import importlib, pkgutil
for room in {rooms}:
    package = importlib.import_module('orca2.' + room)
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):
        importlib.import_module(module.name)
"""


def test_what_is_tested_in_seconds_needs_no_torch() -> None:
    rooms = ["core", "reading", "data", "graders", "grading", "asking", "endpoints", "sources", "strategies"]
    modules = loaded(WALK.format(rooms=rooms))
    assert "orca2.grading.verdicts" in modules and not modules & {"torch", "transformers"}
