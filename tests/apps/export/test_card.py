"""The model card: the run's own figures, licences, and nothing of this machine."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orca2.apps.export import _card

MakeRun = Callable[..., Path]
FAMILIES = ("arithmetic", "date_understanding", "logical_deduction")


def made(folder: Path, **kinds: Any) -> str:
    source = _card.source(str(folder), "student", folder)
    written = kinds.get("written", _card.Written(system=True))
    return _card.card(source, "quickstart", kinds.get("form", "safetensors"), "f16", written, None)


def test_figures_are_those_of_the_run(make_run: MakeRun) -> None:
    folder = make_run(FAMILIES)
    text, result = made(folder), json.loads((folder / "evaluate.json").read_text())
    for row in result["totals"]:
        shown = f"| {row['student']} | {row['system']} | {row['correct'] / row['items']:.1%} ({100 * row['low']:.0f}–"
        assert shown in text
    assert "With the default system message, the cautious student answers" in text
    assert "**chosen**" in text and "teacher is recorded" in text
    assert "licence of the teacher's answers | that of the recorded answers, which is not known here" in text
    assert str(folder) not in text


def test_the_head_is_read_by_the_hubs_own_reader(make_run: MakeRun) -> None:
    from huggingface_hub import ModelCard

    data = ModelCard(made(make_run(FAMILIES), form="gguf")).data
    assert data.license == "unknown" and data.base_model == "HuggingFaceTB/SmolLM2-135M"
    assert data.library_name == "gguf" and data.tags == ["orca2"]


@pytest.mark.parametrize("modelfile", [True, False])
@pytest.mark.parametrize("system", [True, False])
def test_the_card_speaks_of_what_lies_beside_it(make_run: MakeRun, modelfile: bool, system: bool) -> None:
    folder = make_run(FAMILIES)
    text = made(folder, form="gguf", written=_card.Written(system, modelfile, ("read again",)))
    assert ("ollama create" in text) is modelfile and ("There is no Modelfile" in text) is not modelfile
    assert "llama-server -m quickstart-f16.gguf --jinja" in text and "- read again" in text
    text = made(folder, written=_card.Written(system))
    assert "Modelfile" not in text and "llama-server" not in text and "generation config" in text
    assert ("carries the system message" in text) is system


def test_a_run_that_was_not_evaluated(make_run: MakeRun) -> None:
    folder = make_run(FAMILIES)
    (folder / "evaluate.json").unlink()
    assert "It was not evaluated when this was written." in made(folder)


def test_paths_lose_their_folders(make_run: MakeRun, tmp_path: Path) -> None:
    folder = make_run(FAMILIES)
    record = json.loads((folder / "record.json").read_text())
    record["recipe"]["student"]["model"] = "/home/ann/models/mine"
    record["recipe"]["tasks"] = {"source": "jsonl", "options": {"path": "/home/ann/tasks.jsonl", "columns": ["a"]}}
    record["recipe"]["teacher"] = {"model": "openai", "options": {"model": "big", "base_url": "http://10.1.2.3/v1"}}
    (folder / "record.json").write_text(json.dumps(record))
    text = made(folder)
    assert "| base | mine |" in text and "path tasks.jsonl" in text and "big (openai)" in text
    assert "/home" not in text and "10.1.2.3" not in text
    assert "the terms of whoever runs it" in text


def test_licences(tmp_path: Path, smol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # the variable is read once, at its import
    assert _card.licence(smol, Path()) == "apache-2.0"
    assert _card.licence("somebody/not-here-at-all", tmp_path) is None
    assert _card.licence(str(tmp_path), tmp_path) is None
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# It\n")
    assert _card.licence(str(tmp_path), tmp_path) == "mit"


@pytest.mark.parametrize(("card", "found"), [({"license": "mit"}, "mit"), ({}, None), (None, None)])
def test_the_licence_on_the_hub(monkeypatch: pytest.MonkeyPatch, card: dict[str, str] | None, found: str) -> None:
    from huggingface_hub import HfApi, ModelInfo

    answer = {"id": "somebody/it", "siblings": [], **({} if card is None else {"cardData": card})}
    monkeypatch.setattr(HfApi, "model_info", lambda self, spec, timeout: ModelInfo(**answer))
    assert _card.licence("somebody/it", Path()) == found
