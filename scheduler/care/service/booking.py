"""Hold, confirm, cancel: the life of a party of bookings (drawn in scheduler/care/model/booking.py)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, or_, select, update
from sqlalchemy.orm import Session

from bot.core import audit
from scheduler.care.model.booking import (
    STEPS,
    TAKES_A_PLACE,
    Booking,
    Party,
    State,
)
from scheduler.care.model.day import may_be_missed
from scheduler.care.model.errors import (
    HoldExpired,
    UnknownBooking,
    WrongStep,
)
from scheduler.care.model.events import BookingCancelled, BookingConfirmed, Tell, tell_nobody
from scheduler.care.service.free_uses import lock_family
from scheduler.care.service.own import own_bookings
from scheduler.care.service.reading import booking_of
from scheduler.care.service.waiting import release
from scheduler.care.store import BookingRow

_PARTY = (
    select(BookingRow)
    .where(BookingRow.party_id == bindparam("party"))
    .order_by(BookingRow.line)
    .with_for_update()
    .execution_options(populate_existing=True)
)

_B = cast(Table, BookingRow.__table__)
_LINES = _B.alias()
_CONFIRM = (
    update(_B)
    .where(
        _B.c.party_id == bindparam("party"),
        _B.c.id.in_(select(_B.c.id).where(_B.c.party_id == bindparam("party")).order_by(_B.c.line).with_for_update()),
        _B.c.state == State.HELD.value,
        ~select(_LINES.c.id)
        .where(
            _LINES.c.party_id == bindparam("party"),
            or_(
                _LINES.c.family_id != bindparam("family"),
                _LINES.c.state != State.HELD.value,
                _LINES.c.held_until <= bindparam("now"),
                _LINES.c.offered_at.is_not(None),
            ),
        )
        .exists(),
    )
    .values(state=State.BOOKED.value, confirmed_at=bindparam("now"), held_until=None)
    .returning(*_B.c)
)


def confirm(
    session: Session, party_id: str, family_id: str, now: datetime, tell: Tell = tell_nobody, *, by: str = ""
) -> Party:
    """HELD -> BOOKED, also to accept an offer of the waiting list. Pressed twice, it books once.

    HoldExpired after the time of the hold; ChildAlreadyBooked when an accepted offer meets another booking.
    """
    booked = _confirm_at_once(session, party_id, family_id, now)
    if booked:
        return _confirmed(session, booked, booked[0].booked_by, now, tell, by=by)
    rows = lock_party(session, party_id, family_id)
    if all(r.state in (State.BOOKED, State.ATTENDED) for r in rows):
        return tuple(booking_of(r) for r in rows)
    held = [r for r in rows if r.state == State.HELD]
    if not held or any(r.state == State.EXPIRED for r in rows):
        raise HoldExpired if any(r.state == State.EXPIRED for r in rows) else WrongStep
    if any(r.held_until is None or r.held_until <= now for r in held):
        raise HoldExpired
    if held[0].offered_at is not None:
        lock_family(session, family_id)
        own_bookings(session, family_id, now).refuse_meeting(held)
    for row in held:
        step(row, State.BOOKED)
        row.confirmed_at, row.held_until = now, None
    session.flush()
    return _confirmed(session, tuple(booking_of(r) for r in rows), held[0].booked_by, now, tell, by=by)


def _confirmed(session: Session, party: Party, booked_by: str, now: datetime, tell: Tell, *, by: str) -> Party:
    actor = f"parent:{by or booked_by}"
    audit.record(session, at=now, actor=actor, action="booking.confirmed", subject=party[0].party_id)
    tell(BookingConfirmed(tuple(b for b in party if b.state is State.BOOKED)))
    return party


def _confirm_at_once(session: Session, party_id: str, family_id: str, now: datetime) -> Party:
    """The usual case in one statement: the whole party is held, in time, and not an offer. Else empty, unchanged."""
    session.flush()
    values = {"party": party_id, "family": family_id, "now": now}
    rows = session.execute(_CONFIRM, values).all()
    for row in session.identity_map.values() if rows else ():
        if isinstance(row, BookingRow):
            session.expire(row)
    return tuple(booking_of(r) for r in sorted(rows, key=lambda r: r.line))  # type: ignore[arg-type]


def cancel(
    session: Session,
    party_id: str,
    family_id: str,
    now: datetime,
    tell: Tell = tell_nobody,
    *,
    booking_ids: Iterable[str] | None = None,
    why: str = "parent",
    actor: str = "",
) -> Party:
    """Give the places back at once (also: drop a hold, decline an offer, leave the line); twice does no harm.

    `booking_ids` picks lines of the party (one of the twins, one meeting of a course). WrongStep once it is over.
    """
    rows = lock_party(session, party_id, family_id)
    chosen = [r for r in rows if booking_ids is None or r.id in set(booking_ids)]
    if not chosen:
        raise UnknownBooking
    living = [r for r in chosen if State.CANCELLED in STEPS[State(r.state)] and r.ends_at > now]
    if not living and any(r.state != State.CANCELLED for r in chosen):
        raise WrongStep
    drop(session, living, now, tell, why=why, actor=actor or f"parent:{rows[0].booked_by}")
    return tuple(booking_of(r) for r in rows)


def drop(
    session: Session,
    rows: Sequence[BookingRow],
    now: datetime,
    tell: Tell,
    *,
    why: str,
    actor: str,
    silent: bool = False,
) -> None:
    """Cancel these locked lines, serve the waiting line, and say so for those that were booked."""
    if not rows:
        return
    booked = {r.id for r in rows if r.state == State.BOOKED}
    taking = [r for r in rows if State(r.state) in TAKES_A_PLACE]
    for row in rows:
        step(row, State.CANCELLED)
        row.ended_at, row.why, row.held_until = now, why, None
    for party_id in dict.fromkeys(r.party_id for r in rows):
        audit.record(session, at=now, actor=actor, action="booking.cancelled", subject=party_id, why=why)
    session.flush()
    release(session, taking, now, tell)
    lost = tuple(booking_of(r) for r in rows if r.id in booked)
    if lost and not silent:
        tell(BookingCancelled(lost))


def not_coming(session: Session, party_id: str, family_id: str, now: datetime, tell: Tell = tell_nobody) -> Party:
    """'Not coming today': the place is free at once and it is not a no-show."""
    return cancel(session, party_id, family_id, now, tell, why="not_coming")


def running_late(session: Session, party_id: str, family_id: str, minutes: int, now: datetime) -> Party:
    """The centre sees how late the family will be, so it comes; of a course to the next meeting. WrongStep."""
    rows = _next_booked(lock_party(session, party_id, family_id), now)
    for row in rows:
        row.late_minutes, row.coming_at = minutes, now
    return tuple(booking_of(r) for r in rows)


def will_come(
    session: Session, party_id: str, family_id: str, now: datetime, *, starts_at: datetime | None = None
) -> Party:
    """'We are coming': the centre sees it; of a course the meeting at `starts_at`, else the next one. WrongStep."""
    rows = _next_booked(lock_party(session, party_id, family_id), now, starts_at)
    for row in rows:
        row.coming_at = now
    return tuple(booking_of(r) for r in rows)


def _next_booked(rows: Sequence[BookingRow], now: datetime, starts_at: datetime | None = None) -> list[BookingRow]:
    """The lines that begin together: at that time, or the next ones that are booked and not over. WrongStep."""
    booked = [r for r in rows if r.state == State.BOOKED and r.ends_at > now]
    first = starts_at or min((r.starts_at for r in booked), default=None)
    found = [r for r in booked if r.starts_at == first]
    if not found:
        raise WrongStep
    return found


def attend(session: Session, booking_id: str, now: datetime, actor: str) -> Booking:
    """The child came; also corrects a no-show."""
    row = lock_line(session, booking_id)
    if row.state != State.ATTENDED:
        step(row, State.ATTENDED)
        row.ended_at = row.arrived_at = now
        audit.record(session, at=now, actor=actor, action="booking.attended", subject=row.party_id)
    return booking_of(row)


def no_show(session: Session, booking_id: str, now: datetime, actor: str) -> Booking:
    """The child did not come and nobody said so; not before a quarter of an hour after the time told."""
    row = lock_line(session, booking_id)
    if row.state != State.NO_SHOW:
        if not may_be_missed(booking_of(row), now):
            raise WrongStep
        step(row, State.NO_SHOW)
        row.ended_at = now
        audit.record(session, at=now, actor=actor, action="booking.no_show", subject=row.party_id)
    return booking_of(row)


def step(row: BookingRow, to: State) -> None:
    """One step of the life; WrongStep when it is not in the table."""
    if to not in STEPS[State(row.state)]:
        raise WrongStep
    row.state = to.value


def lock_party(session: Session, party_id: str, family_id: str | None = None) -> Sequence[BookingRow]:
    """All lines, locked, first line first; UnknownBooking when they are another family's."""
    rows = session.scalars(_PARTY, {"party": party_id}).all()
    if not rows or (family_id is not None and rows[0].family_id != family_id):
        raise UnknownBooking
    return rows


def lock_line(session: Session, booking_id: str) -> BookingRow:
    row = session.get(BookingRow, booking_id)
    if row is None:
        raise UnknownBooking
    return next(r for r in lock_party(session, row.party_id) if r.id == booking_id)
