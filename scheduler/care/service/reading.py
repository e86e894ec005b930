"""From rows to what the rules see, and the plain look-ups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from json import loads
from typing import Any, cast

from sqlalchemy import JSON, LABEL_STYLE_TABLENAME_PLUS_COL, ColumnElement, Table, Text, bindparam, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session

from bot.core.db import Base
from scheduler.care.model.booking import OPEN, Booking, Guest, Party, State
from scheduler.care.model.centre import AgeGroup, CareKind, CareType, Centre, DayChange, Fee, Hours, Money, Room
from scheduler.care.model.errors import UnknownBooking, UnknownCentre
from scheduler.care.model.times import DAYS, read_span
from scheduler.care.store import BookingRow, CareTypeRow, CentreDayRow, CentreRow, RoomRow


@dataclass(frozen=True, slots=True)
class CentreFacts:
    """A centre with its rooms and care types."""

    centre: Centre
    rooms: tuple[Room, ...]
    care_types: tuple[CareType, ...]

    def room(self, room_id: int) -> Room:
        return next(r for r in self.rooms if r.id == room_id)

    def care_type(self, kind: CareKind) -> CareType | None:
        return next((c for c in self.care_types if c.kind is kind), None)


def centre(session: Session, centre_id: int) -> Centre:
    return facts(session, [centre_id])[centre_id].centre


def centre_facts(session: Session, centre_id: int) -> CentreFacts:
    return facts(session, [centre_id])[centre_id]


_T = {t: cast(Table, t.__table__) for t in (CentreRow, RoomRow, CareTypeRow, CentreDayRow)}


def _columns(table: type[Base]) -> list[ColumnElement[Any]]:
    """All columns; JSON as it is written."""
    own = cast(Table, table.__table__)
    return [cast_to(c, Text).label(f"{own.name}_{c.name}") if isinstance(c.type, JSON) else c for c in own.c]


_READ_TO_BOOK = (CentreRow, RoomRow, CareTypeRow, CentreDayRow)
_TO_BOOK = (
    select(*(c for table in _READ_TO_BOOK for c in _columns(table)))
    .set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    .select_from(
        _T[CentreRow]
        .join(_T[RoomRow], _T[RoomRow].c.centre_id == _T[CentreRow].c.id)
        .join(_T[CareTypeRow], _T[CareTypeRow].c.centre_id == _T[CentreRow].c.id)
        .outerjoin(
            _T[CentreDayRow],
            (_T[CentreDayRow].c.centre_id == _T[CentreRow].c.id)
            & _T[CentreDayRow].c.day.between(bindparam("first"), bindparam("last")),
        )
    )
    .where(_T[CentreRow].c.id == bindparam("centre"))
    .order_by(_T[RoomRow].c.id, _T[CareTypeRow].c.id)
    .with_for_update(read=True, of=_T[RoomRow])
)


def facts_to_book(session: Session, centre_id: int, start: datetime) -> tuple[CentreFacts, dict[date, DayChange]]:
    """A centre with rooms, care types and the changed days around the start; in one query.

    It shares a lock on the rooms, so that hours and staff do not change between reading and booking. A centre
    without rooms or care types cannot be booked: it comes without both.
    """
    session.flush()
    around = (start - timedelta(days=1)).date(), (start + timedelta(days=1)).date()
    rows = session.execute(_TO_BOOK, {"centre": centre_id, "first": around[0], "last": around[1]}).all()
    if not rows:
        return centre_facts(session, centre_id), {}
    return _understood(tuple(map(tuple, rows)))


@lru_cache(maxsize=4096)
def _understood(rows: tuple[tuple[Any, ...], ...]) -> tuple[CentreFacts, dict[date, DayChange]]:
    """What the stored words mean. The same words mean the same: nothing here can be out of date."""
    centres: dict[int, CentreRow] = {}
    rooms: dict[int, Room] = {}
    care_types: dict[int, CareType] = {}
    changes: dict[date, DayChange] = {}
    for row in rows:
        left = iter(row)
        centre, room, care, day = (_row_of(table, left) for table in _READ_TO_BOOK)
        centres.setdefault(centre.id, centre)
        rooms.setdefault(room.id, _room(room))
        care_types.setdefault(care.id, _care_type(care))
        if day.day is not None:
            changes.setdefault(day.day, _change(day))
    (only,) = centres.values()
    return CentreFacts(centre_of(only, bookable=True), tuple(rooms.values()), tuple(care_types.values())), changes


def _row_of(table: type[Any], values: Iterator[Any]) -> Any:
    """A row that is in no session, from the next values of a line."""
    own = cast(Table, table.__table__)
    return table(
        **{
            c.name: loads(v) if isinstance(c.type, JSON) and v is not None else v
            for c, v in zip(own.c, values, strict=False)
        }
    )


def facts(session: Session, centre_ids: Iterable[int]) -> dict[int, CentreFacts]:
    """By centre id, in the order asked; UnknownCentre when one does not exist."""
    wanted = list(dict.fromkeys(centre_ids))
    centres = {r.id: r for r in session.scalars(select(CentreRow).where(CentreRow.id.in_(wanted)))}
    rooms: dict[int, list[Room]] = {}
    of_rooms = select(RoomRow).where(RoomRow.centre_id.in_(wanted)).order_by(RoomRow.id)
    for room in session.scalars(of_rooms):
        rooms.setdefault(room.centre_id, []).append(_room(room))
    care_types: dict[int, list[CareType]] = {}
    for row in session.scalars(select(CareTypeRow).where(CareTypeRow.centre_id.in_(wanted)).order_by(CareTypeRow.id)):
        care_types.setdefault(row.centre_id, []).append(_care_type(row))
    found = {}
    for wanted_id in wanted:
        if wanted_id not in centres:
            raise UnknownCentre
        own = rooms.get(wanted_id, [])
        types = care_types.get(wanted_id, [])
        found[wanted_id] = CentreFacts(
            centre_of(centres[wanted_id], bookable=bool(own and types)), tuple(own), tuple(types)
        )
    return found


def day_changes(session: Session, centre_ids: Iterable[int], days: Iterable[date]) -> dict[int, dict[date, DayChange]]:
    """Changed days by centre and day."""
    ids, wanted = list(centre_ids), list(days)
    found: dict[int, dict[date, DayChange]] = {i: {} for i in ids}
    query = select(CentreDayRow).where(CentreDayRow.centre_id.in_(ids), CentreDayRow.day.in_(wanted))
    for row in session.scalars(query.execution_options(populate_existing=True)):
        found[row.centre_id][row.day] = _change(row)
    return found


def _change(row: CentreDayRow) -> DayChange:
    return DayChange(row.day, tuple(read_span(s) for s in row.spans), row.reason)


def party(session: Session, party_id: str, family_id: str | None = None) -> Party:
    """All lines booked in one go; UnknownBooking when there are none, or they are another family's."""
    rows = session.scalars(
        select(BookingRow)
        .where(BookingRow.party_id == party_id)
        .order_by(BookingRow.line)
        .execution_options(populate_existing=True)
    ).all()
    if not rows or (family_id is not None and rows[0].family_id != family_id):
        raise UnknownBooking
    return tuple(booking_of(r) for r in rows)


