"""Which families a message of the centre goes to: of a room's day, of a group session, of one booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from bot.core.staff.model import Action, Actor, permit
from scheduler.care.model.booking import GUEST, State
from scheduler.care.model.errors import UnknownBooking, UnknownCentre
from scheduler.care.model.times import wall
from scheduler.care.service.reading import centre_facts
from scheduler.care.store import BookingRow, GroupSeriesRow, GroupSessionRow

LONGEST = 500  # characters of a message


@dataclass(frozen=True, slots=True)
class About:
    """One of: a room on a day, a group session, a booking."""

    room_id: int | None = None
    day: date | None = None
    group_session_id: int | None = None
    booking_id: str | None = None

    @property
    def name(self) -> str:
        """For the audit log."""
        if self.booking_id is not None:
            return f"booking:{self.booking_id}"
        return f"group:{self.group_session_id}" if self.group_session_id is not None else f"room:{self.room_id}"


def families_about(session: Session, actor: Actor, centre_id: int, about: About) -> tuple[list[str], datetime | None]:
    """Ids of the families that are expected or here, and when the last of their stays ends: later, a message is of
    no use. UnknownCentre, UnknownBooking: not of this centre."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    rows = session.execute(
        select(BookingRow.family_id, BookingRow.ends_at).where(
            BookingRow.centre_id == centre_id,
            BookingRow.family_id != GUEST,
            BookingRow.state.in_([State.BOOKED.value, State.ATTENDED.value]),
            _which(session, centre_id, about),
        )
    ).all()
    return sorted({family for family, _ in rows}), max((ends_at for _, ends_at in rows), default=None)


def _which(session: Session, centre_id: int, about: About) -> ColumnElement[bool]:
    if about.booking_id is not None:
        row = session.get(BookingRow, about.booking_id)
        if row is None or row.centre_id != centre_id:
            raise UnknownBooking
        return BookingRow.id == about.booking_id
    if about.group_session_id is not None:
        meeting = session.get(GroupSessionRow, about.group_session_id)
        if meeting is None or session.get_one(GroupSeriesRow, meeting.series_id).centre_id != centre_id:
            raise UnknownCentre
        return BookingRow.group_session_id == about.group_session_id
    facts = centre_facts(session, centre_id)
    if about.day is None or about.room_id not in {r.id for r in facts.rooms}:
        raise UnknownCentre
    begins, ends = (wall(about.day + timedelta(days=n), 0, facts.centre.zone) for n in (0, 1))
    return and_(BookingRow.room_id == about.room_id, BookingRow.starts_at < ends, BookingRow.ends_at > begins)
