"""What may be asked for: whole calendar months. Periods that overlap would let small groups be worked out.

The present month grows by whole days, so that nobody can watch one family come.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_EARLIEST = date(2020, 1, 1)  # nothing was counted before


@dataclass(frozen=True, slots=True)
class Month:
    """`first` is its first day; times are on the wall clock of `zone`."""

    first: date
    zone: ZoneInfo
    last: date | None = None  # the first day that does not count any more; none: that of the next month

    @classmethod
    def read(cls, text: str, today: date, zone: ZoneInfo) -> Month:
        """2026-11; what cannot be read, or lies ahead, is the month of today."""
        try:
            first = date.fromisoformat(f"{text[:7]}-01")
        except ValueError:
            first = today.replace(day=1)
        return cls(max(min(first, today.replace(day=1)), _EARLIEST), zone)

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def next_first(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.over - self.first).days)]

    @property
    def over(self) -> date:
        return self.last or self.next_first

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.over, time(), self.zone)

    def until(self, now: datetime) -> Month:
        """Without today and what is to come: numbers that grow before one's eyes tell who has just been here."""
        today = now.astimezone(self.zone).date()
        return replace(self, last=min(self.next_first, max(self.first, today)))

    def before(self, count: int = 1) -> Month:
        first = self.first
        for _ in range(count):
            first = (first - timedelta(days=1)).replace(day=1)
        return Month(first, self.zone)
