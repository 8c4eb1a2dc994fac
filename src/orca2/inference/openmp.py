"""PyTorch's threads on a CPU. Each thread that computes has helpers of its own; those of all count as busy.

With more of them than cores, GNU's OpenMP lets helpers sleep at every barrier in place of a short wait: answers that a
second thread makes after the first one has computed took 1.3 to 1.5 times as long on two cores.
"""

import ctypes
import functools
import sys
from pathlib import Path

HARD = 2  # omp_pause_hard of OpenMP 5.0: the helpers end, and are made anew when they are needed


def release_omp_threads() -> None:
    """To be called by a thread that waits while another one computes."""
    for library in _libraries() if "torch" in sys.modules else ():
        library.omp_pause_resource_all(HARD)


@functools.cache
def _libraries() -> list[ctypes.CDLL]:
    """GNU's OpenMP as PyTorch brings it; none on Windows and macOS, whose own waits long enough anyway."""
    folder = Path(sys.modules["torch"].__path__[0])
    paths = [*folder.glob("lib/libgomp*"), *folder.parent.glob("torch.libs/libgomp*")]
    libraries = [ctypes.CDLL(str(path)) for path in paths]
    return [library for library in libraries if hasattr(library, "omp_pause_resource_all")]
