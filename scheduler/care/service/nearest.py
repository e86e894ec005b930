"""Centres near a place, through filters. A box on the map that doubles until enough centres are inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from math import cos, radians

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.care.model.centre import CareType, Centre, DayChange
from scheduler.care.model.search import Filters, Near, Point
from scheduler.care.model.times import day_at, minutes_at
from scheduler.care.service.reading import CentreFacts, day_changes, facts
from scheduler.care.store import BookingRow, CareFamilyRow, CentreRow

FIRST_BOX = 1_000.0
LAST_BOX = 64_000.0
METRES_A_DEGREE = 111_320.0
EVENING = 18 * 60
AT_ONCE = 20


def nearest_centres(
    session: Session, near: Point | None, now: datetime, filters: Filters | None = None, *, limit: int = 5
) -> list[Near]:
    """The nearest centres that pass the filters, nearest first; without a place on the map, in the order of names."""
    return [n for n, _ in nearest_facts(session, near, now, filters or Filters(), limit=limit)]


def nearest_facts(
    session: Session, near: Point | None, now: datetime, filters: Filters, *, limit: int
) -> list[tuple[Near, CentreFacts]]:
    """The same with rooms and care types."""
    if near is None:
        ids = session.scalars(select(CentreRow.id).where(CentreRow.active).order_by(CentreRow.name)).all()
        return _passing(session, [(None, i) for i in ids], now, filters, limit)
    largest = min(filters.within_metres or LAST_BOX, LAST_BOX)
    box = min(FIRST_BOX, largest)
    while True:
        found = _passing(session, _in_circle(session, near, box), now, filters, limit)
        if len(found) >= limit or box >= largest:
            return found
        box = min(box * 2, largest)


def last_centre(session: Session, family_id: str) -> int | None:
    """The centre where the family last held a place."""
    row = session.get(CareFamilyRow, family_id)
    return row.last_centre_id if row is not None else None


def knows_centre(session: Session, family_id: str, centre_id: int, *, besides: str) -> bool:
    """Whether the family has booked a stay there before, the party `besides` and what it was moved from aside."""
    moved_from = select(BookingRow.moved_from).where(BookingRow.party_id == besides, BookingRow.moved_from.is_not(None))
    known = select(BookingRow.id).where(
        BookingRow.family_id == family_id, BookingRow.centre_id == centre_id, BookingRow.confirmed_at.is_not(None),
        BookingRow.group_session_id.is_(None), BookingRow.party_id != besides, BookingRow.party_id.not_in(moved_from),
    )  # fmt: skip
    return session.execute(known.limit(1)).first() is not None


def find_centres(session: Session, text: str, *, limit: int = 5) -> list[Centre]:
    """Centres whose name or address holds the text, for a parent who types a place."""
    like = f"%{text.strip()}%"
    ids = session.scalars(
        select(CentreRow.id)
        .where(CentreRow.active, CentreRow.name.ilike(like) | CentreRow.address.ilike(like))
        .order_by(CentreRow.name)
        .limit(limit)
    ).all()
    return [known.centre for known in facts(session, ids).values()]


def _in_circle(session: Session, near: Point, metres: float) -> list[tuple[float | None, int]]:
    tall = metres / METRES_A_DEGREE
    wide = tall / max(0.01, cos(radians(near.lat)))
    query = select(CentreRow.id, CentreRow.lat, CentreRow.lon).where(
        CentreRow.lat.between(near.lat - tall, near.lat + tall),
        CentreRow.lon.between(near.lon - wide, near.lon + wide),
        CentreRow.active,
    )
    rows = session.execute(query)
    far = ((near.metres_to(Point(lat, lon)), i) for i, lat, lon in rows if lat is not None and lon is not None)
    return [(away, i) for away, i in sorted(far) if away <= metres]


def _passing(
    session: Session, ids: list[tuple[float | None, int]], now: datetime, filters: Filters, limit: int
) -> list[tuple[Near, CentreFacts]]:
    found: list[tuple[Near, CentreFacts]] = []
    for begin in range(0, len(ids), AT_ONCE):
        away = {i: metres for metres, i in ids[begin : begin + AT_ONCE]}
        known = facts(session, away)
        changes: Mapping[int, Mapping[date, DayChange]] = {}
        if filters.open_now:
            changes = day_changes(session, known, {day_at(now, k.centre.zone) for k in known.values()})
        for centre_id, centre in known.items():
            if passes(centre, filters, now, changes.get(centre_id, {})):
                found.append((Near(centre.centre, away[centre_id]), centre))
        if len(found) >= limit:
            break
    return found[:limit]


def passes(known: CentreFacts, filters: Filters, now: datetime, changes: Mapping[date, DayChange]) -> bool:
    """Whether the centre has everything that the filters ask for."""
    centre = known.centre
    return (
        (not filters.registered or centre.registered)
        and (not filters.bookable or centre.bookable)
        and (filters.language is None or filters.language in centre.languages)
        and (filters.age_months is None or _takes_age(known, filters.age_months))
        and (not filters.weekend or any(centre.hours.get(day) for day in (5, 6)))
        and (not filters.evening or any(to > EVENING for spans in centre.hours.values() for _, to in spans))
        and (filters.price_at_most is None or _has_price(known.care_types, filters.price_at_most))
        and (not filters.open_now or is_open_now(centre, now, changes))
    )


def is_open_now(centre: Centre, now: datetime, changes: Mapping[date, DayChange]) -> bool:
    day = day_at(now, centre.zone)
    minute = minutes_at(now, day, centre.zone)
    return any(opens <= minute < closes for opens, closes in centre.spans_on(day, changes))


def _takes_age(known: CentreFacts, months: float) -> bool:
    if known.rooms:
        return any(r.from_months <= months < r.to_months for r in known.rooms)
    centre = known.centre
    return (centre.from_months or 0) <= months and (centre.to_months is None or months < centre.to_months)


def _has_price(care_types: Iterable[CareType], an_hour: int) -> bool:
    """Some care type costs at most so much an hour; blocks by their flat price over their length."""
    for care_type in care_types:
        fee = care_type.fee
        if fee.flat is not None and any(fee.flat * 60 <= an_hour * (to - at) for at, to in care_type.blocks):
            return True
        if fee.per_hour is not None and fee.per_hour <= an_hour:
            return True
    return False
