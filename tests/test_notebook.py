"""The notebook runs from its first cell to its last, on the small model, and is kept without what it printed."""

import importlib.util
import json
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "orca2_colab.ipynb"


def test_it_is_kept_clean() -> None:
    for cell in json.loads(NOTEBOOK.read_text())["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None
        assert "/home/" not in "".join(cell["source"])


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_it_runs_from_top_to_bottom(smol: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("nbclient", "ipykernel"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed")
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")  # the small model, whatever this machine has
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(notebook, timeout=1200, kernel_name="python3", resources={"metadata": {"path": tmp_path}})
    client.execute()
    said = "\n".join(
        output.get("text", "") + output.get("data", {}).get("text/html", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )
    assert "ids in the prompt" in said and "What the student learns from" in said
    assert said.count("<iframe") == 5
    for picture in ("Loss while training", "Accuracy under the default message"):
        assert picture in said
    assert (tmp_path / "run" / "report.html").is_file()
