"""Group sessions of a centre: series are written, changed and ended; a meeting can be left out; who comes is noted.

A change is previewed like every other: meetings that no longer take place are cancelled, their families told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.families.model import age_in_months
from bot.core.ids import new_id
from bot.core.staff.model import Action, Actor, permit
from scheduler.care.centre_side.changing import Preview
from scheduler.care.centre_side.day import children_of
from scheduler.care.model.booking import Booking, State
from scheduler.care.model.errors import ChangedSince, NotAllowed, UnknownCentre, WrongStep
from scheduler.care.model.events import CareEvent, PlaceLost, Tell, tell_nobody
from scheduler.care.model.group import GroupSeries, GroupSession
from scheduler.care.model.times import day_at
from scheduler.care.service.affected import Affected
from scheduler.care.service.generating import generate_group_sessions
from scheduler.care.service.groups import cancel_meeting
from scheduler.care.service.reading import booking_of, centre
from scheduler.care.service.series import add_series, all_series
from scheduler.care.store import BookingRow, GroupSeriesRow, GroupSessionRow

SHOWN = timedelta(days=60)
LONGEST_TITLE, LONGEST_WORDS = 60, 400  # characters
_SEATED = [s.value for s in (State.HELD, State.BOOKED, State.ATTENDED, State.NO_SHOW)]


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """A series with its meetings to come."""

    series: GroupSeries
    meetings: tuple[GroupSession, ...]


@dataclass(frozen=True, slots=True)
class Seated:
    """A family with a seat (or that waits): what the host needs to know."""

    booking: Booking
    age_months: float | None
    label: str


def series_here(session: Session, actor: Actor, centre_id: int, now: datetime) -> list[SeriesLine]:
    """The centre's series, those with a meeting soonest first; ended ones last."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    ids = session.scalars(select(GroupSeriesRow.id).where(GroupSeriesRow.centre_id == centre_id)).all()
    own = all_series(session, ids)
    lines = [SeriesLine(s, tuple(_coming(session, s, now, now + SHOWN))) for s in own]
    return sorted(lines, key=lambda line: (not line.meetings, line.meetings[0].starts_at if line.meetings else now))


