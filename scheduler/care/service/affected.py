"""Who is affected when a room gets smaller: bookings that no longer fit, who waits in vain, what they could have."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.families.model import Child, age_in_months
from bot.core.families.store import ChildRow
from scheduler.care.model.booking import OPEN, Booking
from scheduler.care.model.centre import LEGAL
from scheduler.care.model.search import Offer, Wish
from scheduler.care.model.times import day_at, half_hours, moment_of
from scheduler.care.service.searching import alternatives_to
from scheduler.care.service.waiting import IS_WAITING
from scheduler.care.store import BookingRow, CellRow


@dataclass(frozen=True, slots=True)
class Affected:
    """A booking that no longer fits (or a wait that can no longer be served), and what the family can be offered."""

    booking: Booking
    alternatives: tuple[Offer, ...]


def too_many(session: Session, rooms: list[int], whole: range) -> list[BookingRow]:
    """The bookings to lose so that no cell is above its target, the last made first."""
    over = {
        (room, half_hour): booked - target
        for room, half_hour, booked, target in session.execute(
            select(CellRow.room_id, CellRow.half_hour, CellRow.booked, CellRow.target).where(
                CellRow.room_id.in_(rooms),
                CellRow.half_hour >= whole.start,
                CellRow.half_hour < whole.stop,
                CellRow.booked > CellRow.target,
            )
        )
    }
    if not over:
        return []
    lines = session.scalars(
        select(BookingRow)
        .where(
            BookingRow.room_id.in_(rooms),
            BookingRow.state.in_([s.value for s in OPEN]),
            BookingRow.starts_at < moment_of(whole.stop),
            BookingRow.ends_at > moment_of(whole.start),
        )
        .order_by(BookingRow.created_at.desc(), BookingRow.id)
        .execution_options(populate_existing=True)
    ).all()
    chosen = []
    for row in lines:
        assert row.room_id is not None
        cells = [(row.room_id, h) for h in half_hours(row.starts_at, row.ends_at)]
        if any(over.get(cell, 0) > 0 for cell in cells):
            chosen.append(row)
            for cell in cells:
                if cell in over:
                    over[cell] -= 1
    return chosen


def waiting_in_vain(session: Session, rooms: list[int], whole: range, now: datetime) -> list[BookingRow]:
    """Who waits for a stay of which some half hour has no place at all any more."""
    rows = session.scalars(
        select(BookingRow)
        .where(
            BookingRow.room_id.in_(rooms),
            IS_WAITING,
            BookingRow.starts_at > now,
            BookingRow.starts_at < moment_of(whole.stop),
            BookingRow.ends_at > moment_of(whole.start),
        )
        .order_by(BookingRow.created_at, BookingRow.party_id, BookingRow.line)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return []
    closed = select(CellRow.room_id, CellRow.half_hour).where(
        CellRow.room_id.in_(rooms),
        CellRow.half_hour >= whole.start,
        CellRow.half_hour < whole.stop,
        CellRow.target == 0,
    )
    shut = {(room, half_hour) for room, half_hour in session.execute(closed)}
    return [r for r in rows if any((r.room_id, h) in shut for h in half_hours(r.starts_at, r.ends_at))]


BANDS = sorted({rule.from_months for rule in LEGAL.values()} | {rule.to_months for rule in LEGAL.values()})


class Instead:
    """Other places for families that lose theirs; looked for once for the same time and age group.

    A search takes tens of milliseconds, and a closure of some days affects hundreds: `most` searches, then none.
    """

    def __init__(self, session: Session, now: datetime, *, most: int | None = None) -> None:
        self._session = session
        self._now = now
        self._most = most
        self._found: dict[tuple[datetime, datetime, int], tuple[Offer, ...]] = {}

    def of(self, row: BookingRow) -> tuple[Offer, ...]:
        child = self._session.get(ChildRow, row.child_id) if row.child_id else None
        if child is None or row.starts_at <= self._now:
            return ()
        band = bisect_right(BANDS, age_in_months(child.birth_date, day_at(row.starts_at, row.zone)))
        key = row.starts_at, row.ends_at, band
        if key in self._found:
            # of another child: whether this one has free uses left is said when it books
            return tuple(replace(o, free_uses=(), price=o.full_price) for o in self._found[key])
        if self._most is not None and len(self._found) >= self._most:
            return ()
        own = Child(child.id, child.birth_date, child.precision, child.weeks_early)
        wish = Wish((own,), row.starts_at, row.ends_at, centre_id=row.centre_id)
        self._found[key] = alternatives_to(self._session, wish, self._now)
        return self._found[key]
