"""Group sessions: what meets near by, a seat held, a whole course held as one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.families.model import age_in_months
from bot.core.ids import new_code, new_id
from scheduler.care.model.booking import HOLD, Party, State
from scheduler.care.model.errors import GroupFull, PlaceStillFree, StayRefused
from scheduler.care.model.errors import UnknownCentre as UnknownGroup
from scheduler.care.model.events import PlaceLost, Tell, tell_nobody
from scheduler.care.model.group import GroupKind, GroupSession
from scheduler.care.model.search import GroupRequest, Point, Reason
from scheduler.care.model.times import day_at
from scheduler.care.service.booking import drop, lock_party
from scheduler.care.service.free_uses import lock_family
from scheduler.care.service.holding import enter
from scheduler.care.service.own import own_bookings
from scheduler.care.service.places import claims_of, take
from scheduler.care.service.reading import booking_of, party
from scheduler.care.service.series import all_series
from scheduler.care.service.waiting import serve_before
from scheduler.care.store import BookingRow, GroupSeriesRow, GroupSessionRow


def sessions_near(
    session: Session,
    near: Point | None,
    now: datetime,
    *,
    age_months: float | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    kinds: Collection[GroupKind] | None = None,
    domain: str | None = None,
    within_metres: float | None = None,
    limit: int = 5,
) -> list[GroupSession]:
    """Meetings to come that take the child's age, soonest day first and then nearest; full ones too (places_left 0).

    A course is listed once, by its next meeting.
    """
    since = max(since or now, now)
    until = until or since + timedelta(days=28)
    rows = session.scalars(
        select(GroupSessionRow)
        .join(GroupSeriesRow, GroupSeriesRow.id == GroupSessionRow.series_id)
        .where(GroupSessionRow.starts_at >= since, GroupSessionRow.starts_at < until, GroupSessionRow.target > 0)
        .order_by(GroupSessionRow.starts_at)
        .execution_options(populate_existing=True)
    ).all()
    series = {s.id: s for s in all_series(session, {r.series_id for r in rows})}
    found: list[GroupSession] = []
    courses: set[int] = set()
    for row in rows:
        own = series[row.series_id]
        if (
            (kinds is not None and own.kind not in kinds)
            or (domain is not None and own.domain != domain)
            or (age_months is not None and not own.from_months <= age_months < own.to_months)
            or own.id in courses
        ):
            continue
        metres = (
            near.metres_to(Point(own.lat, own.lon)) if near and own.lat is not None and own.lon is not None else None
        )
        if within_metres is not None and (metres is None or metres > within_metres):
            continue
        if own.course:
            courses.add(own.id)
        found.append(
            GroupSession(row.id, own, row.starts_at, row.ends_at, row.capacity, row.capacity - row.booked, metres)
        )
    found.sort(
        key=lambda g: (day_at(g.starts_at, g.series.zone), g.metres if g.metres is not None else 1e9, g.starts_at)
    )
    return [group_session(session, g.id, now, near) if g.series.course else g for g in found[:limit]]


def group_session(session: Session, group_session_id: int, now: datetime, near: Point | None = None) -> GroupSession:
    """One meeting; of a course with all meetings to come, and the places left in the fullest of them."""
    row = session.get(GroupSessionRow, group_session_id, populate_existing=True)
    if row is None:
        raise UnknownGroup
    own = all_series(session, [row.series_id])[0]
    metres = near.metres_to(Point(own.lat, own.lon)) if near and own.lat is not None and own.lon is not None else None
    left = row.capacity - row.booked
    meetings: tuple[datetime, ...] = (row.starts_at,)
    if own.course:
        coming = _meetings(session, row, now, course=True)
        left = min((m.capacity - m.booked for m in coming), default=0)
        meetings = tuple(m.starts_at for m in coming)
    return GroupSession(row.id, own, row.starts_at, row.ends_at, row.capacity, left, metres, meetings)


def hold_group(session: Session, request: GroupRequest, now: datetime, tell: Tell = tell_nobody) -> Party:
    """Hold a seat for ten minutes; for a course one line a meeting, all or none. Confirm as any party.

    GroupFull, StayRefused (past, too_soon, too_young, too_old), ChildAlreadyBooked, TooManyOpenBookings.
    """
    lock_family(session, request.family_id)
    own = own_bookings(session, request.family_id, now, key=request.key)
    if known := own.made_by(request.key):
        return party(session, known)
    own.refuse_over_limit()
    rows = _lines(session, request, now)
    own.refuse_meeting(rows)
    own.refuse_waiting_twice(rows)
    claims = claims_of(rows)
    serve_before(session, claims, now, tell)
    take(session, claims)
    for row in rows:
        row.held_until = now + HOLD
    return enter(session, rows, now)


def join_group_waitlist(session: Session, request: GroupRequest, now: datetime) -> Party:
    """Wait for a seat (of a course: in every meeting)."""
    lock_family(session, request.family_id)
    own = own_bookings(session, request.family_id, now, key=request.key)
    if known := own.made_by(request.key):
        return party(session, known)
    rows = _lines(session, request, now)
    own.refuse_meeting(rows)
    own.refuse_waiting_twice(rows)
    ids = [r.group_session_id for r in rows]
    free = session.scalars(
        select(GroupSessionRow.id).where(GroupSessionRow.id.in_(ids), GroupSessionRow.booked < GroupSessionRow.capacity)
    ).all()
    if len(free) == len(ids):
        raise PlaceStillFree
    for row in rows:
        row.state = State.WAITLISTED.value
    return enter(session, rows, now)


def cancel_meeting(
    session: Session, group_session_id: int, now: datetime, tell: Tell = tell_nobody, *, actor: str, why: str = "group"
) -> int:
    """The meeting does not take place: nobody new is taken, and every family with a seat or in
    the line is told. Returns the families that had a seat."""
    seated = (
        select(BookingRow.party_id)
        .distinct()
        .where(
            BookingRow.group_session_id == group_session_id,
            BookingRow.state.in_([State.BOOKED.value, State.HELD.value, State.WAITLISTED.value]),
        )
    )
    for party_id in sorted(session.scalars(seated)):
        lock_party(session, party_id)
    row = session.get(GroupSessionRow, group_session_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise UnknownGroup
    row.target, row.capacity = 0, row.booked
    session.flush()
    audit.record(session, at=now, actor=actor, action="group.cancelled", subject=str(group_session_id), why=why)
    seats = session.scalars(seated).all()
    lost = 0
    for party_id in sorted(seats):
        lines = [
            r
            for r in lock_party(session, party_id)
            if r.group_session_id == group_session_id and r.state in (State.BOOKED, State.HELD, State.WAITLISTED)
        ]
        taking = any(r.state in (State.BOOKED, State.HELD) for r in lines)
        drop(session, lines, now, tell, why=why, actor=actor, silent=True)
        lost += taking
        if lines:
            tell(PlaceLost(tuple(booking_of(r) for r in lines), why, (), waiting=not taking))
    return lost


def _meetings(session: Session, row: GroupSessionRow, now: datetime, *, course: bool) -> list[GroupSessionRow]:
    if not course:
        return [row]
    return list(
        session.scalars(
            select(GroupSessionRow)
            .where(
                GroupSessionRow.series_id == row.series_id, GroupSessionRow.starts_at > now, GroupSessionRow.target > 0
            )
            .order_by(GroupSessionRow.starts_at)
            .execution_options(populate_existing=True)
        )
    )


def _lines(session: Session, request: GroupRequest, now: datetime) -> list[BookingRow]:
    first = session.get(GroupSessionRow, request.group_session_id, populate_existing=True)
    if first is None:
        raise UnknownGroup
    own = all_series(session, [first.series_id])[0]
    meetings = _meetings(session, first, now, course=own.course)
    if not meetings or meetings[0].starts_at <= now:
        raise StayRefused(Reason.PAST)
    if now > meetings[0].starts_at - timedelta(minutes=own.lead_minutes):
        raise StayRefused(Reason.TOO_SOON)
    if any(m.target < 1 for m in meetings):
        raise GroupFull
    if request.child is not None:
        age = age_in_months(request.child.birth_date, day_at(meetings[0].starts_at, own.zone))
        if age < own.from_months:
            raise StayRefused(Reason.TOO_YOUNG)
        if age >= own.to_months:
            raise StayRefused(Reason.TOO_OLD)
    party_id, code = new_id(), new_code()
    return [
        BookingRow(
            id=new_id(),
            party_id=party_id,
            line=line,
            code=code,
            request_key=request.key,
            state=State.HELD.value,
            family_id=request.family_id,
            booked_by=request.booked_by,
            child_id=request.child.id if request.child else None,
            centre_id=own.centre_id,
            group_session_id=meeting.id,
            starts_at=meeting.starts_at,
            ends_at=meeting.ends_at,
            zone=own.zone,
            created_at=now,
            # the price of a course is for all of it: it stands on its first line
            price=own.price.amount if own.price and line == 0 else None,
            currency=own.price.currency if own.price else "CNY",
            why="",
        )
        for line, meeting in enumerate(meetings)
    ]
