"""The demo town: eight invented centres and their group sessions from demo/*.yaml; seeding it again does no harm."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.care.model.centre import AgeGroup
from scheduler.care.model.group import GroupKind, GroupSeries
from scheduler.care.model.times import DAYS, day_at, half_hours
from scheduler.care.service.generating import generate_cells, generate_group_sessions
from scheduler.care.service.keeping import keep_care_type, keep_centre, keep_room, whole_week
from scheduler.care.service.series import add_series
from scheduler.care.store import CellRow, CentreDayRow, CentreRow, GroupSeriesRow, RoomRow

DEMO = Path(__file__).parent / "demo"
SOURCE = "demo"
CENTRE_OF_TOWN = (31.2320, 121.4700)
"""Latitude and longitude of the town's park, to try 'near me'."""


def seed_demo(session: Session, now: datetime, *, days: int = 30) -> int:
    """The town with places for the coming days; returns its number of centres. Safe to run at every start."""
    data = _read("centres.yaml")
    ids: dict[str, int] = {}
    for entry in data["centres"]:
        ids[entry["key"]] = _centre(session, data["zone"], data["shared"], entry)
    for entry in _read("groups.yaml")["series"]:
        _series(session, data["zone"], entry, ids[entry["centre"]], now)
    if _runs_out(session, ids.values(), now + timedelta(days=days - 2)):
        generate_cells(session, now, days=days, centre_ids=ids.values())
        generate_group_sessions(session, now)
    return len(ids)


def _read(name: str) -> Any:
    text = (DEMO / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (a safe loader)


def _runs_out(session: Session, centre_ids: Iterable[int], moment: datetime) -> bool:
    """Whether some centre of the town has no cells any more then."""
    later = half_hours(moment - timedelta(days=3), moment)
    centres = session.scalars(
        select(RoomRow.centre_id)
        .distinct()
        .join(CellRow, CellRow.room_id == RoomRow.id)
        .where(CellRow.half_hour >= later.start)
    ).all()
    return not set(centre_ids) <= set(centres)


def _centre(session: Session, zone: str, shared: dict[str, Any], entry: dict[str, Any]) -> int:
    things = {*entry["qualifications"], *entry["facilities"]}
    fields = {
        "name": entry["name"],
        "names": {"zh": entry["name"], "en": entry["en"]},
        "zone": zone,
        "translations": {"en": {k: v for k, v in shared["in_english"].items() if k in things}},
        "hours": whole_week(entry.get("weekday", shared["weekday"]), entry.get("weekend", ())),
        **{k: entry[k] for k in ("address", "district", "lat", "lon", "registration", "phone")},
        **{k: entry[k] for k in ("qualifications", "facilities", "languages")},
        **{k: entry.get(k, shared[k]) for k in ("bring", "rules", "routine", "fever_limit", "well_for_hours")},
    }
    centre_id, done = keep_centre(session, SOURCE, entry["key"], fields)
    if done == "same":
        return centre_id
    for room in entry["rooms"]:
        keep_room(
            session,
            centre_id,
            room["name"],
            AgeGroup(room["group"]),
            adults=room["adults"],
            size=room.get("size"),
            same_day_reserve=room.get("same_day_reserve", 0),
            names={"en": room["en"]} if "en" in room else None,
        )
    for kind, care in entry["care"].items():
        rules = {k: v for k, v in care.items() if k != "fee"}
        keep_care_type(session, centre_id, kind, {"currency": "CNY", **care["fee"]}, rules)
    for day in entry.get("closed", ()):
        closed = date.fromisoformat(day)
        if session.get(CentreDayRow, (centre_id, closed)) is None:
            session.add(CentreDayRow(centre_id=centre_id, day=closed, spans=[], reason="holiday"))
    return centre_id


def _series(session: Session, zone: str, entry: dict[str, Any], centre_id: int, now: datetime) -> None:
    key = f"{SOURCE}:{entry['key']}"
    if session.scalar(select(GroupSeriesRow.id).where(GroupSeriesRow.source_key == key)) is not None:
        return
    centre = session.get_one(CentreRow, centre_id)
    today = day_at(now, zone)
    first = today + timedelta(days=(DAYS.index(entry["day"]) - today.weekday() - 1) % 7 + 1)
    series = GroupSeries(
        id=0,
        kind=GroupKind(entry["kind"]),
        domain=entry["domain"],
        titles=entry["titles"],
        about=entry["about"],
        host=entry["host"],
        zone=zone,
        first=datetime.combine(first, time.fromisoformat(entry["time"])),
        minutes=entry["minutes"],
        families=entry["families"],
        from_months=entry["months"][0],
        to_months=entry["months"][1],
        rule=entry["rule"],
        course=entry.get("course", False),
        lead_minutes=entry.get("lead_minutes", 0),
        languages=tuple(entry.get("languages", ("zh",))),
        place=centre.name,
        address=centre.address,
        lat=centre.lat,
        lon=centre.lon,
        centre_id=centre_id,
    )
    add_series(session, key, series)
