"""Our graders reproduce what the authors of BIG-Bench Hard published for the recorded answers."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared/data/bbh_recorded"


@pytest.mark.slow
def test_all_26_accuracies_are_within_one_point() -> None:
    if not DATA.is_dir():
        pytest.skip(f"the recorded answers are not at {DATA}")
    spec = importlib.util.spec_from_file_location("bbh_recorded", ROOT / "bench/bbh_recorded.py")
    assert spec and spec.loader
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    found = bench.figures(DATA)
    assert len(found) == 26
    assert {(row["task"], row["strategy"]): row["difference"] for row in found if abs(row["difference"]) > 1} == {}
