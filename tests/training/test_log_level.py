"""A library is quiet within, and says as much as before afterwards."""

import logging
import subprocess
import sys

import pytest

from orca2.training.log_level import log_level


@pytest.mark.parametrize("before", [logging.NOTSET, logging.DEBUG, logging.CRITICAL])
def test_the_level_of_before_comes_back_even_after_an_error(before: int) -> None:
    logger = logging.getLogger("some.library")
    logger.setLevel(before)

    def fails() -> None:
        with log_level("some.library", logging.ERROR):
            assert not logger.isEnabledFor(logging.WARNING)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert logger.level == before


def test_training_leaves_the_logger_of_bitsandbytes_as_it_is() -> None:
    script = (
        "import logging; logger = logging.getLogger('bitsandbytes'); logger.setLevel(logging.INFO);"
        " import orca2.training.spans; print(logger.level == logging.INFO)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["True"]
