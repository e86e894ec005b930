"""When tips come: so many a week, in the evening, each with a key of its week, so that there are never more. Pure."""

from __future__ import annotations

import zlib
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.reminders.model import Kind, Planned

WEEKDAYS = {0: (), 1: (2,), 2: (1, 4), 3: (0, 2, 5)}  # Monday is 0
EVENING = 19 * 60  # minutes after midnight; families are spread over the hour that follows
USEFUL = timedelta(hours=24)
WEEKS_AHEAD = 2


def planned_tips(parent_id: str, zone: str, a_week: int, now: datetime) -> list[Planned]:
    """The tips of this week and the next: those that could still be sent."""
    local = now.astimezone(ZoneInfo(zone))
    monday = local.date() - timedelta(days=local.weekday())
    minute = EVENING + zlib.crc32(parent_id.encode()) % 60
    found: list[Planned] = []
    for week in range(WEEKS_AHEAD):
        begins = monday + timedelta(weeks=week)
        year, number, _ = begins.isocalendar()
        for place, weekday in enumerate(WEEKDAYS[a_week]):
            day = begins + timedelta(days=weekday)
            due_at = datetime.combine(day, time(minute // 60, minute % 60), ZoneInfo(zone))
            if due_at + USEFUL > now:
                key = f"tip:{parent_id}:{year}-{number:02}:{place}"
                found.append(Planned(key, Kind.TIP, parent_id, None, key, due_at, due_at + USEFUL, {}))
    return found
