"""What happens to one attempt: its fault and its delay, drawn from the seed, the request and how often it was tried."""

import hashlib
import math
import random
from dataclasses import dataclass
from itertools import accumulate

from orca2.testing.fake_teacher.scenario import Latency, Scenario


@dataclass(frozen=True, slots=True)
class PlannedAttempt:
    """What an attempt meets: `fault` is a key of the scenario's [faults], or empty for a good answer, `seconds` the
    delay before it."""

    fault: str
    seconds: float


GOOD = PlannedAttempt("", 0.0)


class FaultPlan:
    """The same scenario gives the same outcome to the same request at the same attempt, in whatever order they come."""

    def __init__(self, scenario: Scenario) -> None:
        shares = scenario.faults.shares()
        self._seed, self._latency = scenario.seed, scenario.latency
        self._upto = list(zip(accumulate(shares.values()), shares, strict=True))
        self._certain = not shares and scenario.latency.kind == "none"

    def draw(self, key: int, attempt: int) -> PlannedAttempt:
        if self._certain:
            return GOOD
        rng = random.Random(f"{self._seed} {key} {attempt}")
        drawn = rng.random()
        fault = next((name for upto, name in self._upto if drawn < upto), "")
        return PlannedAttempt(fault, _seconds(self._latency, rng))


def key_of(content: bytes) -> int:
    """64 bits of a request's content: a million of them fit in memory, and hardly two are alike."""
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest())


def _seconds(latency: Latency, rng: random.Random) -> float:
    if latency.kind == "none":
        return 0.0
    if latency.kind == "fixed":
        return latency.low
    if latency.kind == "uniform":
        return rng.uniform(latency.low, latency.high)
    return min(max(rng.lognormvariate(math.log(latency.median), latency.sigma), latency.low), latency.high)
