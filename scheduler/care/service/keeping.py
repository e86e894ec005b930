"""Centres, rooms and care types into the tables: from a register, the demo town or the console. Idempotent by key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.care.model.centre import LEGAL, AgeGroup
from scheduler.care.model.times import DAYS, read_span
from scheduler.care.store import CareTypeRow, CentreRow, RoomRow

COLUMNS = ("name", "address", "zone", "lat", "lon", "registration", "phone", "from_months", "to_months", "hours")
ABOUT = (
    "names", "qualifications", "website", "facilities", "languages", "photo", "routine", "bring", "rules",
    "fever_limit", "well_for_hours", "operator", "capacity", "district",
    "translations",
)  # fmt: skip


def keep_centre(session: Session, source: str, key: str, fields: Mapping[str, Any]) -> tuple[int, str]:
    """Add or update one centre; its id and `added`, `changed` or `same`. Fields are those of model.Centre."""
    unknown = set(fields) - {*COLUMNS, *ABOUT}
    if unknown:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    digest = hashlib.sha256(json.dumps(fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    row = session.scalar(select(CentreRow).where(CentreRow.source == source, CentreRow.source_key == key))
    if row is not None and row.digest == digest:
        return row.id, "same"
    done = "added" if row is None else "changed"
    if row is None:
        row = CentreRow(source=source, source_key=key, active=True)
        session.add(row)
    for name in COLUMNS:
        setattr(row, name, fields.get(name, "" if name in ("registration", "phone") else None))
    row.hours = dict(fields.get("hours") or {})
    told = {k: fields[k] for k in ABOUT if fields.get(k) not in (None, "", [], {})}
    row.about = {**(row.about or {}), **told}  # what the centre itself wrote, such as its photo, stays
    row.digest = digest
    session.flush()
    return row.id, done


def keep_room(
    session: Session,
    centre_id: int,
    name: str,
    group: AgeGroup,
    *,
    adults: int,
    size: int | None = None,
    from_months: int | None = None,
    to_months: int | None = None,
    same_day_reserve: int = 0,
    names: Mapping[str, str] | None = None,
) -> int:
    """Add or update a room by its name; ages and size are those of the law unless narrower ones are given."""
    rule = LEGAL[group]
    row = session.scalar(select(RoomRow).where(RoomRow.centre_id == centre_id, RoomRow.name == name))
    if row is None:
        row = RoomRow(centre_id=centre_id, name=name)
        session.add(row)
    row.age_group, row.adults, row.same_day_reserve = group.value, adults, same_day_reserve
    row.names = dict(names) if names else row.names
    row.size = rule.largest if size is None else min(size, rule.largest)
    row.from_months = rule.from_months if from_months is None else max(from_months, rule.from_months)
    row.to_months = rule.to_months if to_months is None else min(to_months, rule.to_months)
    session.flush()
    return row.id


def keep_care_type(
    session: Session, centre_id: int, kind: str, fee: Mapping[str, Any], rules: Mapping[str, Any] | None = None
) -> int:
    """Add or update the care type of that kind. Rules: weekdays, window, blocks, min_minutes, max_minutes,
    lead_minutes, last_booking {days_before, at}, free_uses."""
    own = dict(rules or {})
    for span in (*own.get("blocks", ()), *([own["window"]] if own.get("window") else [])):
        read_span(span)
    row = session.scalar(select(CareTypeRow).where(CareTypeRow.centre_id == centre_id, CareTypeRow.kind == kind))
    if row is None:
        row = CareTypeRow(centre_id=centre_id, kind=kind)
        session.add(row)
    row.fee, row.rules = dict(fee), own
    session.flush()
    return row.id


def whole_week(spans: Iterable[str], weekend: Iterable[str] = ()) -> dict[str, list[str]]:
    """The same hours Monday to Friday, others (or none) at the weekend."""
    usual, other = list(spans), list(weekend)
    return {day: own for day in DAYS if (own := usual if day in DAYS[:5] else other)}
