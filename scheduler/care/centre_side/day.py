"""Today and the week of a centre, read for its staff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.families.model import Child, age_in_months
from bot.core.families.store import ChildRow, ParentRow
from bot.core.staff.model import Action, Actor, permit
from scheduler.care.model.booking import Booking, HealthForm, State
from scheduler.care.model.centre import DayChange, Room
from scheduler.care.model.day import AtTheDoor, CentreDay, HalfHour, Line, RoomDay, at_the_door
from scheduler.care.model.group import GroupSession
from scheduler.care.model.times import day_at, days_from, half_hours, moment_of, read_span, wall
from scheduler.care.service.generating import duty_in
from scheduler.care.service.health_forms import form_of
from scheduler.care.service.reading import CentreFacts, booking_of, centre_facts, day_changes
from scheduler.care.service.series import all_series
from scheduler.care.store import BookingRow, CellRow, CentreDayRow, GroupSeriesRow, GroupSessionRow, HealthFormRow

AT_THE_DOOR = "door"
"""`booked_by` of a stay that the staff wrote down."""
_SHOWN = [s.value for s in (State.HELD, State.BOOKED, State.ATTENDED, State.NO_SHOW)]

_CALLED_OFF = and_(
    BookingRow.state == State.CANCELLED.value,
    BookingRow.why.in_(["parent", "not_coming"]),
    BookingRow.confirmed_at.is_not(None),
)


def centre_day(session: Session, actor: Actor, centre_id: int, day: date | None, now: datetime) -> CentreDay:
    """The day (today when None) on the centre's own clock. Health forms are read for today only.

    UnknownCentre, NotPermitted.
    """
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    known = centre_facts(session, centre_id)
    return _day(session, known, day or day_at(now, known.centre.zone), now)


def centre_week(session: Session, actor: Actor, centre_id: int, first: date, now: datetime) -> list[CentreDay]:
    """Seven days from the first one."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    known = centre_facts(session, centre_id)
    return [_day(session, known, day, now) for day in days_from(first, 7)]


def printed_list(session: Session, actor: Actor, centre_id: int, now: datetime) -> CentreDay:
    """Today, to be taken out of the house on paper: the audit log says by whom."""
    day = centre_day(session, actor, centre_id, None, now)
    audit.record(session, at=now, actor=actor.audit_name, action="centre.printed", subject=str(centre_id))
    return day


def _day(session: Session, known: CentreFacts, day: date, now: datetime) -> CentreDay:
    zone = known.centre.zone
    begins, ends = wall(day, 0, zone), wall(day + timedelta(days=1), 0, zone)
    changes = day_changes(session, [known.centre.id], [day])[known.centre.id]
    lines = _lines(session, known, begins, ends, now, today=day == day_at(now, zone))
    present = Counter(line.room.id for line in lines if line.where in (AtTheDoor.HERE, AtTheDoor.OVERDUE))
    groups = _groups(session, known.centre.id, begins, ends)
    return CentreDay(
        centre=known.centre,
        day=day,
        spans=known.centre.spans_on(day, changes),
        closed_for=changes[day].reason if day in changes else "",
        rooms=tuple(_room(session, room, begins, ends, present[room.id]) for room in known.rooms),
        lines=lines,
        groups=groups,
        waiting=_waiting(session, known.centre.id, begins, ends),
        care_types=known.care_types,
        counts=Counter(line.where for line in lines),
        coming_to=_coming_to(session, [g.id for g in groups]),
    )


def _room(session: Session, room: Room, begins: datetime, ends: datetime, present: int) -> RoomDay:
    span = half_hours(begins, ends)
    duty = duty_in(session, room, span)
    cells = session.execute(
        select(CellRow.half_hour, CellRow.target, CellRow.booked)
        .where(
            CellRow.room_id == room.id,
            CellRow.half_hour >= span.start,
            CellRow.half_hour < span.stop,
            (CellRow.target > 0) | (CellRow.booked > 0) | CellRow.half_hour.in_(list(duty)),
        )
        .order_by(CellRow.half_hour)
    )
    return RoomDay(
        room,
        tuple(
            HalfHour(moment_of(h), places, taken, duty.get(h, room.adults), room.children_an_adult)
            for h, places, taken in cells
        ),
        present,
    )


