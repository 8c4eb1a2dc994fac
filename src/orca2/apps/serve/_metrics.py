"""Counters and histograms in Prometheus' text format."""

from collections import Counter
from collections.abc import Mapping, Sequence

BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)  # seconds
TOTALS = {
    "orca2_requests_total": "Requests by path and status; 499: the client left.",
    "orca2_prompt_tokens_total": "Tokens of prompts.",
    "orca2_cached_prompt_tokens_total": "Those of them that were in a cache.",
    "orca2_generated_tokens_total": "Tokens of answers.",
}
SECONDS = {
    "orca2_first_token_seconds": "From a request to the first text of its answer.",
    "orca2_request_seconds": "From a request to the end of its answer.",
}

Labels = tuple[tuple[str, str], ...]


class Metrics:
    def __init__(self) -> None:
        self._totals: dict[str, Counter[Labels]] = {name: Counter() for name in TOTALS}
        self._seconds: dict[str, Counter[float]] = {name: Counter() for name in SECONDS}
        self._sums: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()

    def add(self, name: str, amount: int, **labels: str) -> None:
        self._totals[name][tuple(labels.items())] += amount

    def took(self, name: str, seconds: float) -> None:
        self._counts[name] += 1
        self._sums[name] += seconds  # type: ignore[assignment]
        for bucket in BUCKETS:
            self._seconds[name][bucket] += seconds <= bucket

    def text(self, gauges: Mapping[str, tuple[str, Sequence[tuple[Labels, int]]]]) -> str:
        """Everything, and the given gauges: name to help and values."""
        lines: list[str] = []
        for name, about in TOTALS.items():
            lines += [f"# HELP {name} {about}", f"# TYPE {name} counter"]
            lines += [f"{name}{_written(labels)} {value}" for labels, value in sorted(self._totals[name].items())]
        for name, about in SECONDS.items():
            lines += [f"# HELP {name} {about}", f"# TYPE {name} histogram"]
            lines += [f'{name}_bucket{{le="{bucket}"}} {self._seconds[name][bucket]}' for bucket in BUCKETS]
            lines += [f'{name}_bucket{{le="+Inf"}} {self._counts[name]}']
            lines += [f"{name}_sum {self._sums[name]}", f"{name}_count {self._counts[name]}"]
        for name, (about, values) in gauges.items():
            lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
            lines += [f"{name}{_written(labels)} {value}" for labels, value in values]
        return "\n".join(lines) + "\n"


def _written(labels: Labels) -> str:
    pairs = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels)
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
