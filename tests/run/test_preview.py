"""What would be trained, painted; nothing is."""

from pathlib import Path

import pytest

from tests.conftest import Run

pytestmark = pytest.mark.slow  # it trains


def test_a_preview_trains_nothing_and_paints_what_is_learned(file: Path, run: Run) -> None:
    folder = file.parent / "run"
    run("run", file, "--run", folder, "--until", "erase")
    before = sorted(path.name for path in folder.iterdir())
    code, _, err = run("train", folder, "--show", "1", "train.row_tokens=300", "train.evaluations=1")
    assert code == 0 and sorted(path.name for path in folder.iterdir()) == before
    assert "rows" in err and "of at most 300 tokens" in err and "⟦" in err
    painted = err[err.index("⟦") + 1 : err.index("⟧")]
    assert painted.endswith("<|im_end|>")
