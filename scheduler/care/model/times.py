"""Half hours and opening hours: cells count in UTC, centres open by their own wall clock.

A cell is numbered by the half hours since 1970 in UTC, so a clock change can neither hide nor double one. A stay
takes every cell that it touches.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SECONDS_A_CELL = 1800
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Span = tuple[int, int]
"""From and to on the wall clock, in minutes since local midnight; `to` may be past 1440 (after midnight)."""


def half_hours(start: datetime, end: datetime) -> range:
    """The numbers of all cells that the stay touches."""
    return range(int(start.timestamp() // SECONDS_A_CELL), -int(-end.timestamp() // SECONDS_A_CELL))


def moment_of(half_hour: int) -> datetime:
    """When the cell begins."""
    return datetime.fromtimestamp(half_hour * SECONDS_A_CELL, UTC)


def wall(day: date, minutes: int, zone: str) -> datetime:
    """The moment (UTC) when the clock of the zone shows so many minutes after midnight of the day.

    A time that a clock change skips becomes the moment as far after the change (02:30 is 03:30).
    """
    days, minute = divmod(minutes, 1440)
    there = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone))
    if days:
        later = day + timedelta(days=days)
        there = there.replace(year=later.year, month=later.month, day=later.day)
    return there.astimezone(UTC)


def day_at(moment: datetime, zone: str) -> date:
    """The calendar day in the zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def minutes_at(moment: datetime, day: date, zone: str) -> int:
    """Minutes on the zone's wall clock since midnight of the day (over 1440 on later days)."""
    there = moment.astimezone(ZoneInfo(zone))
    return (there.date() - day).days * 1440 + there.hour * 60 + there.minute


def read_span(text: str) -> Span:
    """`08:00-17:30` in minutes; ValueError when it is not that, or ends before it begins."""
    begins, ends = (_minutes(part) for part in text.split("-"))
    if ends <= begins:
        ends += 1440
    if ends > 2 * 1440 or ends - begins > 1440:
        raise ValueError(text)
    return begins, ends


def _minutes(text: str) -> int:
    hour, minute = (int(part) for part in text.strip().split(":"))
    if not (0 <= hour <= 24 and 0 <= minute < 60 and hour * 60 + minute <= 1440):
        raise ValueError(text)
    return hour * 60 + minute


def say_span(span: Span) -> str:
    return "-".join(f"{m // 60 % 24 if m != 1440 else 24:02d}:{m % 60:02d}" for m in span)


def days_from(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range(count))
