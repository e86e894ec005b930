"""Bookings change, and their reminders with them, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from scheduler.reminders.bookings import BookingFacts, about_booking, about_hold, planned_for, planned_hold
from scheduler.reminders.service.planning import anything_open, cancel_about, put_all, replace_about


def plan_booking(session: Session, facts: BookingFacts, now: datetime) -> int:
    """The reminders of a party as it now is: what is no longer booked takes its own with it; how many wait."""
    planned = list(planned_for(facts, now))
    hold, booking = about_hold(facts.party_id), about_booking(facts.party_id)
    if not anything_open(session, hold, booking):
        return put_all(session, planned, now)
    cancel_about(session, hold, now, why="decided")
    return replace_about(session, booking, planned, now)


def plan_hold(
    session: Session, party_id: str, parent_ids: Iterable[str], until: datetime, now: datetime, *, offered: bool
) -> int:
    """A word before a held (or, with `offered`, an offered) place is let go."""
    return put_all(session, list(planned_hold(party_id, parent_ids, until, offered=offered, now=now)), now)


def cancel_for(session: Session, party_id: str, now: datetime) -> int:
    """The party is cancelled, lapsed or lost."""
    gone = cancel_about(session, about_hold(party_id), now, why="over")
    return gone + cancel_about(session, about_booking(party_id), now, why="cancelled")


def move_for(session: Session, old_party_id: str, facts: BookingFacts, now: datetime) -> int:
    """The party was moved: it is a new one, and the old one is cancelled."""
    cancel_for(session, old_party_id, now)
    return plan_booking(session, facts, now)
