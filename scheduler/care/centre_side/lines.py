"""Who waits at a centre: in the order of the line, with the offers that are running."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.core.families.model import age_in_months
from bot.core.staff.model import Action, Actor, permit
from scheduler.care.centre_side.day import children_of
from scheduler.care.model.booking import Booking, Party, State
from scheduler.care.model.errors import UnknownBooking, WrongStep
from scheduler.care.model.events import PlaceLost, Tell, tell_nobody
from scheduler.care.model.times import day_at
from scheduler.care.service.booking import drop, lock_party
from scheduler.care.service.reading import booking_of
from scheduler.care.service.waiting import IS_HELD, IS_WAITING, place_in_line
from scheduler.care.store import BookingRow


@dataclass(frozen=True, slots=True)
class InLine:
    """A party that waits. `place` 1 is next; None while an offer runs, which then ends at `until`."""

    party: Party
    place: int | None
    until: datetime | None
    ages: tuple[float, ...]

    @property
    def first(self) -> Booking:
        return self.party[0]

    @property
    def day(self) -> date:
        return self.first.local_start.date()


def waiting_here(session: Session, actor: Actor, centre_id: int, now: datetime) -> list[InLine]:
    """All who wait for a time to come at this centre, by day; offers first, then the line in its order."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    offered = and_(IS_HELD, BookingRow.offered_at.is_not(None), BookingRow.held_until > now)
    rows = session.scalars(
        select(BookingRow)
        .where(BookingRow.centre_id == centre_id, BookingRow.starts_at > now, or_(IS_WAITING, offered))
        .order_by(BookingRow.created_at, BookingRow.party_id, BookingRow.line)
        .execution_options(populate_existing=True)
    ).all()
    parties: dict[str, list[Booking]] = {}
    for row in rows:
        parties.setdefault(row.party_id, []).append(booking_of(row))
    children = children_of(session, [b for p in parties.values() for b in p])
    lines = []
    for party in parties.values():
        first = party[0]
        known = {b.child_id: children[b.child_id] for b in party if b.child_id in children}
        ages = tuple(age_in_months(c.birth_date, day_at(first.starts_at, first.zone)) for c in known.values())
        waits = first.state is State.WAITLISTED
        lines.append(
            InLine(tuple(party), place_in_line(session, first.party_id) if waits else None, first.held_until, ages)
        )
    return sorted(lines, key=lambda w: (w.day, w.place or 0, w.first.created_at))


def withdraw(
    session: Session, actor: Actor, centre_id: int, party_id: str, now: datetime, tell: Tell = tell_nobody
) -> None:
    """Take a party out of the line, or an offer back; the family is told, the next one is served. Twice: no harm."""
    permit(actor, Action.CENTRE_CHANGE, centre_id=centre_id)
    rows = lock_party(session, party_id)
    if rows[0].centre_id != centre_id:
        raise UnknownBooking
    going = [r for r in rows if r.state == State.WAITLISTED or (r.state == State.HELD and r.offered_at is not None)]
    if not going:
        if all(r.state == State.CANCELLED for r in rows):
            return
        raise WrongStep
    drop(session, going, now, tell, why="centre", actor=actor.audit_name, silent=True)
    tell(PlaceLost(tuple(booking_of(r) for r in going), "centre", (), waiting=True))
