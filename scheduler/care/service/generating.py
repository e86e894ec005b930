"""Places ahead: cells by opening hours and adults on duty, and the meetings of group series. Safe to run again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.care.model.centre import Centre, DayChange, Room
from scheduler.care.model.times import day_at, days_from, half_hours, moment_of, wall
from scheduler.care.service.free_uses import add_missing
from scheduler.care.service.reading import day_changes, facts
from scheduler.care.service.series import all_series
from scheduler.care.store import CellRow, GroupSessionRow, RoomRow, StaffRow

DAYS_AHEAD = 60


def generate_cells(
    session: Session, now: datetime, *, days: int = DAYS_AHEAD, centre_ids: Iterable[int] | None = None
) -> int:
    """Add the missing cells from today on; existing cells stay as they are. Returns the number of cells looked at."""
    rooms = select(RoomRow.centre_id).distinct()
    if centre_ids is not None:
        rooms = rooms.where(RoomRow.centre_id.in_(list(centre_ids)))
    total = 0
    for known in facts(session, session.scalars(rooms).all()).values():
        centre = known.centre
        ahead = list(days_from(day_at(now, centre.zone), days))
        changes = day_changes(session, [centre.id], ahead)[centre.id]
        for room in known.rooms:
            targets = targets_for(session, centre, room, ahead, changes)
            rows = [
                {"room_id": room.id, "half_hour": h, "booked": 0, "capacity": places, "target": places}
                for h, places in targets.items()
            ]
            add_missing(session, CellRow, rows)
            total += len(rows)
    return total


def targets_for(
    session: Session, centre: Centre, room: Room, days: Iterable[date], changes: Mapping[date, DayChange]
) -> dict[int, int]:
    """Places by half hour while the centre is open: by size, and by the adults on duty then."""
    targets: dict[int, int] = {}
    for day in days:
        for opens, closes in centre.spans_on(day, changes):
            cells = half_hours(wall(day, opens, centre.zone), wall(day, closes, centre.zone))
            targets.update(dict.fromkeys(cells, room.places()))
    if targets:
        for half_hour, adults in duty_in(session, room, range(min(targets), max(targets) + 1)).items():
            if half_hour in targets:
                targets[half_hour] = room.places(adults)
    return targets


def duty_in(session: Session, room: Room, span: range) -> dict[int, int]:
    """Adults on duty in the half hours where it is not the usual number; the row written last holds."""
    rows = session.scalars(
        select(StaffRow)
        .where(
            StaffRow.room_id == room.id,
            StaffRow.starts_at < moment_of(span.stop),
            StaffRow.ends_at > moment_of(span.start),
        )
        .order_by(StaffRow.id)
        .execution_options(populate_existing=True)
    ).all()
    return {h: row.adults for row in rows for h in half_hours(row.starts_at, row.ends_at) if h in span}


def generate_group_sessions(session: Session, now: datetime, *, days: int = DAYS_AHEAD) -> int:
    """Add the missing meetings of all series in the coming days (of a course: all); returns the number looked at."""
    rows: list[dict[str, Any]] = []
    for series in all_series(session):
        until = now + timedelta(days=366 if series.course else days)
        rows += [
            {
                "series_id": series.id,
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(minutes=series.minutes),
                "booked": 0,
                "capacity": series.families,
                "target": series.families,
            }
            for starts_at in series.meetings(now, until)
        ]
    add_missing(session, GroupSessionRow, rows)
    return len(rows)