def _lines(
    session: Session, known: CentreFacts, begins: datetime, ends: datetime, now: datetime, *, today: bool
) -> tuple[Line, ...]:
    rows = session.scalars(
        select(BookingRow)
        .where(
            BookingRow.room_id.in_([r.id for r in known.rooms]),
            BookingRow.starts_at < ends,
            BookingRow.ends_at > begins,
            or_(BookingRow.state.in_(_SHOWN), _CALLED_OFF),
        )
        .order_by(BookingRow.starts_at, BookingRow.ends_at, BookingRow.party_id, BookingRow.line)
        .execution_options(populate_existing=True)
    ).all()
    bookings = [b for b in map(booking_of, rows) if b.state is not State.HELD or (b.held_until or now) > now]
    children = children_of(session, bookings)
    forms = _forms(session, children) if today else {}
    channels = _channels(session, bookings)
    lines = []
    for booking in bookings:
        assert booking.room_id is not None
        child = children.get(booking.child_id or "")
        born = child.birth_date if child else booking.guest.born if booking.guest else None
        lines.append(
            Line(
                booking,
                known.room(booking.room_id),
                at_the_door(booking, now),
                child,
                age_in_months(born, day_at(booking.starts_at, booking.zone)) if born else None,
                forms.get(booking.child_id or "") if booking.state is not State.CANCELLED else None,
                AT_THE_DOOR if booking.booked_by == AT_THE_DOOR else channels.get(booking.booked_by, ""),
            )
        )
    return tuple(lines)


def children_of(session: Session, bookings: Iterable[Booking]) -> dict[str, Child]:
    ids = {b.child_id for b in bookings if b.child_id}
    rows = session.scalars(select(ChildRow).where(ChildRow.id.in_(ids)))
    return {r.id: Child(r.id, r.birth_date, r.precision, r.weeks_early, r.label) for r in rows}


def _forms(session: Session, ids: Iterable[str]) -> dict[str, HealthForm]:
    rows = session.scalars(select(HealthFormRow).where(HealthFormRow.child_id.in_(list(ids))))
    return {r.child_id: form_of(r) for r in rows}


def _channels(session: Session, bookings: Sequence[Booking]) -> dict[str, str]:
    ids = {b.booked_by for b in bookings}
    return dict(session.execute(select(ParentRow.id, ParentRow.channel).where(ParentRow.id.in_(ids))).all())


def _groups(session: Session, centre_id: int, begins: datetime, ends: datetime) -> tuple[GroupSession, ...]:
    rows = session.scalars(
        select(GroupSessionRow)
        .join(GroupSeriesRow, GroupSeriesRow.id == GroupSessionRow.series_id)
        .where(
            GroupSeriesRow.centre_id == centre_id, GroupSessionRow.starts_at >= begins, GroupSessionRow.starts_at < ends
        )
        .order_by(GroupSessionRow.starts_at)
        .execution_options(populate_existing=True)
    ).all()
    series = {s.id: s for s in all_series(session, {r.series_id for r in rows})}
    return tuple(
        GroupSession(r.id, series[r.series_id], r.starts_at, r.ends_at, r.capacity, r.capacity - r.booked)
        for r in rows
        if r.target > 0 or r.booked > 0
    )


def _waiting(session: Session, centre_id: int, begins: datetime, ends: datetime) -> int:
    return (
        session.scalar(
            select(func.count(BookingRow.party_id.distinct())).where(
                BookingRow.centre_id == centre_id,
                BookingRow.state == State.WAITLISTED.value,
                BookingRow.starts_at < ends,
                BookingRow.ends_at > begins,
            )
        )
        or 0
    )


def _coming_to(session: Session, group_session_ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(BookingRow.group_session_id, func.count())
        .where(
            BookingRow.group_session_id.in_(group_session_ids),
            BookingRow.state == State.BOOKED.value,
            BookingRow.coming_at.is_not(None),
        )
        .group_by(BookingRow.group_session_id)
    )
    return {group: count for group, count in rows if group is not None}


def missing_today(session: Session, centre_ids: Iterable[int], now: datetime) -> int:
    """How many children of these centres are expected and not there though the grace time is over."""
    rows = session.scalars(
        select(BookingRow).where(
            BookingRow.centre_id.in_(list(centre_ids)),
            BookingRow.room_id.is_not(None),
            BookingRow.state == State.BOOKED.value,
            BookingRow.starts_at <= now,
            BookingRow.ends_at > now - timedelta(hours=12),
        )
    )
    return sum(at_the_door(booking_of(row), now) is AtTheDoor.MISSING for row in rows)


def changes_from(session: Session, centre_id: int, first: date) -> list[DayChange]:
    """The centre's changed days from that day on, in order."""
    query = select(CentreDayRow).where(CentreDayRow.centre_id == centre_id, CentreDayRow.day >= first)
    rows = session.scalars(query.order_by(CentreDayRow.day))
    return [DayChange(row.day, tuple(read_span(span) for span in row.spans), row.reason) for row in rows]