def one_series(session: Session, actor: Actor, centre_id: int, series_id: int) -> GroupSeries:
    """UnknownCentre when it is another centre's."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    row = session.get(GroupSeriesRow, series_id)
    if row is None or row.centre_id != centre_id:
        raise UnknownCentre
    return all_series(session, [series_id])[0]


def add(session: Session, actor: Actor, centre_id: int, series: GroupSeries, now: datetime) -> int:
    """A new series, with its meetings ahead; its id. NotAllowed(title, time, months, families, words, no_meeting)."""
    permit(actor, Action.CENTRE_CHANGE, centre_id=centre_id)
    series = _here(session, centre_id, series)
    _refuse_odd(series, now)
    series_id = add_series(session, f"centre:{centre_id}:{new_id()}", series)
    generate_group_sessions(session, now)
    audit.record(session, at=now, actor=actor.audit_name, action="group.added", subject=str(series_id))
    return series_id


def preview_change(session: Session, actor: Actor, centre_id: int, series: GroupSeries, now: datetime) -> Preview:
    """Whose seats would go if the series became so. The session is left as it was."""
    trial = session.begin_nested()
    try:
        return _change(session, actor, centre_id, series, now, tell_nobody)
    finally:
        trial.rollback()
        session.expire_all()


def change(
    session: Session,
    actor: Actor,
    centre_id: int,
    series: GroupSeries,
    now: datetime,
    tell: Tell = tell_nobody,
    *,
    seen: str,
) -> Preview:
    """Make the change that was shown as `seen`; ChangedSince when other families are affected by now."""
    done = _change(session, actor, centre_id, series, now, tell)
    if done.seen != seen:
        raise ChangedSince
    return done


def _change(session: Session, actor: Actor, centre_id: int, series: GroupSeries, now: datetime, tell: Tell) -> Preview:
    permit(actor, Action.CENTRE_CHANGE, centre_id=centre_id)
    one_series(session, actor, centre_id, series.id)
    series = _here(session, centre_id, series)
    _refuse_odd(series, now)
    row = session.get_one(GroupSeriesRow, series.id)
    add_series(session, row.source_key, series)
    until = now + timedelta(days=366 if series.course else 60)
    wanted = set(series.meetings(now, until))
    lost: list[Booking] = []
    for meeting in _rows_to_come(session, series.id, now):
        if meeting.starts_at not in wanted:
            lost += _cancel(session, actor, meeting.id, now, tell)
    session.execute(
        update(GroupSessionRow)
        .where(
            GroupSessionRow.series_id == series.id, GroupSessionRow.starts_at > now,
            GroupSessionRow.starts_at.in_(wanted),
        )
        .values(
            target=series.families,
            capacity=case((GroupSessionRow.booked > series.families, GroupSessionRow.booked), else_=series.families),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    session.expire_all()
    generate_group_sessions(session, now)
    audit.record(session, at=now, actor=actor.audit_name, action="group.changed", subject=str(series.id))
    session.flush()
    return Preview(tuple(Affected(b, ()) for b in lost), ())


def leave_out(
    session: Session, actor: Actor, centre_id: int, group_session_id: int, now: datetime, tell: Tell = tell_nobody
) -> int:
    """This one meeting does not take place; everybody with a seat and in the line is told. Returns families."""
    permit(actor, Action.CENTRE_CHANGE, centre_id=centre_id)
    row = _meeting(session, centre_id, group_session_id)
    if row.starts_at <= now:
        raise WrongStep
    own = all_series(session, [row.series_id])[0]
    moment = row.starts_at.astimezone(ZoneInfo(own.zone)).replace(tzinfo=None)
    kept = replace(own, left_out=(*own.left_out, moment), added=tuple(m for m in own.added if m != moment))
    add_series(session, session.get_one(GroupSeriesRow, own.id).source_key, kept)
    return len({b.family_id for b in _cancel(session, actor, group_session_id, now, tell)})


def end(session: Session, actor: Actor, centre_id: int, series_id: int, now: datetime, tell: Tell = tell_nobody) -> int:
    """No meeting from now on; returns how many families were told."""
    permit(actor, Action.CENTRE_CHANGE, centre_id=centre_id)
    own = one_series(session, actor, centre_id, series_id)
    told: set[str] = set()
    for meeting in _rows_to_come(session, series_id, now):
        told |= {b.family_id for b in _cancel(session, actor, meeting.id, now, tell)}
    here = now.astimezone(ZoneInfo(own.zone)).replace(tzinfo=None)
    ended = replace(own, rule=_until(own.rule, here), added=tuple(m for m in own.added if m <= here))
    if not own.rule and own.first > here:
        ended = replace(ended, left_out=(*own.left_out, own.first))
    add_series(session, session.get_one(GroupSeriesRow, series_id).source_key, ended)
    audit.record(session, at=now, actor=actor.audit_name, action="group.ended", subject=str(series_id))
    return len(told)


def _until(rule: str, here: datetime) -> str:
    if not rule:
        return ""
    parts = [p for p in rule.split(";") if not p.startswith(("UNTIL=", "COUNT="))]
    return ";".join([*parts, f"UNTIL={here:%Y%m%dT%H%M%S}"])


def meeting(
    session: Session, actor: Actor, centre_id: int, group_session_id: int
) -> tuple[GroupSession, list[Seated], list[Seated]]:
    """One meeting, the families with a seat by their code, and the line in its order."""
    permit(actor, Action.CENTRE_DAY, centre_id=centre_id)
    row = _meeting(session, centre_id, group_session_id)
    own = all_series(session, [row.series_id])[0]
    rows = session.scalars(
        select(BookingRow)
        .where(
            BookingRow.group_session_id == group_session_id, BookingRow.state.in_([*_SEATED, State.WAITLISTED.value])
        )
        .order_by(BookingRow.created_at, BookingRow.party_id)
        .execution_options(populate_existing=True)
    ).all()
    bookings = [booking_of(r) for r in rows]
    children = children_of(session, bookings)

    def seated(booking: Booking) -> Seated:
        child = children.get(booking.child_id or "")
        age = age_in_months(child.birth_date, day_at(booking.starts_at, booking.zone)) if child else None
        return Seated(booking, age, child.label if child else "")

    have = sorted((b for b in bookings if b.state is not State.WAITLISTED), key=lambda b: b.code)
    waiting = [b for b in bookings if b.state is State.WAITLISTED]
    found = GroupSession(row.id, own, row.starts_at, row.ends_at, row.capacity, row.capacity - row.booked)
    return found, [seated(b) for b in have], [seated(b) for b in waiting]


def _cancel(session: Session, actor: Actor, group_session_id: int, now: datetime, tell: Tell) -> list[Booking]:
    """Cancel one meeting; the bookings that lost a seat or a place in the line."""
    lost: list[Booking] = []

    def heard(event: CareEvent) -> None:
        if isinstance(event, PlaceLost):
            lost.extend(event.party)
        tell(event)

    cancel_meeting(session, group_session_id, now, heard, actor=actor.audit_name)
    return lost


def _meeting(session: Session, centre_id: int, group_session_id: int) -> GroupSessionRow:
    row = session.get(GroupSessionRow, group_session_id, populate_existing=True)
    if row is None or session.get_one(GroupSeriesRow, row.series_id).centre_id != centre_id:
        raise UnknownCentre
    return row


def _rows_to_come(session: Session, series_id: int, now: datetime) -> Sequence[GroupSessionRow]:
    return session.scalars(
        select(GroupSessionRow)
        .where(GroupSessionRow.series_id == series_id, GroupSessionRow.starts_at > now, GroupSessionRow.target > 0)
        .order_by(GroupSessionRow.starts_at)
        .execution_options(populate_existing=True)
    ).all()


def _coming(session: Session, own: GroupSeries, now: datetime, until: datetime) -> list[GroupSession]:
    return [
        GroupSession(r.id, own, r.starts_at, r.ends_at, r.capacity, r.capacity - r.booked)
        for r in _rows_to_come(session, own.id, now)
        if r.starts_at < until
    ]


def _here(session: Session, centre_id: int, series: GroupSeries) -> GroupSeries:
    """At this centre, with its place on the map."""
    own = centre(session, centre_id)
    return replace(
        series, centre_id=centre_id, zone=own.zone, place=own.name, address=own.address, lat=own.lat, lon=own.lon
    )


def _refuse_odd(series: GroupSeries, now: datetime) -> None:
    if not series.titles or any(not 0 < len(t) <= LONGEST_TITLE for t in series.titles.values()):
        raise NotAllowed("title")
    if not 15 <= series.minutes <= 480:
        raise NotAllowed("time")
    if not 0 <= series.from_months < series.to_months <= 72:
        raise NotAllowed("months")
    if not 1 <= series.families <= 100:
        raise NotAllowed("families")
    if len(series.host) > LONGEST_TITLE or any(len(w) > LONGEST_WORDS for w in series.about.values()):
        raise NotAllowed("words")
    try:
        if series.rule:
            rrulestr(series.rule, dtstart=series.first)
        found = series.meetings(now, now + timedelta(days=366))
    except ValueError:
        raise NotAllowed("rule") from None
    if not found:
        raise NotAllowed("no_meeting")
    if any(later - earlier < timedelta(minutes=series.minutes) for earlier, later in pairwise(found)):
        raise NotAllowed("time")
