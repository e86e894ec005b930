"""What may be asked for: whole calendar months. Periods that overlap would let small groups be worked out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_EARLIEST = date(2020, 1, 1)  # nothing was counted before


@dataclass(frozen=True, slots=True)
class Month:
    """`first` is its first day; times are on the wall clock of `zone`."""

    first: date
    zone: ZoneInfo

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
        return [self.first + timedelta(days=n) for n in range((self.next_first - self.first).days)]

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.next_first, time(), self.zone)

    def before(self, count: int = 1) -> Month:
        first = self.first
        for _ in range(count):
            first = (first - timedelta(days=1)).replace(day=1)
        return Month(first, self.zone)
