"""Files that are no whole files: each is named, with what is wrong with it and what to do."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from orca2.checkpoints.files import PARSED
from orca2.checkpoints.loading import load_tokenizer, locate
from orca2.errors import ModelError
from orca2.models.transformers import load
from tests.checkpoints.damage import POINTER, cut, pointer, rewrite, shards
from tests.conftest import Run

NAMES = {
    "config.json": "config.json", "generation config": "generation_config.json", "tokenizer": "tokenizer.json",
    "tokenizer config": "tokenizer_config.json", "template": "chat_template.jinja", "weights": "model.safetensors",
}  # fmt: skip


@pytest.fixture
def given(tiny: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny, tmp_path / "given")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_pointer_of_git_lfs_is_named(name: str, given: Path) -> None:
    pointer(given / name)
    with pytest.raises(ModelError, match=f"{name} is a Git LFS pointer.*git lfs pull"):
        load(str(given), Path(), "cpu")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_an_empty_file_is_named(name: str, given: Path) -> None:
    (given / name).write_bytes(b"")
    with pytest.raises(ModelError, match=f"{name} is empty; copy or download it again"):
        load(str(given), Path(), "cpu")


@pytest.mark.parametrize("name", ["config.json", "generation_config.json", "tokenizer_config.json"])
def test_a_cut_json_is_named(name: str, given: Path) -> None:
    cut(given / name, 40)
    with pytest.raises(ModelError, match=f"{name} is no JSON: cut or damaged"):
        load(str(given), Path(), "cpu")


def test_a_cut_tokenizer_is_one_line(given: Path) -> None:
    """It is too large to be read twice, so its reader says what is wrong, and the folder is named."""
    file = given / "tokenizer.json"
    file.write_bytes(b" " * PARSED + file.read_bytes())
    cut(file, -1000)
    with pytest.raises(ModelError, match=r"given: no tokenizer loads .*; check the name and its files"):
        load(str(given), Path(), "cpu")


def test_a_tokenizer_without_its_vocabulary(given: Path) -> None:
    (given / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match="has no tokenizer; save one there"):
        load_tokenizer(str(given))


@pytest.mark.parametrize("length", [-1, 5000, 50, 3])
def test_cut_safetensors(given: Path, length: int) -> None:
    cut(given / "model.safetensors", length)
    with pytest.raises(ModelError, match=r"model\.safetensors is cut or damaged .*; copy or download it again"):
        load(str(given), Path(), "cpu")


def test_a_page_in_place_of_weights(given: Path) -> None:
    (given / "model.safetensors").write_text("<!DOCTYPE html><title>429</title>" * 20)
    with pytest.raises(ModelError, match=r"model\.safetensors is cut or damaged"):
        load(str(given), Path(), "cpu")


def test_no_weights(given: Path) -> None:
    (given / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"has no weights that are read: neither model\.safetensors nor"):
        load(str(given), Path(), "cpu")


def without_index(folder: Path) -> None:
    (folder / "model.safetensors.index.json").unlink()


def without_map(folder: Path) -> None:
    (folder / "model.safetensors.index.json").write_text('{"metadata": {}}')


def with_ghost(folder: Path) -> None:
    index = folder / "model.safetensors.index.json"
    content = json.loads(index.read_text())
    content["weight_map"]["x"] = "model-00003-of-00003.safetensors"
    index.write_text(json.dumps(content))


SECOND = "model-00002-of-00002.safetensors"
SHARDS: list[tuple[Callable[[Path], Any], str]] = [
    (lambda folder: (folder / SECOND).unlink(), f"names 2 shards, of which 1 are not there: {SECOND}; download"),
    (lambda folder: cut(folder / SECOND, -5), f"{SECOND} is cut or damaged"),
    (lambda folder: pointer(folder / SECOND), f"{SECOND} is a Git LFS pointer"),
    (lambda folder: pointer(folder / "model.safetensors.index.json"), "index.json is a Git LFS pointer"),
    (lambda folder: cut(folder / "model.safetensors.index.json", 60), "index.json is no JSON"),
    (with_ghost, "names 3 shards, of which 1 are not there: model-00003-of-00003"),
    (without_map, "names no shard"),
    (without_index, "has no weights that are read"),
]


@pytest.mark.parametrize(("damage", "said"), SHARDS)
def test_shards(given: Path, damage: Callable[[Path], Any], said: str) -> None:
    shards(given)
    assert load(str(given), Path(), "cpu").context == 2048
    damage(given)
    with pytest.raises(ModelError, match=said):
        load(str(given), Path(), "cpu")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: cut(path, -50), "is cut"),
        (lambda path: cut(path, 200), "is cut"),
        (pointer, "Git LFS pointer"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"no pickle"), "the model does not load|holds more than weights"),
    ],
)
def test_pickled_weights(given: Path, damage: Callable[[Path], Any], said: str) -> None:
    weights = load_file(given / "model.safetensors")
    (given / "model.safetensors").unlink()
    torch.save(weights, given / "pytorch_model.bin")
    assert load(str(given), Path(), "cpu").context == 2048
    damage(given / "pytorch_model.bin")
    with pytest.raises(ModelError, match=said):
        load(str(given), Path(), "cpu")


def test_pointers_that_nobody_reads_do_no_harm(given: Path) -> None:
    """As after `git lfs pull --include '*.safetensors'`."""
    for name in ("pytorch_model.bin", "tokenizer.model", "merges.txt", "onnx.onnx", "training_args.bin"):
        pointer(given / name)
    assert load(str(given), Path(), "cpu").context == 2048


def test_a_gguf_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "it.gguf").write_bytes(POINTER)
    with pytest.raises(ModelError, match=r"it\.gguf is a Git LFS pointer"):
        locate("it.gguf", tmp_path)
    (tmp_path / "it.gguf").write_bytes(b"")
    with pytest.raises(ModelError, match=r"it\.gguf is empty"):
        locate("it.gguf", tmp_path)


@pytest.mark.parametrize("words", [("chat",), ("serve", "--port", 0), ("export", "{out}"), ("export", "{gguf}")])
def test_every_command_says_one_line(given: Path, tmp_path: Path, run: Run, words: tuple[object, ...]) -> None:
    rewrite(given, lambda weights: {name: w for name, w in weights.items() if ".layers.1." not in name})
    command, *rest = words
    out = [tmp_path / "out"] if rest[:1] in (["{out}"], ["{gguf}"]) else rest
    form = ["--format", "gguf"] if rest[:1] == ["{gguf}"] else []
    code, _, said = run(command, given, *out, *form)
    assert code == 2 and len(said.splitlines()) == 1 and "lacks 9 of its model's 20 weights" in said
    assert not list(tmp_path.glob("out*"))


def test_weights_of_one_file_come_before_an_index(given: Path) -> None:
    """What `transformers` reads is what is looked at."""
    save_file(load_file(given / "model.safetensors"), given / "kept", metadata={"format": "pt"})
    shards(given)
    (given / SECOND).unlink()
    (given / "kept").rename(given / "model.safetensors")
    assert load(str(given), Path(), "cpu").context == 2048
