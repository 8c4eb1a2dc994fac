"""Helpers of a thread that waits are let go, and come back when it computes again."""

import subprocess
import sys

import pytest

SCRIPT = """
import os, torch
from orca2.inference.openmp import _libraries, release_omp_threads
torch.set_num_threads(3)
one = torch.ones(300, 300, 300)
threads = lambda: len(os.listdir("/proc/self/task"))
total, computing = one.sum().item(), threads()
release_omp_threads()
waiting = threads()
print(bool(_libraries()), computing - waiting, one.sum().item() == total, threads() == computing)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="GNU's OpenMP, and /proc, are Linux's")
def test_helpers_go_and_come_back() -> None:
    said = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["True", "2", "True", "True"]


def test_without_torch_there_is_nothing_to_do() -> None:
    script = "import sys; from orca2.inference.openmp import *; release_omp_threads(); print('torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "False"
