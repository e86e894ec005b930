"""Bookings change, and their reminders with them, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.reminders.bookings import BEFORE, BookingFacts, about_booking, about_hold, planned_for, planned_hold
from scheduler.reminders.model import OPEN, Kind, Planned
from scheduler.reminders.service.planning import anything_open, belongs_to, cancel_about, put, put_all, replace_about
from scheduler.reminders.store import ReminderRow, is_pending


def plan_booking(session: Session, facts: BookingFacts, now: datetime) -> int:
    """The reminders of a party as it now is: what is no longer booked takes its own with it; how many wait."""
    hold, booking = about_hold(facts.party_id), about_booking(facts.party_id)
    if not anything_open(session, hold, booking):
        return put_all(session, list(planned_for(facts, now)), now)
    cancel_about(session, hold, now, why="decided")
    open_ones = select(ReminderRow.key).where(belongs_to(booking), ReminderRow.state.in_([s.value for s in OPEN]))
    planned = planned_for(facts, now, session.scalars(open_ones).all())
    return replace_about(session, booking, list(planned), now)


def plan_hold(
    session: Session, party_id: str, parent_ids: Iterable[str], until: datetime, now: datetime, *, offered: bool
) -> int:
    """A word before a held (or, with `offered`, an offered) place is let go."""
    return put_all(session, list(planned_hold(party_id, parent_ids, until, offered=offered, now=now)), now)


def cancel_for(session: Session, party_id: str, now: datetime) -> int:
    """The party is cancelled, lapsed or lost."""
    gone = cancel_about(session, about_hold(party_id), now, why="over")
    return gone + cancel_about(session, about_booking(party_id), now, why="cancelled")


def quiet_hours_changed(session: Session, parent_id: str, now: datetime) -> None:
    """What of bookings waits for this parent comes when the new quiet hours let it: earlier, or at its own time again.

    The other kinds wait for the morning anyway.
    """
    rows = session.scalars(
        select(ReminderRow).where(
            ReminderRow.parent_id == parent_id, ReminderRow.kind == Kind.BOOKING.value, is_pending
        )
    ).all()
    for row in rows:
        due_at = datetime.fromisoformat(str(row.payload["starts_at"])) - BEFORE[str(row.payload["which"])]
        put(session, Planned(row.key, Kind.BOOKING, parent_id, row.child_id, row.about, due_at, row.expires_at,
                             row.payload), now)  # fmt: skip
