"""What time does by itself: holds and offers lapse, waiting ends, finished stays are settled. Run every minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import null, select, update
from sqlalchemy.orm import Session

from bot.core import audit
from scheduler.care.model.booking import GUEST, State
from scheduler.care.model.events import HoldLapsed, OfferLapsed, Tell, WaitEnded, tell_nobody
from scheduler.care.service.booking import step
from scheduler.care.service.reading import booking_of
from scheduler.care.service.waiting import IS_HELD, IS_WAITING, release
from scheduler.care.store import BookingRow

AT_ONCE = 100
SETTLED_AFTER = timedelta(hours=24)
GUESTS_KEPT = timedelta(days=30)
"""What is written down about a guest at the door goes after that; the stay remains as a count."""


def expire_holds(session: Session, now: datetime, tell: Tell = tell_nobody, *, everyone: bool = False) -> int:
    """Free the places of holds and offers whose time is over, serve the line; returns how many (at most 100)."""
    due = (IS_HELD, BookingRow.held_until <= now)
    parties = _lock_parties(session, session.scalars(
        select(BookingRow.party_id).where(*due).order_by(BookingRow.held_until).limit(AT_ONCE)
    ).all())  # fmt: skip
    ended = [
        [r for r in p if r.state == State.HELD and r.held_until is not None and r.held_until <= now] for p in parties
    ]
    ended = [p for p in ended if p]
    for rows in ended:
        for row in rows:
            step(row, State.EXPIRED)
            row.ended_at, row.held_until = now, None
        audit.record(session, at=now, actor="system", action="booking.expired", subject=rows[0].party_id)
    session.flush()
    offers = release(session, [r for rows in ended for r in rows], now, tell, everyone=everyone)
    for rows in ended:
        party = tuple(booking_of(r) for r in rows)
        tell(OfferLapsed(party) if rows[0].offered_at is not None else HoldLapsed(party))
    return len(ended) + (offers if everyone else 0)


def end_waiting(session: Session, now: datetime, tell: Tell = tell_nobody) -> int:
    """Families whose stay begins before the line came to them stop waiting; returns how many."""
    parties = _lock_parties(session, session.scalars(
        select(BookingRow.party_id)
        .where(IS_WAITING, BookingRow.starts_at <= now)
        .limit(AT_ONCE)
    ).all())  # fmt: skip
    ended = [[r for r in p if r.state == State.WAITLISTED] for p in parties]
    for rows in ended:
        for row in rows:
            step(row, State.EXPIRED)
            row.ended_at = now
        session.flush()
        if rows:
            tell(WaitEnded(tuple(booking_of(r) for r in rows)))
    return sum(bool(p) for p in ended)


def settle(session: Session, now: datetime) -> int:
    """A day after the end, a stay about which the centre said nothing counts as attended; returns the lines settled."""
    settled = session.execute(
        update(BookingRow)
        .where(BookingRow.state == State.BOOKED.value, BookingRow.ends_at < now - SETTLED_AFTER)
        .values(state=State.ATTENDED.value, ended_at=BookingRow.ends_at)
        .returning(BookingRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(settled.all())


def forget_guests(session: Session, now: datetime) -> int:
    """Label, month of birth and collector of guests whose stay is long over; returns how many were forgotten."""
    gone = session.execute(
        update(BookingRow)
        .where(BookingRow.family_id == GUEST, BookingRow.guest.is_not(None), BookingRow.ends_at < now - GUESTS_KEPT)
        .values(guest=null())
        .returning(BookingRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def sweep(session: Session, now: datetime, tell: Tell = tell_nobody) -> int:
    """All of it, and offers for places that became free by themselves (a reserve that opens); returns what changed."""
    ended = end_waiting(session, now, tell)
    return ended + expire_holds(session, now, tell, everyone=True) + settle(session, now) + forget_guests(session, now)


def _lock_parties(session: Session, party_ids: Sequence[str]) -> list[list[BookingRow]]:
    ids = list(dict.fromkeys(party_ids))
    if not ids:
        return []
    free = session.scalars(
        select(BookingRow.party_id)
        .where(BookingRow.party_id.in_(ids), BookingRow.line == 0)
        .with_for_update(skip_locked=True)
    ).all()
    rows = session.scalars(
        select(BookingRow)
        .where(BookingRow.party_id.in_(free))
        .order_by(BookingRow.party_id, BookingRow.line)
        .execution_options(populate_existing=True)
    ).all()
    return [[r for r in rows if r.party_id == party_id] for party_id in ids if party_id in free]
