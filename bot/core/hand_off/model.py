"""A hand-off: a chat that waits for a person of the health team.

WAITING -> CLAIMED -> RELEASED
   |                     ^
   +--- taken back ------+
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class TeamHours:
    """When the health team answers, on the deployment's wall clock, and how soon within these hours."""

    opens: time = time(8, 0)
    closes: time = time(20, 0)
    zone: str = "Asia/Shanghai"
    within: timedelta = timedelta(minutes=30)

    @property
    def words(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"

    def open_at(self, now: datetime) -> bool:
        return self.opens <= now.astimezone(ZoneInfo(self.zone)).time() < self.closes

    def reply_by(self, now: datetime) -> datetime:
        """The promised time of the first reply: within `within` while open, else that long after opening."""
        there = now.astimezone(ZoneInfo(self.zone))
        if self.open_at(now):
            return there + self.within
        day = there.date() if there.time() < self.opens else there.date() + timedelta(days=1)
        return datetime.combine(day, self.opens, ZoneInfo(self.zone)) + self.within
