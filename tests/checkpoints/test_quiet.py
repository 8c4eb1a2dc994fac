"""Other libraries are quiet while ours works, and say as much as before afterwards."""

import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import transformers
from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

import orca2
from orca2.checkpoints.quiet import quiet_libraries, quietly


def state() -> tuple[Any, ...]:
    """All that could keep another library from being heard."""
    return (
        transformers.logging.get_verbosity(),
        transformers.logging.is_progress_bar_enabled(),
        are_progress_bars_disabled(),
        logging.getLogger("bitsandbytes").level,
        logging.getLogger().manager.disable,
        list(warnings.filters),
        warnings.showwarning,
    )


@pytest.fixture(params=[logging.WARNING, logging.DEBUG, logging.CRITICAL])
def talkative(request: pytest.FixtureRequest) -> Iterator[None]:
    """A process whose user has chosen levels, bars and filters."""
    before, bars = transformers.logging.get_verbosity(), transformers.logging.is_progress_bar_enabled()
    transformers.logging.set_verbosity(request.param)
    transformers.logging.enable_progress_bar()
    logging.getLogger("bitsandbytes").setLevel(request.param)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", module="transformers")
        warnings.filterwarnings("always", category=FutureWarning)
        yield
    transformers.logging.set_verbosity(before)
    logging.getLogger("bitsandbytes").setLevel(logging.NOTSET)
    (transformers.logging.enable_progress_bar if bars else transformers.logging.disable_progress_bar)()


@pytest.mark.usefixtures("talkative")
def test_a_loaded_model_leaves_a_process_as_it_was(tiny: Path) -> None:
    before = state()
    model = orca2.load(str(tiny), device="cpu")
    assert state() == before
    assert model.generate(["a", "b"], max_tokens=2)
    model.chat().ask("hi", max_tokens=2)
    assert state() == before


@pytest.mark.usefixtures("talkative")
def test_what_was_before_comes_back_even_after_an_error() -> None:
    before = state()
    with suppress(RuntimeError), quiet_libraries():
        assert not logging.getLogger("transformers.some.file").isEnabledFor(logging.WARNING)
        assert not transformers.logging.is_progress_bar_enabled()
        assert are_progress_bars_disabled()
        raise RuntimeError
    assert state() == before


@pytest.mark.usefixtures("talkative")
def test_bars_of_downloads_that_were_off_stay_off() -> None:
    disable_progress_bars()
    try:
        before = state()
        with quiet_libraries():
            pass
        assert state() == before
    finally:
        enable_progress_bars()


@pytest.mark.usefixtures("talkative")
def test_of_two_threads_the_last_one_to_leave_restores() -> None:
    before, entered, leave = state(), threading.Event(), threading.Event()

    def other() -> None:
        with quiet_libraries():
            entered.set()
            leave.wait()

    thread = threading.Thread(target=other)
    with quiet_libraries():
        thread.start()
        entered.wait()
    assert not logging.getLogger("transformers").isEnabledFor(logging.WARNING)
    leave.set()
    thread.join()
    assert state() == before


def test_a_filter_set_within_stays() -> None:
    with warnings.catch_warnings():
        with quiet_libraries():
            warnings.filterwarnings("ignore", message="set by a library when it is imported")
        assert any(message and "set by a library" in message.pattern for _, message, *_ in warnings.filters)


def test_an_iterator_is_quiet_but_not_what_is_done_with_its_items() -> None:
    heard: list[bool] = []
    listens: Callable[[], None] = lambda: heard.append(logging.getLogger("transformers").isEnabledFor(logging.WARNING))  # noqa: E731

    def items() -> Iterator[int]:
        for item in range(2):
            listens()
            yield item

    transformers.logging.set_verbosity_warning()
    given = []
    for item in quietly(items()):
        listens()
        given.append(item)
    assert given == [0, 1]
    assert heard == [False, True, False, True]


@pytest.mark.slow
@pytest.mark.parametrize("quantize", [None, "8bit"])
def test_nothing_is_printed_by_a_library_while_a_model_is_loaded_and_answers(tiny: Path, quantize: str | None) -> None:
    if quantize:
        pytest.importorskip("bitsandbytes", reason="the extra quantize is not installed")
    script = (
        f"import orca2; model = orca2.load({str(tiny)!r}, device='cpu', quantize={quantize!r});"
        " model.generate(['a', 'b c'], max_tokens=2); model.chat().ask('hi', max_tokens=2)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.slow
def test_training_leaves_the_logger_of_bitsandbytes_as_it_is() -> None:
    script = (
        "import logging; logger = logging.getLogger('bitsandbytes'); logger.setLevel(logging.INFO);"
        " import orca2.training.spans; print(logger.level == logging.INFO)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["True"]
