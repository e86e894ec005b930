"""Closures, new hours and missing staff: who is affected, and their places given back with alternatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from bot.core import audit
from scheduler.care.model.booking import OPEN, State
from scheduler.care.model.centre import LEGAL, AgeGroup
from scheduler.care.model.events import PlaceLost, Tell, tell_nobody
from scheduler.care.model.times import DAYS, Span, day_at, days_from, half_hours, moment_of, say_span, wall
from scheduler.care.service.affected import Affected, Instead, too_many, waiting_in_vain
from scheduler.care.service.booking import drop, lock_party
from scheduler.care.service.free_uses import add_missing
from scheduler.care.service.generating import targets_for
from scheduler.care.service.places import Claim
from scheduler.care.service.reading import booking_of, centre_facts, day_changes
from scheduler.care.service.waiting import serve_before
from scheduler.care.store import BookingRow, CellRow, CentreDayRow, CentreRow, RoomRow, StaffRow

FEW = 8
"""Other places looked for when nobody is told: enough to see in a preview that there are some."""


def close_centre(
    session: Session,
    centre_id: int,
    first: date,
    last: date,
    now: datetime,
    tell: Tell = tell_nobody,
    *,
    actor: str,
    reason: str = "",
) -> list[Affected]:
    """No care on these days (a holiday, an illness): their bookings are cancelled and the families told."""
    days = list(days_from(first, (last - first).days + 1))
    return set_days(session, centre_id, dict.fromkeys(days, ()), now, tell, actor=actor, reason=reason, why="closed")


def set_days(
    session: Session,
    centre_id: int,
    spans: Mapping[date, Sequence[Span]],
    now: datetime,
    tell: Tell = tell_nobody,
    *,
    actor: str,
    reason: str = "",
    why: str = "hours",
) -> list[Affected]:
    """Other hours on single days; no spans means closed. Bookings outside the new hours are cancelled."""
    _lock_rooms(session, centre_id)
    for day, own in spans.items():
        row = session.get(CentreDayRow, (centre_id, day), populate_existing=True)
        if row is None:
            row = CentreDayRow(centre_id=centre_id, day=day)
            session.add(row)
        row.spans, row.reason = [say_span(s) for s in own], reason
    session.flush()
    audit.record(session, at=now, actor=actor, action="centre.days", subject=str(centre_id), days=len(spans))
    return _adjust(session, centre_id, sorted(spans), now, tell, why=why, actor=actor, cancel=True)


def usual_days(
    session: Session, centre_id: int, days: Sequence[date], now: datetime, tell: Tell = tell_nobody, *, actor: str
) -> list[Affected]:
    """The usual weekly hours again on these days: a closure or other hours are taken back."""
    _lock_rooms(session, centre_id)
    session.execute(delete(CentreDayRow).where(CentreDayRow.centre_id == centre_id, CentreDayRow.day.in_(days)))
    session.expire_all()
    audit.record(session, at=now, actor=actor, action="centre.usual", subject=str(centre_id), days=len(days))
    return _adjust(session, centre_id, sorted(days), now, tell, why="hours", actor=actor, cancel=True)


def change_hours(
    session: Session,
    centre_id: int,
    hours: Mapping[int, Sequence[Span]],
    now: datetime,
    tell: Tell = tell_nobody,
    *,
    actor: str,
) -> list[Affected]:
    """New weekly hours from now on; cells already made follow, bookings outside are cancelled."""
    _lock_rooms(session, centre_id)
    row = session.get_one(CentreRow, centre_id, populate_existing=True)
    row.hours = {DAYS[day]: [say_span(s) for s in spans] for day, spans in hours.items() if spans}
    session.flush()
    audit.record(session, at=now, actor=actor, action="centre.hours", subject=str(centre_id))
    days = _days_open(session, centre_id, now)
    return _adjust(session, centre_id, days, now, tell, why="hours", actor=actor, cancel=True) if days else []


def change_room(
    session: Session,
    room_id: int,
    now: datetime,
    tell: Tell = tell_nobody,
    *,
    centre_id: int,
    size: int,
    adults: int,
    same_day_reserve: int,
    actor: str,
    cancel: bool = False,
) -> list[Affected]:
    """The usual size, adults and same-day reserve from now on; never larger than the law lets the group be.

    As for staff: the bookings that are too many are returned, and cancelled only with `cancel`.
    """
    _lock_rooms(session, centre_id)
    row = session.get_one(RoomRow, room_id, populate_existing=True)
    row.size = min(size, LEGAL[AgeGroup(row.age_group)].largest)
    row.adults, row.same_day_reserve = adults, same_day_reserve
    session.flush()
    audit.record(session, at=now, actor=actor, action="room.changed", subject=str(room_id), size=size, adults=adults)
    days = _days_open(session, centre_id, now)
    return _adjust(session, centre_id, days, now, tell, why="staff", actor=actor, cancel=cancel) if days else []


def _days_open(session: Session, centre_id: int, now: datetime) -> list[date]:
    """Today to the last day for which there are cells."""
    known = centre_facts(session, centre_id)
    rooms = [r.id for r in known.rooms]
    latest = session.scalar(
        select(CellRow.half_hour).where(CellRow.room_id.in_(rooms)).order_by(CellRow.half_hour.desc()).limit(1)
    )
    if latest is None:
        return []
    today = day_at(now, known.centre.zone)
    return list(days_from(today, (day_at(moment_of(latest), known.centre.zone) - today).days + 1))


def change_staff(
    session: Session,
    room_id: int,
    starts_at: datetime,
    ends_at: datetime,
    adults: int,
    now: datetime,
    tell: Tell = tell_nobody,
    *,
    centre_id: int,
    actor: str,
    cancel: bool = False,
    why: str = "staff",
) -> list[Affected]:
    """So many adults in the room for a time. Nobody new is taken beyond that; the bookings that are now too many (the
    last made first) are returned, and cancelled only with `cancel`: a stand-in may still be found."""
    _lock_rooms(session, centre_id)
    session.add(StaffRow(room_id=room_id, starts_at=starts_at, ends_at=ends_at, adults=adults))
    session.flush()
    audit.record(session, at=now, actor=actor, action="room.staff", subject=str(room_id), adults=adults)
    zone = session.get_one(CentreRow, centre_id).zone
    first = day_at(starts_at, zone)
    days = list(days_from(first, (day_at(ends_at, zone) - first).days + 1))
    return _adjust(session, centre_id, days, now, tell, why=why, actor=actor, cancel=cancel)


def _adjust(
    session: Session, centre_id: int, days: list[date], now: datetime, tell: Tell, *, why: str, actor: str, cancel: bool
) -> list[Affected]:
    """Bring the cells of these days to their new targets; find (and cancel) the bookings above them."""
    known = centre_facts(session, centre_id)
    changes = day_changes(session, [centre_id], days)[centre_id]
    zone = known.centre.zone
    whole = half_hours(max(wall(days[0], 0, zone), now), wall(days[-1], 1440, zone))
    _lock_open(session, [r.id for r in known.rooms], whole)
    for room in known.rooms:
        targets = targets_for(session, known.centre, room, days, changes)
        kept = session.execute(
            select(CellRow.half_hour, CellRow.target)
            .where(CellRow.room_id == room.id, CellRow.half_hour >= whole.start, CellRow.half_hour < whole.stop)
            .order_by(CellRow.half_hour)
            .with_for_update()
        ).all()
        groups: dict[int, list[int]] = {}
        for half_hour, target in kept:
            if targets.get(half_hour, 0) != target:
                groups.setdefault(targets.get(half_hour, 0), []).append(half_hour)
        for target, cells in groups.items():
            session.execute(
                update(CellRow)
                .where(CellRow.room_id == room.id, CellRow.half_hour.in_(cells))
                .values(target=target, capacity=case((CellRow.booked > target, CellRow.booked), else_=target))
                .execution_options(synchronize_session=False)
            )
        there = {half_hour for half_hour, _ in kept}
        new = [
            {"room_id": room.id, "half_hour": h, "booked": 0, "capacity": places, "target": places}
            for h, places in targets.items()
            if h not in there and h in whole
        ]
        add_missing(session, CellRow, new)
    rooms = [r.id for r in known.rooms]
    rows = [*too_many(session, rooms, whole), *waiting_in_vain(session, rooms, whole, now)]
    instead = Instead(session, now, most=FEW if tell is tell_nobody else None)
    affected = [Affected(booking_of(r), instead.of(r)) for r in rows]
    if cancel:
        _cancel(session, rows, affected, now, tell, why=why, actor=actor)
    serve_before(session, [Claim(r.id, whole.start, whole.stop) for r in known.rooms], now, tell)
    return affected


def _lock_rooms(session: Session, centre_id: int) -> None:
    """Nobody books here until this change is done: rooms first, then bookings, then cells.

    Not stronger (FOR NO KEY UPDATE): PostgreSQL itself shares the keys of rooms when it checks foreign keys.
    """
    session.execute(
        select(RoomRow.id).where(RoomRow.centre_id == centre_id).order_by(RoomRow.id).with_for_update(key_share=True)
    ).all()


def _lock_open(session: Session, rooms: list[int], whole: range) -> None:
    """Bookings before cells, as everybody locks them."""
    session.execute(
        select(BookingRow.id)
        .where(
            BookingRow.room_id.in_(rooms),
            BookingRow.state.in_([s.value for s in OPEN]),
            BookingRow.starts_at < moment_of(whole.stop),
            BookingRow.ends_at > moment_of(whole.start),
        )
        .order_by(BookingRow.party_id, BookingRow.line)
        .with_for_update()
    ).all()


def _cancel(
    session: Session,
    rows: Sequence[BookingRow],
    affected: Sequence[Affected],
    now: datetime,
    tell: Tell,
    *,
    why: str,
    actor: str,
) -> None:
    chosen = {r.id for r in rows}
    instead = {a.booking.party_id: a.alternatives for a in affected}
    for party_id in dict.fromkeys(r.party_id for r in rows):
        lines = [r for r in lock_party(session, party_id) if r.id in chosen and r.state in (*OPEN, State.WAITLISTED)]
        waited = all(r.state == State.WAITLISTED for r in lines)
        drop(session, lines, now, tell, why=why, actor=actor, silent=True)
        if lines:
            tell(PlaceLost(tuple(booking_of(r) for r in lines), why, instead[party_id], waiting=waited))
