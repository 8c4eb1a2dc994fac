"""What a card can do: its matrix rate on random data, its copy rate, and times of work on it."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch

from orca2.training.speed import peak

DEVICE = torch.device("cuda") if torch.cuda.is_available() else torch.device("cpu")


def synchronize() -> None:
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def seconds(work: Callable[[], Any], repeats: int) -> float:
    """Median time of some work after two runs to warm up, by the device's own events where it has them."""
    for _ in range(2):
        work()
    synchronize()
    times: list[float] = []
    for _ in range(repeats):
        if DEVICE.type == "cuda":
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]
            start.record()
            work()
            end.record()
            torch.cuda.synchronize()
            times.append(start.elapsed_time(end) / 1000)
        else:
            at = time.perf_counter()
            work()
            times.append(time.perf_counter() - at)
    return statistics.median(times)


def memory() -> dict[str, float]:
    """Gigabytes at the peak so far: in tensors, and taken from the card."""
    if DEVICE.type != "cuda":
        return {}
    return {
        "peak_gb": round(torch.cuda.max_memory_allocated() / 1e9, 2),
        "reserved_gb": round(torch.cuda.max_memory_reserved() / 1e9, 2),
    }


def ceilings(quick: bool) -> dict[str, Any]:
    """TFLOP/s of one large bfloat16 product, TB/s of one large copy (bytes read and written)."""
    size = 256 if quick else 8192
    a, b = (torch.randn(size, size, dtype=torch.bfloat16, device=DEVICE) for _ in range(2))
    product = seconds(lambda: a @ b, 20)
    source = torch.randint(0, 255, (1 << (20 if quick else 32),), dtype=torch.uint8, device=DEVICE)
    target = torch.empty_like(source)
    copy = seconds(lambda: target.copy_(source), 20)
    return {
        "device": torch.cuda.get_device_name() if DEVICE.type == "cuda" else "cpu",
        "torch": torch.__version__,
        "matrix_tflops": round(2 * size**3 / product / 1e12, 3),
        "sheet_tflops": peak(DEVICE),
        "copy_tbs": round(2 * source.numel() / copy / 1e12, 4),
    }
