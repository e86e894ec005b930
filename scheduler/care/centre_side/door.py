"""At the door: who came, who left, who did not come, who stays longer. Each tap can be undone on the same day.

Arrivals, no-shows and their undoing are the same for a stay in a room and for a family in a group session.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.staff.model import Action, Actor, permit
from scheduler.care.centre_side.day import AT_THE_DOOR
from scheduler.care.model.booking import GUEST, Booking, State
from scheduler.care.model.errors import StayRefused, UnknownBooking, WrongStep
from scheduler.care.model.events import Tell, tell_nobody
from scheduler.care.model.search import Reason
from scheduler.care.model.stay import within
from scheduler.care.model.times import day_at, half_hours, minutes_at
from scheduler.care.service.booking import attend, drop, lock_line, no_show, step
from scheduler.care.service.free_uses import lock_family
from scheduler.care.service.own import own_bookings
from scheduler.care.service.places import Claim, take
from scheduler.care.service.reading import booking_of, centre, facts_to_book
from scheduler.care.service.waiting import serve_before, shorten
from scheduler.care.store import BookingRow

EARLY = timedelta(hours=2)
"""A child may be noted as arrived so long before its time; earlier it was the wrong line."""
_STAYS = frozenset({State.BOOKED, State.ATTENDED})


def arrive(session: Session, actor: Actor, centre_id: int, booking_id: str, now: datetime) -> Booking:
    """The child is here; also one that was noted as not coming. Tapped twice, it does no harm."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    row = _of_today(session, centre_id, booking_id, now)
    if now < row.starts_at - EARLY:
        raise WrongStep
    return attend(session, booking_id, now, actor.audit_name)


def leave(session: Session, actor: Actor, centre_id: int, booking_id: str, now: datetime) -> Booking:
    """The child was collected. The place stays taken to the end of the stay: `stay_until` frees the rest."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    row = _of_today(session, centre_id, booking_id, now)
    if row.state != State.ATTENDED:
        raise WrongStep
    if row.left_at is None:
        row.left_at = now
        audit.record(session, at=now, actor=actor.audit_name, action="booking.left", subject=row.party_id)
    return booking_of(row)


def did_not_come(session: Session, actor: Actor, centre_id: int, booking_id: str, now: datetime) -> Booking:
    """Nobody came and nobody said so. WrongStep while the grace time runs."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    _of_today(session, centre_id, booking_id, now)
    return no_show(session, booking_id, now, actor.audit_name)


def undo(
    session: Session, actor: Actor, centre_id: int, booking_id: str, now: datetime, tell: Tell = tell_nobody
) -> Booking:
    """Take the last tap back: collected -> here, here or not come -> expected; a walk-in goes, its places too."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    row = _of_today(session, centre_id, booking_id, now)
    if row.left_at is not None:
        row.left_at = None
    elif State(row.state) not in (State.ATTENDED, State.NO_SHOW):
        return booking_of(row)
    else:
        step(row, State.BOOKED)
        row.arrived_at = row.ended_at = None
        if row.booked_by == AT_THE_DOOR:
            drop(session, [row], now, tell, why="undone", actor=actor.audit_name, silent=True)
    audit.record(session, at=now, actor=actor.audit_name, action="booking.undone", subject=row.party_id)
    return booking_of(row)


def stay_until(
    session: Session,
    actor: Actor,
    centre_id: int,
    booking_id: str,
    ends_at: datetime,
    now: datetime,
    tell: Tell = tell_nobody,
) -> Booking:
    """A longer or shorter stay. Longer: the half hours more are taken like any booking's, after who waits for them.

    RoomFull, StayRefused (closed, too_short), ChildAlreadyBooked. The price follows a longer stay; of a shorter one
    only before it begins. A no-show can only get shorter: its place is free for others then.
    """
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    family, starts_at = _family_and_start(session, centre_id, booking_id, in_room=True)
    if family != GUEST:
        lock_family(session, family)
    facts, changes = facts_to_book(session, centre_id, starts_at)
    row = _of_today(session, centre_id, booking_id, now, ahead=True)
    longer = ends_at > row.ends_at
    if ends_at == row.ends_at:
        return booking_of(row)
    if State(row.state) not in _STAYS and (longer or row.state != State.NO_SHOW):
        raise WrongStep
    if (row.left_at is not None and longer) or (not longer and row.ends_at <= now):
        raise WrongStep
    if ends_at <= row.starts_at or ends_at < now - timedelta(minutes=1):
        raise StayRefused(Reason.TOO_SHORT)
    day = day_at(row.starts_at, row.zone)
    until = minutes_at(ends_at, day, row.zone)
    if longer and not within(minutes_at(row.ends_at, day, row.zone) - 1, until, facts.centre.spans_on(day, changes)):
        raise StayRefused(Reason.CLOSED)
    assert row.room_id is not None
    before, after = half_hours(row.starts_at, row.ends_at), half_hours(row.starts_at, ends_at)
    if longer:
        if family != GUEST:
            time_more = BookingRow(party_id=row.party_id, child_id=row.child_id, starts_at=row.ends_at, ends_at=ends_at)
            own_bookings(session, family, now).refuse_meeting([time_more], besides=[row.party_id])
        more = Claim(row.room_id, before.stop, after.stop)
        if more.cells:
            serve_before(session, [more], now, tell)
            take(session, [more])
        row.ends_at = ends_at
    else:
        row.ends_at = ends_at
        session.flush()
        if before.stop > after.stop:
            shorten(session, Claim(row.room_id, after.stop, before.stop), now, tell)
    care_type = next((c for c in facts.care_types if c.id == row.care_type_id), None)
    if care_type is not None and care_type.fee.per_hour and row.free_use is None and (longer or now < row.starts_at):
        row.price = care_type.fee.of(row.starts_at, row.ends_at).amount
    audit.record(
        session, at=now, actor=actor.audit_name, action="booking.longer" if longer else "booking.shorter",
        subject=row.party_id,
    )  # fmt: skip
    session.flush()
    return booking_of(row)


def day_of(session: Session, actor: Actor, centre_id: int, booking_id: str) -> date:
    """The day of a stay on the centre's clock; UnknownBooking at another centre."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    _, starts_at = _family_and_start(session, centre_id, booking_id, in_room=True)
    return day_at(starts_at, centre(session, centre_id).zone)


def _family_and_start(
    session: Session, centre_id: int, booking_id: str, *, in_room: bool = False
) -> tuple[str, datetime]:
    found = session.execute(
        select(BookingRow.family_id, BookingRow.starts_at, BookingRow.room_id).where(
            BookingRow.id == booking_id, BookingRow.centre_id == centre_id
        )
    ).first()
    if found is None or (in_room and found[2] is None):
        raise UnknownBooking
    return found[0], found[1]


def _of_today(session: Session, centre_id: int, booking_id: str, now: datetime, *, ahead: bool = False) -> BookingRow:
    """The locked line of this centre. UnknownBooking at another centre; WrongStep on another day, unless `ahead`."""
    _family_and_start(session, centre_id, booking_id)
    row = lock_line(session, booking_id)
    today = day_at(now, row.zone)
    if day_at(row.starts_at, row.zone) != today and not (ahead and day_at(row.starts_at, row.zone) > today):
        raise WrongStep
    return row
