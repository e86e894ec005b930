"""A child who comes without a booking: of a family known by a code, or a guest with the least a centre must know.

It takes cells like every booking, after who waits for them, so it can never overbook a room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.families import household
from bot.core.families.model import Child
from bot.core.families.store import ChildRow
from bot.core.ids import new_code, new_id
from bot.core.staff.model import Action, Actor, permit
from scheduler.care.centre_side.day import AT_THE_DOOR
from scheduler.care.model.booking import GUEST, Booking, Guest, State, year_of
from scheduler.care.model.centre import CareKind, CareType, Room
from scheduler.care.model.errors import RoomFull, StayRefused, TooManyCodes, UnknownBooking
from scheduler.care.model.events import Tell, tell_nobody
from scheduler.care.model.search import Reason
from scheduler.care.model.stay import rooms_for, within
from scheduler.care.model.times import day_at, half_hours, minutes_at
from scheduler.care.service.free_uses import lock_family, use_one
from scheduler.care.service.own import own_bookings
from scheduler.care.service.places import Claim, claims_of, free_in, take
from scheduler.care.service.reading import CentreFacts, booking_of, facts_to_book
from scheduler.care.service.waiting import serve_before
from scheduler.care.store import BookingRow

LONGEST_WORD = 40  # characters of a guest's label and collector
WRONG_CODES, WITHIN = 10, timedelta(minutes=15)  # of one person, at all centres


@dataclass(frozen=True, slots=True)
class KnownFamily:
    family_id: str
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Either a `code` with the id of one of the family's children, or a `guest`. The same `key` twice is one child."""

    key: str
    ends_at: datetime
    code: str = ""
    child_id: str = ""
    guest: Guest | None = None
    kind: CareKind | None = None


def look_up(session: Session, actor: Actor, centre_id: int, code: str, now: datetime) -> KnownFamily:
    """The family that shows this code: of a booking at this centre, or its invitation code of the chat.

    UnknownBooking, TooManyCodes. Each look is in the audit log, without the code: the caller commits that of a wrong
    code too.
    """
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    _refuse_guessing(session, actor, now)
    said = code.strip().upper()
    family = session.scalar(
        select(BookingRow.family_id).where(
            BookingRow.code == said, BookingRow.centre_id == centre_id, BookingRow.family_id != GUEST
        )
    ) or household.family_of(session, said, now)
    audit.record(
        session, at=now, actor=actor.audit_name, action="family.looked_up", subject=str(centre_id), found=bool(family)
    )
    if family is None:
        raise UnknownBooking
    rows = session.scalars(select(ChildRow).where(ChildRow.family_id == family).order_by(ChildRow.birth_date.desc()))
    return KnownFamily(family, tuple(Child(r.id, r.birth_date, r.precision, r.weeks_early, r.label) for r in rows))


def _refuse_guessing(session: Session, actor: Actor, now: datetime) -> None:
    looks = session.scalars(
        select(audit.AuditRow.detail).where(
            audit.AuditRow.at > now - WITHIN, audit.AuditRow.actor == actor.audit_name,
            audit.AuditRow.action == "family.looked_up",
        )
    )  # fmt: skip
    if sum(not detail.get("found") for detail in looks) >= WRONG_CODES:
        raise TooManyCodes


def walk_in(
    session: Session, actor: Actor, centre_id: int, wanted: WalkIn, now: datetime, tell: Tell = tell_nobody
) -> Booking:
    """ATTENDED from now on. RoomFull, StayRefused (closed, too_short, too_young, too_old, no_such_care),
    ChildAlreadyBooked, UnknownBooking (code or child)."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    key = f"door:{centre_id}:{wanted.key}"[:80]
    made = session.scalar(select(BookingRow).where(BookingRow.request_key == key))
    if made is not None:
        return booking_of(made)
    family, child = _who(session, actor, centre_id, wanted, now)
    if family != GUEST:
        lock_family(session, family, centre_id=centre_id)
    facts, changes = facts_to_book(session, centre_id, now)
    zone = facts.centre.zone
    starts_at = now.replace(second=0, microsecond=0)
    day = day_at(starts_at, zone)
    if wanted.ends_at <= starts_at:
        raise StayRefused(Reason.TOO_SHORT)
    spans = facts.centre.spans_on(day, changes)
    if not within(minutes_at(starts_at, day, zone), minutes_at(wanted.ends_at, day, zone), spans):
        raise StayRefused(Reason.CLOSED)
    care_type = _care_type(facts, wanted.kind)
    room = _room(session, facts, child, starts_at, wanted.ends_at, now, tell)
    row = BookingRow(
        id=new_id(), party_id=new_id(), line=0, code=new_code(), request_key=key, state=State.ATTENDED.value,
        family_id=family, booked_by=AT_THE_DOOR, child_id=child.id or None, centre_id=centre_id, room_id=room.id,
        care_type_id=care_type.id, kind=care_type.kind.value, starts_at=starts_at, ends_at=wanted.ends_at, zone=zone,
        created_at=now, confirmed_at=now, arrived_at=now, ended_at=now, why="",
        guest=_written(wanted.guest) if family == GUEST else None,
    )  # fmt: skip
    if family != GUEST:
        own_bookings(session, family, now).refuse_meeting([row])
    take(session, claims_of([row]))
    price = care_type.fee.of(starts_at, wanted.ends_at)
    row.price, row.currency = price.amount, price.currency
    if care_type.free_uses and row.child_id is not None:
        row.free_use = use_one(session, row.child_id, family, year_of(starts_at, zone))
        row.price = 0 if row.free_use is not None else row.price
    session.add(row)
    audit.record(session, at=now, actor=actor.audit_name, action="booking.walked_in", subject=row.party_id)
    session.flush()
    return booking_of(row)


def _who(session: Session, actor: Actor, centre_id: int, wanted: WalkIn, now: datetime) -> tuple[str, Child]:
    if wanted.guest is not None:
        return GUEST, Child("", wanted.guest.born, "month")
    known = look_up(session, actor, centre_id, wanted.code, now)
    child = next((c for c in known.children if c.id == wanted.child_id), None)
    if child is None:
        raise UnknownBooking
    return known.family_id, child


def _care_type(facts: CentreFacts, kind: CareKind | None) -> CareType:
    """The kind asked for; else care by the hour, else the centre's first kind."""
    if not facts.care_types or (kind is not None and facts.care_type(kind) is None):
        raise StayRefused(Reason.NO_SUCH_CARE)
    return facts.care_type(kind or CareKind.HOURLY) or facts.care_types[0]


def _room(
    session: Session,
    facts: CentreFacts,
    child: Child,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    tell: Tell,
) -> Room:
    """A room of the child's age with a place for the whole stay, after the waiting line was served."""
    fit = rooms_for([child], facts.rooms, day_at(starts_at, facts.centre.zone))
    if isinstance(fit, tuple):
        raise StayRefused(*fit)
    cells = half_hours(starts_at, ends_at)
    serve_before(session, [Claim(r.id, cells.start, cells.stop) for r in sorted(fit[0], key=lambda r: r.id)], now, tell)
    free = free_in(session, [r.id for r in fit[0]], cells.start, cells.stop)
    for room in fit[0]:
        if free.get(room.id, 0) > 0:
            return room
    raise RoomFull


def _written(guest: Guest | None) -> dict[str, str] | None:
    if guest is None:
        return None
    return {
        "label": guest.label.strip()[:LONGEST_WORD],
        "born": guest.born.replace(day=1).isoformat(),
        "collector": guest.collector.strip()[:LONGEST_WORD],
    }
