"""A small centre to test with, and short ways to ask for places there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.core.families.model import Child
from scheduler.care import service as care
from scheduler.care.model.centre import AgeGroup, CareKind
from scheduler.care.model.search import Request
from scheduler.care.service.keeping import whole_week

SHANGHAI = "Asia/Shanghai"
HOURLY = {"currency": "CNY", "per_hour": 3000}


def at(day: int, hour: int, minute: int = 0, *, month: int = 11, zone: str = SHANGHAI) -> datetime:
    """A moment of 2026 on the zone's wall clock, in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def child(name: str, months: int = 16, on: date = date(2026, 11, 20)) -> Child:
    """A child who is so many whole months old on that day."""
    year, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    return Child(name, date(year, month + 1, min(on.day, 28)), "day")


@dataclass(frozen=True)
class Place:
    centre_id: int
    room_id: int


def open_centre(
    session: Session,
    now: datetime,
    *,
    key: str = "one",
    places: int = 2,
    group: AgeGroup = AgeGroup.TODDLERS,
    zone: str = SHANGHAI,
    hours: tuple[str, ...] = ("08:00-18:00",),
    rules: dict[str, Any] | None = None,
    fee: dict[str, Any] | None = None,
    reserve: int = 0,
    days: int = 10,
    lat: float | None = 31.20,
    lon: float | None = 121.45,
    kind: str = "hourly",
) -> Place:
    """A registered centre open every day, one room with so many places, hourly care; cells for the coming days."""
    fields = {
        "name": f"centre {key}", "address": f"{key} road", "zone": zone, "lat": lat, "lon": lon,
        "registration": f"R-{key}", "hours": whole_week(hours, hours), "languages": ["zh"],
    }  # fmt: skip
    centre_id, _ = care.keep_centre(session, "test", key, fields)
    room_id = care.keep_room(session, centre_id, "room", group, adults=10, size=places, same_day_reserve=reserve)
    care.keep_care_type(session, centre_id, kind, fee or HOURLY, rules)
    care.generate_cells(session, now, days=days, centre_ids=[centre_id])
    return Place(centre_id, room_id)


def ask(
    place: Place,
    start: datetime,
    hours: float = 2,
    *,
    children: tuple[Child, ...] | None = None,
    family: str = "family",
    key: str | None = None,
    kind: CareKind = CareKind.HOURLY,
    end: datetime | None = None,
) -> Request:
    """A request for a stay; every family has one child of its own unless others are named."""
    return Request(
        key=key or f"{family}-{start:%d%H%M}-{hours}",
        family_id=family,
        booked_by=f"parent of {family}"[:32],
        children=children or (child(f"child of {family}"[:32]),),
        centre_id=place.centre_id,
        kind=kind,
        start=start,
        end=end or start + timedelta(hours=hours),
    )
