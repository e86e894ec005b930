"""How much one visitor, and one network address, may write. Counted in memory: each process counts for itself.

Each has an allowance that refills evenly (the generic cell rate algorithm): one moment is kept for each, nothing
runs in the background, and time is an argument.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

_SWEEP_AT = 10_000  # kept moments; beyond, those that have refilled are dropped


@dataclass(frozen=True, slots=True)
class Allowance:
    """`at_once` messages, refilled at `a_minute`."""

    at_once: int
    a_minute: float

    @property
    def apart(self) -> timedelta:
        return timedelta(minutes=1) / self.a_minute


@dataclass(frozen=True, slots=True)
class Pace:
    """Many families share one address of a mobile network, so that one is wide."""

    visitor: Allowance = Allowance(at_once=20, a_minute=30)
    host: Allowance = Allowance(at_once=300, a_minute=600)


class Gate:
    """Thread-safe."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._full_at: dict[tuple[str, str], datetime] = {}  # when the allowance will be whole again
        self._lock = threading.Lock()

    def wait(self, *, visitor: str, host: str, now: datetime) -> int:
        """Seconds until this may go through; 0: it may, and is counted."""
        wanted = ((("visitor", visitor), self._pace.visitor), (("host", host), self._pace.host))
        with self._lock:
            waits = [self._missing(key, allowance, now) for key, allowance in wanted]
            if max(waits) > timedelta():
                return math.ceil(max(waits).total_seconds())
            for key, allowance in wanted:
                self._full_at[key] = max(self._full_at.get(key, now), now) + allowance.apart
            if len(self._full_at) > _SWEEP_AT:
                self._full_at = {key: moment for key, moment in self._full_at.items() if moment > now}
        return 0

    def _missing(self, key: tuple[str, str], allowance: Allowance, now: datetime) -> timedelta:
        full_at = max(self._full_at.get(key, now), now)
        return full_at + allowance.apart - now - allowance.at_once * allowance.apart