def list_bookings(session: Session, family_id: str, now: datetime, *, past: bool = False) -> list[Party]:
    """The family's open, held and waited-for parties that are not over, soonest first; with `past`, the others too."""
    query = select(BookingRow).where(BookingRow.family_id == family_id)
    if not past:
        living = [s.value for s in (*OPEN, State.WAITLISTED)]
        query = query.where(BookingRow.ends_at > now, BookingRow.state.in_(living))
    rows = session.scalars(
        query.order_by(BookingRow.starts_at, BookingRow.line).execution_options(populate_existing=True)
    )
    parties: dict[str, list[Booking]] = {}
    for row in rows:
        booking = booking_of(row)
        if past or booking.state is not State.HELD or (booking.held_until or now) > now:
            parties.setdefault(row.party_id, []).append(booking)
    return [tuple(lines) for lines in parties.values()]


def centre_of(row: CentreRow, *, bookable: bool) -> Centre:
    about = row.about
    return Centre(
        id=row.id,
        name=row.name,
        address=row.address,
        zone=row.zone,
        lat=row.lat,
        lon=row.lon,
        names=about.get("names", {}),
        registration=row.registration,
        qualifications=tuple(about.get("qualifications", ())),
        phone=row.phone,
        website=about.get("website", ""),
        facilities=tuple(about.get("facilities", ())),
        translations=about.get("translations", {}),
        languages=tuple(about.get("languages", ())),
        photo=about.get("photo", ""),
        routine=about.get("routine", {}),
        bring={k: tuple(v) for k, v in about.get("bring", {}).items()},
        rules={k: tuple(v) for k, v in about.get("rules", {}).items()},
        fever_limit=about.get("fever_limit"),
        well_for_hours=about.get("well_for_hours"),
        hours=hours_of(row.hours),
        from_months=row.from_months,
        to_months=row.to_months,
        bookable=bookable,
    )


