"""Imports go one way, and the surface stays light."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import orca2

ROOT = Path(orca2.__file__).parent
# each line may import from the lines above it, and from its own
LAYERS = [
    {"errors", "files"},
    {"core"},
    {"plugins", "progress", "processes", "reading"},
    {"sources", "strategies", "graders", "models", "benchmarks"},
    {"asking"},
    {"grading"},
    {"key_types"},
    {"sections"},
    {"recipe"},
    {"runfolder", "student"},
    {"apps"},
    {"stages"},
    {"inputs", "preflight"},
    {"pipeline"},
    {"evidence"},
    {"commands"},
    {"cli", "__init__"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def imports(path: Path) -> set[str]:
    """The units of orca2 that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "orca2":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {a.name for a in node.names if a.name in LEVEL}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("orca2.")}
    return found


def test_imports_go_one_way() -> None:
    edges: dict[str, set[str]] = {}
    for path in ROOT.rglob("*.py"):
        unit = path.relative_to(ROOT).parts[0].removesuffix(".py")
        assert unit in LEVEL, f"{unit} has no layer in {__file__}"
        edges.setdefault(unit, set()).update(imports(path) - {unit})
    wrong = [f"{a} -> {b}" for a, found in edges.items() for b in found if LEVEL[b] > LEVEL[a]]
    mutual = [f"{a} <-> {b}" for a in edges for b in edges[a] if a in edges.get(b, ())]
    assert not wrong and not mutual


def test_core_is_pure() -> None:
    plain = {
        "collections",
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
        "'compare', '--help'",
        "'ablate', '--help'",
        "'improve', '--help'",
        "'overlap', '--help'",
        "'strategies', '--help'",
        "'fake-teacher', '--help'",
        "'strategies'",
    ):
        assert not loaded(HELP.format(words=words)) & heavy
