"""A GGUF file is read back by llama.cpp, and what it reads otherwise is noticed."""

from pathlib import Path

import pytest

from orca2.apps.export import _vocabulary
from tests.conftest import Run


@pytest.mark.slow
def test_another_splitter_is_noticed(tiny: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids that differ end the export, and no file stays that would be wrong."""
    pytest.importorskip("xllamacpp", reason="the extra gguf is not installed")
    monkeypatch.setattr(_vocabulary, "SPLITTERS", dict.fromkeys(_vocabulary.SPLITTERS, "llama-bpe"))
    code, _, said = run("export", tiny, tmp_path / "out", "--format", "gguf")
    assert code == 2 and "reads other ids from the GGUF file for" in said
    assert not list(tmp_path.glob("out*"))
