"""A made-up city of centres with rooms and cells, written straight into the tables."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.core.db import Database
from scheduler.care.model.times import day_at, days_from, half_hours, wall
from scheduler.care.service.keeping import whole_week
from scheduler.care.store import CareTypeRow, CentreRow, RoomRow

ZONE = "Asia/Shanghai"
MIDDLE = (31.23, 121.47)
SPREAD = 0.16
"""Degrees around the middle: a city of some thirty-five kilometres."""
_FILL = text(
    "INSERT INTO care_cell (room_id, half_hour, booked, capacity, target)"
    " SELECT id, CAST(:half_hour AS INTEGER), (id * 7 + CAST(:half_hour AS INTEGER) * 3) % 11, 10, 10 FROM care_room"
)
ROOMS = (("toddlers", 12, 24), ("older", 24, 36))
PLACES = 10


def build_city(database: Database, now: datetime, *, centres: int, days: int, seed: int = 7) -> None:
    """Centres with two rooms each, open 08:00-18:00 every day, every second half hour of work taken to the half."""
    chance = random.Random(seed)
    with database.begin() as session:
        for number in range(centres):
            _centre(session, number, chance)
        session.flush()
        for day in days_from(day_at(now, ZONE) + timedelta(days=1), days):
            cells = half_hours(wall(day, 8 * 60, ZONE), wall(day, 18 * 60, ZONE))
            session.execute(_FILL, [{"half_hour": n} for n in cells])
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
        raw.exec_driver_sql("ANALYZE")


def build_map(database: Database, *, centres: int, seed: int = 7) -> None:
    """Only centres on the map, for the nearest-centre search."""
    chance = random.Random(seed)
    with database.begin() as session:
        session.add_all([_row(number, chance) for number in range(centres)])


def _centre(session: Session, number: int, chance: random.Random) -> None:
    row = _row(number, chance)
    session.add(row)
    session.flush()
    session.add_all(
        [
            RoomRow(
                centre_id=row.id,
                name=group,
                age_group=group,
                from_months=low,
                to_months=high,
                size=PLACES,
                adults=3,
                same_day_reserve=0,
            )
            for group, low, high in ROOMS
        ]
    )
    session.add(CareTypeRow(centre_id=row.id, kind="hourly", fee={"currency": "CNY", "per_hour": 3000}, rules={}))


def _row(number: int, chance: random.Random) -> CentreRow:
    return CentreRow(
        source="bench",
        source_key=str(number),
        digest="",
        name=f"centre {number}",
        address=f"road {number}",
        zone=ZONE,
        lat=MIDDLE[0] + chance.uniform(-SPREAD, SPREAD),
        lon=MIDDLE[1] + chance.uniform(-SPREAD, SPREAD),
        registration=f"B{number}" if number % 5 else "",
        phone="",
        hours=whole_week(["08:00-18:00"], ["08:00-18:00"]),
        about={"languages": ["zh"]},
        active=True,
    )


def a_point(chance: random.Random) -> tuple[float, float]:
    return MIDDLE[0] + chance.uniform(-SPREAD, SPREAD), MIDDLE[1] + chance.uniform(-SPREAD, SPREAD)
