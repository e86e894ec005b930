"""A hand-off: a chat that waits for a person of the health team.

WAITING -> CLAIMED -> RELEASED
   |                     ^
   +--- taken back ------+
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class TeamHours:
    """When the health team answers, on the deployment's wall clock, and how soon within these hours.

    `week`: (opens, closes) by weekday, 0 is Monday; a weekday that is missing is closed. Empty: `opens` to `closes`
    every day.
    """

    opens: time = time(8, 0)
    closes: time = time(20, 0)
    zone: str = "Asia/Shanghai"
    within: timedelta = timedelta(minutes=30)
    week: Mapping[int, tuple[time, time]] = field(default_factory=dict)

    def on(self, day: date) -> tuple[time, time] | None:
        """When the team is there on this day; None when it is not."""
        return self.week.get(day.weekday()) if self.week else (self.opens, self.closes)

    def words_at(self, now: datetime) -> str:
        """The hours of today, or of the next day on which the team is there: "08:00-20:00"."""
        opens, closes = self._span_from(now.astimezone(ZoneInfo(self.zone)).date())[1]
        return f"{opens:%H:%M}-{closes:%H:%M}"

    def open_at(self, now: datetime) -> bool:
        there = now.astimezone(ZoneInfo(self.zone))
        span = self.on(there.date())
        return span is not None and span[0] <= there.time() < span[1]

    def reply_by(self, now: datetime) -> datetime:
        """The promised time of the first reply: within `within` while open, else that long after opening."""
        there = now.astimezone(ZoneInfo(self.zone))
        if self.open_at(now):
            return there + self.within
        today = self.on(there.date())
        still_to_come = today is not None and there.time() < today[0]
        day, (opens, _) = self._span_from(there.date() if still_to_come else there.date() + timedelta(days=1))
        return datetime.combine(day, opens, ZoneInfo(self.zone)) + self.within

    def _span_from(self, day: date) -> tuple[date, tuple[time, time]]:
        for ahead in range(8):
            span = self.on(day + timedelta(days=ahead))
            if span is not None:
                return day + timedelta(days=ahead), span
        return day, (self.opens, self.closes)
