"""The rate limit: a bucket of tokens that fills by the minute, and storms that refuse everything for a while."""

import time
from email.utils import formatdate

from orca2.testing.fake_teacher.scenario import Limit


class Limiter:
    def __init__(self, limit: Limit) -> None:
        self._limit, self._started = limit, time.monotonic()
        self._level, self._filled = float(limit.burst), self._started

    def refuse(self) -> float | None:
        """None if a request is let in, else in how many seconds one will be."""
        now, limit = time.monotonic(), self._limit
        if limit.storm_lasts:
            into = (now - self._started) % limit.storm_every - (limit.storm_every - limit.storm_lasts)
            if into >= 0:  # a storm ends each period, so that a fresh server starts calm
                return limit.storm_lasts - into
        if not limit.per_minute:
            return None
        rate = limit.per_minute / 60
        self._level = min(limit.burst, self._level + (now - self._filled) * rate)
        self._filled = now
        if self._level < 1:
            return (1 - self._level) / rate
        self._level -= 1
        return None

    def headers(self, seconds: float) -> dict[str, str]:
        """Retry-After in whole seconds, as HTTP has it, or as a date, or nothing."""
        whole = int(seconds) + 1
        if self._limit.retry_after == "seconds":
            return {"Retry-After": str(whole)}
        if self._limit.retry_after == "date":
            return {"Retry-After": formatdate(time.time() + whole, usegmt=True)}
        return {}
