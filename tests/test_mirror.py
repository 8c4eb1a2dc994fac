"""Every module with logic has a test of its name: `src/orca2/a/b.py` or `a/_b.py` is tested in `tests/a/test_b.py`; and
none is too long."""

import ast
from pathlib import Path

import orca2

ROOT, TESTS = Path(orca2.__file__).parent, Path(__file__).parent
SMALL = 60  # lines, up to which a module may be tested through its neighbours
MOST = 300  # lines of a module
LOGIC = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.IfExp, ast.comprehension)
# modules whose parts say nothing alone, by the test that proves them
THROUGH: dict[str, str] = {
    "apps/request_files/export.py": "apps/request_files/test_rounds.py",  # files go out, are answered, come in
    "apps/request_files/take_in.py": "apps/request_files/test_rounds.py",
    "stages/_eval_points.py": "test_pipeline.py",  # needs a student that is tried while it learns
    "scale/asker.py": "scale/test_asking.py",  # one of several processes of a cluster
    "scale/asking_pool.py": "scale/test_asking.py",  # all of them
    "scale/connecting.py": "scale/test_asking.py",  # and the cluster itself
    "scale/nodes.py": "scale/test_students.py",  # what the nodes of a real cluster have room for
    "scale/status.py": "scale/test_students.py",
    "scale/student.py": "scale/test_students.py",  # one of several processes
    "scale/train_workers.py": "scale/test_cluster_training.py",
    "scale/work_pool.py": "scale/test_cluster_training.py",  # cells of an ablation, as tasks of Ray
    "evidence/round.py": "evidence/test_improve.py",  # a round asks and trains
    "inference/llama_rows.py": "inference/test_rows.py",  # one of the kinds of rows, which are held to the same
    "inference/scheduler_thread.py": "inference/test_scheduler.py",  # what gives a scheduler its turns
    "asking/client.py": "asking/test_engine.py",  # what a model is asked with, held together
    "stages/explain.py": "test_pipeline.py",  # likewise: it trains, and its parts are those of run/
}


def has_logic(path: Path) -> bool:
    """Whether a function of the file branches or repeats."""
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return any(isinstance(node, LOGIC) for function in functions for node in ast.walk(function))


def expected(module: Path) -> list[Path]:
    """Where its test may stand; that of a package beside its modules' or beside the package's own."""
    if module.stem == "__init__":
        return [module.parent / f"test_{module.parent.name}.py", module.parent.parent / f"test_{module.parent.name}.py"]
    return [module.parent / f"test_{module.stem.strip('_')}.py"]


def test_every_module_with_logic_has_a_test_of_its_name() -> None:
    missing = []
    for path in sorted(ROOT.rglob("*.py")):
        module = path.relative_to(ROOT)
        if module.as_posix() in THROUGH:
            continue
        large = len(path.read_text().splitlines()) > SMALL
        if large and has_logic(path) and not any((TESTS / test).is_file() for test in expected(module)):
            missing.append(f"{module}: no {' or '.join(f'tests/{test}' for test in expected(module))}")
    assert not missing, "\n".join(missing)


def test_what_is_tested_elsewhere_is_still_there() -> None:
    for module, test in THROUGH.items():
        assert (ROOT / module).is_file() and (TESTS / test).is_file(), module
        assert not any((TESTS / own).is_file() for own in expected(Path(module))), f"{module} has a test of its own now"


def test_no_module_is_too_long() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in ROOT.rglob("*.py")}
    assert not [f"{path}: {length} lines" for path, length in lengths.items() if length > MOST]
