"""What a family has booked, held and waits for: read once, under the family's lock, for all its limits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from scheduler.care.model.booking import (
    MAX_OPEN_AFTER_NO_SHOWS,
    MAX_OPEN_BOOKINGS,
    NO_SHOW_MEMORY,
    NO_SHOWS_COUNT,
    Standing,
    State,
)
from scheduler.care.model.errors import AlreadyWaiting, ChildAlreadyBooked, TooManyOpenBookings, UnknownBooking
from scheduler.care.store import BookingRow

_B = cast(Table, BookingRow.__table__).c
_LINES = select(
    _B.party_id, _B.family_id, _B.request_key, _B.child_id, _B.state, _B.starts_at, _B.ends_at, _B.held_until,
    _B.offered_at, _B.room_id, _B.group_session_id, _B.left_at,
).where(
    or_(
        and_(_B.family_id == bindparam("family"), _B.ends_at > bindparam("since")),
        _B.request_key == bindparam("key"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Own:
    """Lines of the last sixty days and of the future."""

    family_id: str
    lines: Sequence[Row[*tuple[Any, ...]]]
    now: datetime

    def made_by(self, key: str) -> str | None:
        """The party that this request made before; UnknownBooking when another family used the key."""
        for line in self.lines:
            if line.request_key == key:
                if line.family_id != self.family_id:
                    raise UnknownBooking
                return str(line.party_id)
        return None

    def standing(self) -> Standing:
        missed = {
            line.party_id
            for line in self.lines
            if line.state == State.NO_SHOW and line.ends_at > self.now - NO_SHOW_MEMORY
        }
        limit = MAX_OPEN_AFTER_NO_SHOWS if len(missed) >= NO_SHOWS_COUNT else MAX_OPEN_BOOKINGS
        return Standing(len({line.party_id for line in self._open()}), limit)

    def refuse_over_limit(self, *, besides: Collection[str] = ()) -> None:
        """TooManyOpenBookings; parties `besides` are about to go and do not count."""
        known = self.standing()
        if known.open_bookings - len(set(besides)) >= known.limit:
            raise TooManyOpenBookings(known.limit)

    def refuse_meeting(self, rows: Iterable[BookingRow], *, besides: Iterable[str] = ()) -> None:
        """ChildAlreadyBooked when a child (or, in a group session, the family) is expected elsewhere then."""
        own = set(besides)
        there = [s for s in self.lines if s.state == State.ATTENDED and s.left_at is None and s.ends_at > self.now]
        lines = [s for s in (*self._open(), *there) if s.party_id not in own and s.family_id == self.family_id]
        for row in rows:
            for line in lines:
                same_child = row.child_id is not None and line.child_id == row.child_id
                same_seat = row.group_session_id is not None and line.group_session_id == row.group_session_id
                overlap = line.starts_at < row.ends_at and line.ends_at > row.starts_at
                if row.party_id != line.party_id and (same_seat or (same_child and overlap)):
                    raise ChildAlreadyBooked

    def refuse_waiting_twice(self, rows: Iterable[BookingRow]) -> None:
        """AlreadyWaiting for an overlapping time in the same room, or for the same group session."""
        for row in rows:
            for line in self.lines:
                if line.state != State.WAITLISTED or line.family_id != self.family_id:
                    continue
                overlap = line.starts_at < row.ends_at and line.ends_at > row.starts_at
                same_room = row.room_id is not None and line.room_id == row.room_id and line.child_id == row.child_id
                same_seat = row.group_session_id is not None and line.group_session_id == row.group_session_id
                if same_seat or (same_room and overlap):
                    raise AlreadyWaiting

    def holds_meeting(self, child_ids: Collection[str], start: datetime, end: datetime) -> list[str]:
        """Parties held (no offers) for these children at an overlapping time, also those whose time is just over."""
        return sorted(
            {
                str(line.party_id)
                for line in self.lines
                if line.state == State.HELD
                and line.family_id == self.family_id
                and line.offered_at is None
                and line.child_id in child_ids
                and line.room_id is not None
                and line.starts_at < end
                and line.ends_at > start
            }
        )

    def _open(self) -> list[Row[*tuple[Any, ...]]]:
        return [
            line
            for line in self.lines
            if line.family_id == self.family_id
            and line.ends_at > self.now
            and (line.state == State.BOOKED or (line.state == State.HELD and line.held_until > self.now))
        ]


def own_bookings(session: Session, family_id: str, now: datetime, *, key: str = "") -> Own:
    """One query; lock the family first when something depends on it."""
    session.flush()
    values = {"family": family_id, "since": now - NO_SHOW_MEMORY, "key": key}
    return Own(family_id, session.execute(_LINES, values).all(), now)


def standing(session: Session, family_id: str, now: datetime) -> Standing:
    """Open bookings of the family, how many it may have, and the absences that count."""
    return own_bookings(session, family_id, now).standing()
