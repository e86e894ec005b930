"""A share with its N and its interval, so that nobody reads three of four as 75 %."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import Any

_Z = 1.959964  # 95 %


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson 1927); (0, 1) when nothing was counted."""
    if not 0 <= hits <= count:
        raise ValueError("hits lie between 0 and count")
    if count == 0:
        return 0.0, 1.0
    share, square = hits / count, _Z * _Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = _Z / (1 + square / count) * sqrt(share * (1 - share) / count + square / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def share(outcomes: Iterable[bool]) -> dict[str, Any]:
    """JSON-ready: n, hits, share and interval (0-1); share and interval are None when n is 0."""
    seen = list(outcomes)
    hits = sum(seen)
    if not seen:
        return {"n": 0, "hits": 0, "share": None, "interval": None}
    low, high = wilson(hits, len(seen))
    return {
        "n": len(seen),
        "hits": hits,
        "share": round(hits / len(seen), 4),
        "interval": [round(low, 4), round(high, 4)],
    }


def words(measured: dict[str, Any]) -> str:
    """'93.1 % (27/29; 78-98)'"""
    if not measured["n"]:
        return "-"
    low, high = measured["interval"]
    return f"{measured['share']:.1%} ({measured['hits']}/{measured['n']}; {low * 100:.0f}-{high * 100:.0f})"
