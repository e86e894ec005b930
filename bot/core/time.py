"""Time as the house keeps it: UTC in rows, local only in texts, `now` always an argument."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def local(moment: datetime, zone: str) -> datetime:
    """The same moment on the wall clock of an IANA zone."""
    return moment.astimezone(ZoneInfo(zone))
