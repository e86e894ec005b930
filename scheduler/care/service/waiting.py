"""The waiting list: who came first is served first, with a timed offer that already holds the places.

Whatever frees places calls `release`: in the same transaction the first waiting family whose whole stay now fits gets
them, so nobody overtakes the line and nothing has to be remembered over a restart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, literal_column, or_, select
from sqlalchemy.orm import Session

from bot.core import audit
from scheduler.care.model.booking import Party, State, offer_ends, year_of
from scheduler.care.model.errors import CareError, UnknownBooking
from scheduler.care.model.events import OfferMade, Tell
from scheduler.care.model.times import moment_of
from scheduler.care.service.free_uses import give_back_free_uses, use_one
from scheduler.care.service.places import Claim, Claims, Seat, claims_now, claims_of, give_back, lock, take
from scheduler.care.service.reading import booking_of
from scheduler.care.store import BookingRow, CareTypeRow

# written out, not bound: only so do both databases use the partial indexes
IS_WAITING = BookingRow.state == literal_column("'waitlisted'")
IS_HELD = BookingRow.state == literal_column("'held'")
_SOMEBODY = (
    select(BookingRow.id)
    .where(
        IS_WAITING,
        or_(
            BookingRow.room_id.in_(bindparam("rooms", expanding=True)),
            BookingRow.group_session_id.in_(bindparam("seats", expanding=True)),
        ),
    )
    .limit(1)
)
AT_ONCE = 200
"""Waiting parties looked at each time places are freed."""


def release(session: Session, rows: Sequence[BookingRow], now: datetime, tell: Tell, *, everyone: bool = False) -> int:
    """Give back what these lines took (they are locked and leave), then serve the line; returns the offers made.

    `everyone`: all who wait, not only for these places. Called once a transaction: its locks are taken in one go.
    """
    claims = claims_of(rows)
    waiting = _lock_waiting(session, BookingRow.starts_at > now) if everyone else line_for(session, claims, now)
    lock(session, [*claims, *(c for party in waiting for c in claims_of(party))])
    give_back(session, claims)
    give_back_free_uses(session, rows)
    session.flush()
    return serve(session, waiting, now, tell)


def shorten(session: Session, claim: Claim, now: datetime, tell: Tell) -> None:
    """Give back the end of a stay that goes on until earlier, then serve the line."""
    waiting = line_for(session, [claim], now)
    lock(session, [claim, *(c for party in waiting for c in claims_of(party))])
    give_back(session, [claim])
    session.flush()
    serve(session, waiting, now, tell)


def offer_next(session: Session, now: datetime, tell: Tell) -> int:
    """Offer whatever became free by itself (a reserve that opens) to who waits; returns the number of offers made."""
    return release(session, [], now, tell, everyone=True)


def serve_before(session: Session, claims: Claims, now: datetime, tell: Tell) -> None:
    """Serve the line before a newcomer is served, for places that became free without being released."""
    waiting = line_for(session, claims, now)
    if waiting:
        lock(session, [*claims, *(c for party in waiting for c in claims_of(party))])
        serve(session, waiting, now, tell)


def place_in_line(session: Session, party_id: str) -> int:
    """1 is next. Counts the families that came earlier and wait for an overlapping time in the same room."""
    own = session.scalars(select(BookingRow).where(BookingRow.party_id == party_id).order_by(BookingRow.line)).all()
    if not own or own[0].state != State.WAITLISTED:
        raise UnknownBooking
    ahead = session.scalars(
        select(BookingRow.party_id)
        .distinct()
        .where(
            IS_WAITING,
            BookingRow.party_id != party_id,
            or_(*(_overlaps(claim) for claim in claims_of(own))),
            or_(
                BookingRow.created_at < own[0].created_at,
                and_(BookingRow.created_at == own[0].created_at, BookingRow.party_id < party_id),
            ),
        )
    ).all()
    return len(ahead) + 1


def line_for(session: Session, claims: Claims, now: datetime) -> list[list[BookingRow]]:
    """Parties that wait for a time in these places, locked, first come first."""
    rooms = {c.room_id for c in claims if isinstance(c, Claim)} or {0}
    seats = {c.group_session_id for c in claims if isinstance(c, Seat)} or {0}
    if session.execute(_SOMEBODY, {"rooms": list(rooms), "seats": list(seats)}).first() is None:
        return []
    overlapping = [_overlaps(claim) for claim in claims]
    return _lock_waiting(session, and_(BookingRow.starts_at > now, or_(*overlapping)))


def _lock_waiting(session: Session, where: ColumnElement[bool]) -> list[list[BookingRow]]:
    """Waiting parties in the order of the line; one that is just being changed elsewhere is passed over."""
    ids = session.scalars(
        select(BookingRow.party_id)
        .where(IS_WAITING, where)
        .group_by(BookingRow.party_id, BookingRow.created_at)
        .order_by(BookingRow.created_at, BookingRow.party_id)
        .limit(AT_ONCE)
    ).all()
    if not ids:
        return []
    # the first line of a party is its lock: whoever changes a party locks that line first
    free = set(
        session.scalars(
            select(BookingRow.party_id)
            .where(BookingRow.party_id.in_(ids), BookingRow.line == 0)
            .with_for_update(skip_locked=True)
        )
    )
    rows = session.scalars(
        select(BookingRow)
        .where(BookingRow.party_id.in_(free), IS_WAITING)
        .order_by(BookingRow.line)
        .execution_options(populate_existing=True)
    ).all()
    parties = [[r for r in rows if r.party_id == party] for party in ids]
    return [p for p in parties if p]


def _overlaps(claim: Claim | Seat) -> ColumnElement[bool]:
    if isinstance(claim, Claim):
        return and_(
            BookingRow.room_id == claim.room_id,
            BookingRow.starts_at < moment_of(claim.past),
            BookingRow.ends_at > moment_of(claim.first),
        )
    return BookingRow.group_session_id == claim.group_session_id


def serve(session: Session, waiting: Sequence[list[BookingRow]], now: datetime, tell: Tell) -> int:
    """Make an offer to each of these parties whose whole stay fits; the places are locked already."""
    made = 0
    for rows in waiting:
        first = rows[0]
        try:
            take(session, claims_now(session, rows, now))
        except CareError:
            continue
        until = offer_ends(now, first.starts_at, first.zone)
        for row in rows:
            row.state, row.offered_at, row.held_until = State.HELD.value, now, until
            _use_free(session, row)
        session.flush()
        audit.record(session, at=now, actor="system", action="booking.offered", subject=first.party_id)
        party: Party = tuple(booking_of(r) for r in rows)
        tell(OfferMade(party, until))
        made += 1
    return made


def _use_free(session: Session, row: BookingRow) -> None:
    if row.child_id is None or row.care_type_id is None:
        return
    if session.get_one(CareTypeRow, row.care_type_id).rules.get("free_uses"):
        row.free_use = use_one(session, row.child_id, row.family_id, year_of(row.starts_at, row.zone))
        if row.free_use is not None:
            row.price = 0
