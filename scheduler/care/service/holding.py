"""From a request to a held place, or to a place in the waiting line; and moving a booking to another time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.ids import new_code, new_id
from scheduler.care.model.booking import HOLD, Party, State, year_of
from scheduler.care.model.centre import CareType, Room
from scheduler.care.model.errors import (
    PlaceStillFree,
    RoomFull,
    StayRefused,
    WrongStep,
)
from scheduler.care.model.events import BookingMoved, Tell, tell_nobody
from scheduler.care.model.search import Reason, Request
from scheduler.care.model.stay import Stay, allocate, rooms_for, stay_at
from scheduler.care.model.times import day_at, half_hours
from scheduler.care.service.booking import lock_party, step
from scheduler.care.service.free_uses import give_back_free_uses, lock_family, use_one
from scheduler.care.service.own import own_bookings
from scheduler.care.service.places import Claim, Seat, claims_now, claims_of, free_in, give_back, lock, look, take
from scheduler.care.service.reading import CentreFacts, booking_of, facts_to_book, party
from scheduler.care.service.waiting import line_for, serve, serve_before
from scheduler.care.store import BookingRow


@dataclass(frozen=True, slots=True)
class Plan:
    """A request after the rules of the centre: what would be booked."""

    facts: CentreFacts
    care_type: CareType
    stay: Stay
    options: list[list[Room]]

    @property
    def span(self) -> tuple[list[int], int, int]:
        """The rooms that may be, and the half hours [first, past)."""
        cells = half_hours(self.stay.starts_at, self.stay.ends_at)
        return sorted({r.id for fit in self.options for r in fit}), cells.start, cells.stop


def hold(session: Session, request: Request, now: datetime, tell: Tell = tell_nobody) -> Party:
    """Hold places for ten minutes: HELD lines, one a child, all or none.

    RoomFull, StayRefused (with reasons), ChildAlreadyBooked, TooManyOpenBookings. A hold of the same family that
    meets this one in time is dropped in exchange (the parent changed their mind). The same key gives the same party.
    """
    lock_family(session, request.family_id, centre_id=request.centre_id)
    own = own_bookings(session, request.family_id, now, key=request.key)
    if known := own.made_by(request.key):
        return party(session, known)
    plan = plan_for(session, request, now)
    ids = [c.id for c in request.children]
    meeting = own.holds_meeting(ids, plan.stay.starts_at, plan.stay.ends_at)
    dropped = [r for party_id in meeting for r in lock_party(session, party_id) if r.state == State.HELD]
    own.refuse_over_limit(besides=meeting)
    free, somebody_waits = look(session, *plan.span)
    if somebody_waits:
        serve_before(session, _claims(plan), now, tell)
        free = free_in(session, *plan.span)
    rows = _lines(request, plan, free, now, besides=dropped)
    own.refuse_meeting(rows, besides=meeting)
    if dropped:
        exchange(session, dropped, rows, now, tell, why="parent")
    else:
        take(session, _reserving(claims_of(rows), plan, now), seen_free=True)
    return _enter(session, rows, plan, State.HELD, now, until=now + HOLD)


def join_waitlist(session: Session, request: Request, now: datetime) -> Party:
    """Wait for a place: WAITLISTED lines. PlaceStillFree when there is one; AlreadyWaiting for the same again."""
    lock_family(session, request.family_id)
    own = own_bookings(session, request.family_id, now, key=request.key)
    if known := own.made_by(request.key):
        return party(session, known)
    plan = plan_for(session, request, now)
    rows = _lines(request, plan, free_in(session, *plan.span), now, waiting=True)
    own.refuse_waiting_twice(rows)
    return _enter(session, rows, plan, State.WAITLISTED, now, until=None)


def reschedule(
    session: Session, party_id: str, family_id: str, request: Request, now: datetime, tell: Tell = tell_nobody
) -> Party:
    """Move a booked party to another time, care type or centre: the new one is BOOKED, or nothing changes.

    Refusals as for `hold`; WrongStep when it is not booked, or has begun.
    """
    lock_family(session, family_id)
    own = own_bookings(session, family_id, now, key=request.key)
    if known := own.made_by(request.key):
        return party(session, known)
    old = [r for r in lock_party(session, party_id, family_id) if r.state == State.BOOKED]
    if not old or old[0].starts_at <= now or old[0].room_id is None:
        raise WrongStep
    plan = plan_for(session, request, now)
    rows = _lines(request, plan, free_in(session, *plan.span), now, besides=old)
    own.refuse_meeting(rows, besides=[party_id])
    before = tuple(booking_of(r) for r in old)
    exchange(session, old, rows, now, tell, why="moved")
    for row in rows:
        row.moved_from, row.confirmed_at = party_id, now
    after = _enter(session, rows, plan, State.BOOKED, now, until=None)
    tell(BookingMoved(before, after))
    return after


def exchange(
    session: Session, old: Sequence[BookingRow], new: Sequence[BookingRow], now: datetime, tell: Tell, *, why: str
) -> None:
    """Give the old places back and take the new ones, or change nothing; then serve the line for what is left."""
    back, wanted = claims_of(old), claims_now(session, new, now)
    waiting = line_for(session, back, now)
    lock(session, [*back, *wanted, *(c for party in waiting for c in claims_of(party))])
    with session.begin_nested():
        give_back(session, back)
        take(session, wanted)
    for row in old:
        step(row, State.CANCELLED)
        row.ended_at, row.why, row.held_until = now, why, None
    give_back_free_uses(session, old)
    session.flush()
    for party_id in dict.fromkeys(r.party_id for r in old):
        actor = f"parent:{new[0].booked_by}"
        audit.record(session, at=now, actor=actor, action="booking.cancelled", subject=party_id, why=why)
    serve(session, waiting, now, tell)


def plan_for(session: Session, request: Request, now: datetime) -> Plan:
    """The stay by the rules of the centre, without looking at places; StayRefused with all reasons."""
    facts, changes = facts_to_book(session, request.centre_id, request.start)
    care_type = facts.care_type(request.kind)
    if care_type is None:
        raise StayRefused(Reason.NO_SUCH_CARE)
    stay = stay_at(facts.centre, care_type, changes, request.start, request.end, now)
    if isinstance(stay, tuple):
        raise StayRefused(*stay)
    options = rooms_for(request.children, facts.rooms, stay.day)
    if isinstance(options, tuple):
        raise StayRefused(*options)
    return Plan(facts, care_type, stay, options)


def _claims(plan: Plan) -> list[Claim]:
    rooms, first, past = plan.span
    return [Claim(room, first, past) for room in rooms]


def _reserving(claims: list[Claim | Seat], plan: Plan, now: datetime) -> list[Claim | Seat]:
    """The claims, leaving alone what the rooms keep for bookings on the day itself."""
    if day_at(now, plan.facts.centre.zone) >= plan.stay.day:
        return claims
    return [
        replace(c, reserve=plan.facts.room(c.room_id).same_day_reserve) if isinstance(c, Claim) else c for c in claims
    ]


def _lines(
    request: Request,
    plan: Plan,
    free: dict[int, int],
    now: datetime,
    *,
    waiting: bool = False,
    besides: Sequence[BookingRow] = (),
) -> list[BookingRow]:
    """One line a child, not yet in the session, with its room and full price; RoomFull when they do not all fit.

    `free` are the free places by room, those kept for the day itself included. `besides` are lines whose places count
    as free because they are about to be given back.
    """
    stay, zone = plan.stay, plan.facts.centre.zone
    free = dict(free)
    if not free:
        raise StayRefused(Reason.NOT_YET)
    for room in plan.facts.rooms:
        if room.id in free and day_at(now, zone) < stay.day:
            free[room.id] -= room.same_day_reserve
    for row in besides:
        if row.room_id in free and row.starts_at < stay.ends_at and row.ends_at > stay.starts_at:
            free[row.room_id] += 1
    rooms = allocate(request.children, plan.options, free)
    if waiting and rooms is not None:
        raise PlaceStillFree
    if waiting:
        rooms = tuple((child.id, fit[0].id) for child, fit in zip(request.children, plan.options, strict=True))
    if rooms is None:
        raise RoomFull
    price = plan.care_type.fee.of(stay.starts_at, stay.ends_at, stay.blocks)
    party_id, code = new_id(), new_code()
    return [
        BookingRow(
            id=new_id(),
            party_id=party_id,
            line=line,
            code=code,
            request_key=request.key,
            state=State.WAITLISTED.value if waiting else State.HELD.value,
            family_id=request.family_id,
            booked_by=request.booked_by,
            child_id=child_id,
            centre_id=plan.facts.centre.id,
            room_id=room_id,
            care_type_id=plan.care_type.id,
            kind=plan.care_type.kind.value,
            starts_at=stay.starts_at,
            ends_at=stay.ends_at,
            zone=zone,
            created_at=now,
            price=price.amount,
            currency=price.currency,
            why="",
        )
        for line, (child_id, room_id) in enumerate(rooms)
    ]


_ACTIONS = {State.HELD: "booking.held", State.WAITLISTED: "booking.waiting", State.BOOKED: "booking.moved"}


def _enter(
    session: Session, rows: Sequence[BookingRow], plan: Plan, state: State, now: datetime, *, until: datetime | None
) -> Party:
    for row in rows:
        row.state, row.held_until = state.value, until
        if plan.care_type.free_uses and state is not State.WAITLISTED and row.child_id is not None:
            row.free_use = use_one(session, row.child_id, row.family_id, year_of(row.starts_at, row.zone))
            if row.free_use is not None:
                row.price = 0
    return enter(session, rows, now)


_NAMES = BookingRow.__table__.columns.keys()
_ENTER = insert(BookingRow.__table__)  # type: ignore[arg-type]


def enter(session: Session, rows: Sequence[BookingRow], now: datetime) -> Party:
    """Keep new lines whose places are taken (or that wait), with their audit line."""
    session.flush()
    session.execute(_ENTER, [{name: getattr(row, name) for name in _NAMES} for row in rows])
    actor, first = f"parent:{rows[0].booked_by}", rows[0]
    audit.record(session, at=now, actor=actor, action=_ACTIONS[State(first.state)], subject=first.party_id)
    return tuple(booking_of(r) for r in rows)
