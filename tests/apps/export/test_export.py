"""What is exported is whole, and words that make no sense are refused."""

import shutil
from pathlib import Path

import pytest

from orca2.apps.export import name_of
from tests.conftest import Run


@pytest.mark.parametrize(
    ("model", "name"),
    [("microsoft/Orca-2-7b", "Orca-2-7b"), ("package:some/It.Q4_1.gguf", "It.Q4_1"), ("it.gguf", "it")],
)
def test_names(model: str, name: str) -> None:
    assert name_of(model) == name
    assert name_of(str(Path(__file__).parent)) == "export"


def test_safetensors_are_whole_and_as_they_were(tiny: Path, tmp_path: Path, run: Run) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

    given = shutil.copytree(tiny, tmp_path / "given")
    GenerationConfig(do_sample=True, temperature=0.7, eos_token_id=2).save_pretrained(given)
    code, _, said = run("export", given, tmp_path / "out")
    assert code == 0, said
    first, second = (AutoModelForCausalLM.from_pretrained(place).state_dict() for place in (given, tmp_path / "out"))
    assert all(value.equal(second[name]) and value.dtype == second[name].dtype for name, value in first.items())
    settings = GenerationConfig.from_pretrained(tmp_path / "out")
    assert settings.eos_token_id == 2 and settings.do_sample and settings.temperature == 0.7
    loaded = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert loaded.chat_template == AutoTokenizer.from_pretrained(tiny).chat_template
    assert (tmp_path / "out" / "README.md").read_text().startswith("---\nlicense: ")
    code, _, said = run("export", given, tmp_path / "out")
    assert code == 2 and "is there already; give another folder" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("out", "--format", "guff"), "'--format': no 'guff'"),
        (("out", "--format", "gguf", "--type", "q5"), "'--type': no 'q5'"),
        (("out", "--type", "q4_0"), "add --format gguf"),
        (("it.gguf", "--format", "gguf"), "give a folder for the files to go into, as it"),
    ],
)
def test_words_that_make_no_sense(tiny: Path, run: Run, words: tuple[str, ...], said: str) -> None:
    code, _, error = run("export", tiny, *words)
    assert code == 2 and said in error and len(error.splitlines()) == 1
    assert not Path("out").exists()
