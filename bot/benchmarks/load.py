"""A bounded load: so many messages, so many at once; how long each took and how many a second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import numpy as np


def press(call: Callable[[str], Any], texts: Sequence[str], at_once: int) -> tuple[dict[str, Any], list[Any]]:
    """Call with every text; the figures (p50_ms, p99_ms, per_second, messages) and what the calls gave."""

    def one(text: str) -> tuple[float, Any]:
        started = perf_counter()
        given = call(text)
        return (perf_counter() - started) * 1000, given

    started = perf_counter()
    if at_once == 1:
        done = [one(text) for text in texts]
    else:
        with ThreadPoolExecutor(at_once) as pool:
            done = list(pool.map(one, texts))
    seconds = perf_counter() - started
    spent = [ms for ms, _ in done]
    figures = {
        "messages": len(texts),
        "p50_ms": percentile(spent, 50),
        "p99_ms": percentile(spent, 99),
        "per_second": round(len(texts) / seconds, 1),
    }
    return figures, [given for _, given in done]


def percentile(values: Sequence[float], rank: int) -> float:
    return round(float(np.percentile(values, rank)), 1)
