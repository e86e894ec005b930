"""Which part of the house a message spends its time in. A stage inside another counts for itself only."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter
from typing import Any

from bot.house import House


class StageClock:
    """One for all threads; every thread has its own times."""

    def __init__(self) -> None:
        self._own = threading.local()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        inner, times = self._state()
        started = perf_counter()
        inner.append(0.0)
        try:
            yield
        finally:
            spent = perf_counter() - started
            times[name] += (spent - inner.pop()) * 1000
            if inner:
                inner[-1] += spent

    def take(self) -> dict[str, float]:
        """Milliseconds by stage since the last call in this thread."""
        _, times = self._state()
        taken = dict(times)
        times.clear()
        return taken

    def _state(self) -> tuple[list[float], defaultdict[str, float]]:
        if not hasattr(self._own, "inner"):
            self._own.inner, self._own.times = [], defaultdict(float)
        return self._own.inner, self._own.times


def timed(house: House, clock: StageClock) -> House:
    """The same house with a clock at its doors."""
    doors: Any = {
        "triage": _Timed(house.triage, clock, {"assess": "danger"}),
        "interpreter": _Timed(house.interpreter, clock, {"parse": "intent"}),
        "library": _Timed(house.library, clock, {"find": "search", "also_asked": "search", "embed": "embedding"}),
        "renderer": _Timed(house.renderer, clock, {"render": "rendering"}),
        "database": _TimedDatabase(house.database, clock),
    }
    return replace(house, **doors)


class _Timed:
    """Passes everything on; the named methods are timed."""

    def __init__(self, inner: Any, clock: StageClock, methods: Mapping[str, str]) -> None:
        self._inner = inner
        for method, stage in methods.items():
            setattr(self, method, self._clocked(getattr(inner, method), clock, stage))

    @staticmethod
    def _clocked(call: Any, clock: StageClock, stage: str) -> Any:
        def measured(*args: Any, **named: Any) -> Any:
            with clock.stage(stage):
                return call(*args, **named)

        return measured

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _TimedDatabase:
    """A transaction from its beginning (waiting for the writer included) to its commit."""

    def __init__(self, inner: Any, clock: StageClock) -> None:
        self._inner, self._clock = inner, clock

    @contextmanager
    def begin(self) -> Iterator[Any]:
        with self._clock.stage("database"), self._inner.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Any]:
        with self._clock.stage("database"), self._inner.read() as session:
            yield session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