def hours_of(stored: Mapping[str, list[str]]) -> Hours:
    return {DAYS.index(day): tuple(read_span(s) for s in spans) for day, spans in stored.items()}


def _room(row: RoomRow) -> Room:
    return Room(
        id=row.id,
        centre_id=row.centre_id,
        name=row.name,
        names=row.names or {},
        group=AgeGroup(row.age_group),
        from_months=row.from_months,
        to_months=row.to_months,
        size=row.size,
        adults=row.adults,
        same_day_reserve=row.same_day_reserve,
    )


def _care_type(row: CareTypeRow) -> CareType:
    rules: dict[str, Any] = row.rules
    last = rules.get("last_booking")
    return CareType(
        id=row.id,
        centre_id=row.centre_id,
        kind=CareKind(row.kind),
        fee=Fee(**row.fee),
        weekdays=frozenset(DAYS.index(d) for d in rules.get("weekdays", DAYS)),
        window=read_span(rules["window"]) if rules.get("window") else None,
        blocks=tuple(read_span(b) for b in rules.get("blocks", ())),
        min_minutes=rules.get("min_minutes", 30),
        max_minutes=rules.get("max_minutes", 12 * 60),
        lead_minutes=rules.get("lead_minutes", 0),
        last_booking=(last["days_before"], read_span(f"{last['at']}-24:00")[0]) if last else None,
        free_uses=rules.get("free_uses", False),
    )


def booking_of(row: BookingRow) -> Booking:
    return Booking(
        id=row.id,
        party_id=row.party_id,
        line=row.line,
        code=row.code,
        state=State(row.state),
        family_id=row.family_id,
        booked_by=row.booked_by,
        child_id=row.child_id,
        centre_id=row.centre_id,
        room_id=row.room_id,
        care_type_id=row.care_type_id,
        kind=CareKind(row.kind) if row.kind else None,
        group_session_id=row.group_session_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.zone,
        created_at=row.created_at,
        held_until=row.held_until,
        offered_at=row.offered_at,
        price=Money(row.price, row.currency) if row.price is not None else None,
        free_use=row.free_use,
        moved_from=row.moved_from,
        why=row.why,
        late_minutes=row.late_minutes,
        coming_at=row.coming_at,
        arrived_at=row.arrived_at,
        left_at=row.left_at,
        guest=_guest(row.guest) if row.guest else None,
    )


def _guest(kept: Mapping[str, str]) -> Guest:
    return Guest(kept["label"], date.fromisoformat(kept["born"]), kept["collector"])
