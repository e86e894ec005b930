"""How many places are free, half hour by half hour, on the coming days: for the picture of a centre's week."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.families.model import Child
from scheduler.care.model.search import FreeDay
from scheduler.care.model.stay import rooms_for
from scheduler.care.model.times import day_at, days_from, half_hours, wall
from scheduler.care.service.reading import centre_facts
from scheduler.care.store import CellRow

HALF_HOUR = 30


def free_table(session: Session, centre_id: int, child: Child, now: datetime, *, days: int = 7) -> list[FreeDay]:
    """From today on; of several rooms of the child's age the one with most places counts, and what a room keeps for
    the day itself only on that day."""
    known = centre_facts(session, centre_id)
    zone, today = known.centre.zone, day_at(now, known.centre.zone)
    found = []
    for day in days_from(today, days):
        fit = rooms_for([child], known.rooms, day)
        kept = {} if isinstance(fit, tuple) else {r.id: 0 if day == today else r.same_day_reserve for r in fit[0]}
        whole = half_hours(max(wall(day, 0, zone), now), wall(day, 24 * 60, zone))
        rows = session.execute(
            select(CellRow.room_id, CellRow.half_hour, CellRow.capacity - CellRow.booked, CellRow.target)
            .where(CellRow.room_id.in_(kept), CellRow.half_hour >= whole.start, CellRow.half_hour < whole.stop)
        ).all()  # fmt: skip
        midnight = half_hours(wall(day, 0, zone), wall(day, HALF_HOUR, zone)).start
        free: dict[int, int] = {}
        for room, half_hour, places, target in rows:
            if target > 0:
                minute = (half_hour - midnight) * HALF_HOUR
                free[minute] = max(free.get(minute, 0), places - kept[room], 0)
        found.append(FreeDay(day, free))
    return found
