"""Changes of hours, closures, staff on duty, rooms and prices: first shown with who is affected, then made.

The preview is the change itself, made and taken back: what is shown is what would happen. The confirmation names what
was shown; when other families are affected by then, nothing happens and it is shown anew. Nobody is moved: families
that lose a place are told at once, with other places to choose from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.staff.model import Action, Actor, permit
from scheduler.care.model.booking import OPEN, Booking, State
from scheduler.care.model.centre import CareKind
from scheduler.care.model.errors import ChangedSince, NotAllowed, UnknownCentre
from scheduler.care.model.events import Tell, tell_nobody
from scheduler.care.model.times import Span, days_from, wall
from scheduler.care.service.affected import Affected
from scheduler.care.service.changes import change_hours, change_room, change_staff, set_days, usual_days
from scheduler.care.service.keeping import keep_care_type
from scheduler.care.service.reading import CentreFacts, booking_of, centre_facts, day_changes
from scheduler.care.store import BookingRow, CareTypeRow

MOST_DAYS = 31
"""Days of one closure; a longer one is made in several steps, each with its preview."""
DEAREST = 1_000_000  # in the smallest unit: a typing mistake


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """From now on; by weekday, Monday is 0."""

    hours: Mapping[int, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class DayHours:
    """Other hours on one day."""

    day: date
    spans: tuple[Span, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which the centre, or one room, is closed: the whole day or a part of it."""

    first: date
    last: date
    part: Span | None = None
    room_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UsualAgain:
    """A closure, or other hours, of these days is taken back."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class OnDuty:
    """So many adults in a room for a time of one day. `cancel`: the stays that are then too many are cancelled."""

    room_id: int
    day: date
    part: Span
    adults: int
    cancel: bool = False


@dataclass(frozen=True, slots=True)
class RoomRules:
    """The usual size, adults and reserve for the same day of a room."""

    room_id: int
    size: int
    adults: int
    same_day_reserve: int
    cancel: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """A new fee of a care type, in the smallest unit: flat a block, or an hour (and later another an hour)."""

    kind: CareKind
    flat: int | None = None
    per_hour: int | None = None
    rises_after: int | None = None  # minutes
    per_hour_then: int | None = None


Change = WeeklyHours | DayHours | Closure | UsualAgain | OnDuty | RoomRules | Price


@dataclass(frozen=True, slots=True)
class Preview:
    """`lost`: stays and waits that end; `kept`: what stays as it is though it is touched (an old price, a room that
    is too full until a stand-in comes). `seen` names it all, for the confirmation."""

    lost: tuple[Affected, ...]
    kept: tuple[Affected, ...]

    @property
    def seen(self) -> str:
        shown = sorted((a.booking.id, a.booking.state.value, kept) for kept in (False, True) for a in self._of(kept))
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:24]

    def _of(self, kept: bool) -> Sequence[Affected]:
        return self.kept if kept else self.lost

    @property
    def families(self) -> int:
        """How many families will be told."""
        return len({a.booking.family_id for a in self.lost})


def preview(session: Session, actor: Actor, centre_id: int, change: Change, now: datetime) -> Preview:
    """What the change would do now. The session is left as it was. NotPermitted, UnknownCentre, NotAllowed."""
    permit(actor, Action.CENTRE_CHANGE, centre_id=centre_id)
    trial = session.begin_nested()
    try:
        return _make(session, actor, centre_id, change, now, tell_nobody)
    finally:
        trial.rollback()
        session.expire_all()


def make(
    session: Session,
    actor: Actor,
    centre_id: int,
    change: Change,
    now: datetime,
    tell: Tell = tell_nobody,
    *,
    seen: str,
) -> Preview:
    """Make the change that was shown as `seen`. ChangedSince: roll back and show it anew."""
    permit(actor, Action.CENTRE_CHANGE, centre_id=centre_id)
    done = _make(session, actor, centre_id, change, now, tell)
    if done.seen != seen:
        raise ChangedSince
    return done


def _make(session: Session, actor: Actor, centre_id: int, change: Change, now: datetime, tell: Tell) -> Preview:
    facts, who = centre_facts(session, centre_id), actor.audit_name
    match change:
        case WeeklyHours(hours=hours):
            return _lost(change_hours(session, centre_id, hours, now, tell, actor=who))
        case DayHours(day=day, spans=spans, reason=reason):
            _refuse_days(day, day, facts, now)
            return _lost(set_days(session, centre_id, {day: spans}, now, tell, actor=who, reason=reason))
        case UsualAgain(first=first, last=last):
            days = _refuse_days(first, last, facts, now)
            return _lost(usual_days(session, centre_id, days, now, tell, actor=who))
        case Closure(room_id=None):
            return _lost(_close(session, facts, change, now, tell, who))
        case Closure():
            return _lost(_close_room(session, facts, change, now, tell, who))
        case OnDuty(room_id=room_id, day=day, part=part, adults=adults, cancel=cancel):
            _own_room(facts, room_id)
            _refuse_days(day, day, facts, now)
            if not 0 <= adults <= 30:
                raise NotAllowed("adults")
            begins, ends = (wall(day, m, facts.centre.zone) for m in part)
            found = change_staff(
                session, room_id, begins, ends, adults, now, tell, centre_id=centre_id, actor=who, cancel=cancel
            )
            return _lost(found) if cancel else _kept(found)
        case RoomRules(room_id=room_id, size=size, adults=adults, same_day_reserve=reserve, cancel=cancel):
            _own_room(facts, room_id)
            if not (0 < size <= 60 and 0 <= adults <= 30 and 0 <= reserve <= size):
                raise NotAllowed("room")
            found = change_room(
                session, room_id, now, tell, centre_id=centre_id, size=size, adults=adults, same_day_reserve=reserve,
                actor=who, cancel=cancel,
            )  # fmt: skip
            return _lost(found) if cancel else _kept(found)
        case Price():
            return _price(session, facts, change, now, who)


def _lost(found: Sequence[Affected]) -> Preview:
    return Preview(tuple(found), ())


def _kept(found: Sequence[Affected]) -> Preview:
    return Preview((), tuple(found))


def _own_room(facts: CentreFacts, room_id: int) -> None:
    if room_id not in {r.id for r in facts.rooms}:
        raise UnknownCentre


def _refuse_days(first: date, last: date, facts: CentreFacts, now: datetime) -> list[date]:
    """Days in order, not past, not too many."""
    count = (last - first).days + 1
    if count < 1 or first < now.astimezone(facts.centre.time_zone).date():
        raise NotAllowed("days")
    if count > MOST_DAYS:
        raise NotAllowed("too_many_days")
    return list(days_from(first, count))


def _close(
    session: Session, facts: CentreFacts, change: Closure, now: datetime, tell: Tell, who: str
) -> list[Affected]:
    days = _refuse_days(change.first, change.last, facts, now)
    known = day_changes(session, [facts.centre.id], days)[facts.centre.id]
    spans = {
        day: [] if change.part is None else _without(facts.centre.spans_on(day, known), change.part) for day in days
    }
    return set_days(
        session, facts.centre.id, spans, now, tell, actor=who, reason=change.reason,
        why="closed" if change.part is None else "hours",
    )  # fmt: skip


def _without(spans: Sequence[Span], part: Span) -> list[Span]:
    """The spans with the part cut out."""
    left = []
    for opens, closes in spans:
        left += [s for s in ((opens, min(closes, part[0])), (max(opens, part[1]), closes)) if s[0] < s[1]]
    return left


def _close_room(
    session: Session, facts: CentreFacts, change: Closure, now: datetime, tell: Tell, who: str
) -> list[Affected]:
    assert change.room_id is not None
    _own_room(facts, change.room_id)
    lost: list[Affected] = []
    for day in _refuse_days(change.first, change.last, facts, now):
        begins, ends = (wall(day, m, facts.centre.zone) for m in (change.part or (0, 24 * 60)))
        lost += change_staff(
            session, change.room_id, begins, ends, 0, now, tell, centre_id=facts.centre.id, actor=who, cancel=True,
            why="closed",
        )  # fmt: skip
    return lost


def _price(session: Session, facts: CentreFacts, change: Price, now: datetime, who: str) -> Preview:
    """Who has booked, or waits, keeps the price that was said."""
    care_type = facts.care_type(change.kind)
    amounts = [a for a in (change.flat, change.per_hour, change.per_hour_then) if a is not None]
    if care_type is None:
        raise UnknownCentre
    if not amounts or (change.flat is None) == (change.per_hour is None) or not all(0 <= a <= DEAREST for a in amounts):
        raise NotAllowed("price")
    fee = {
        "currency": care_type.fee.currency, "flat": change.flat, "per_hour": change.per_hour,
        "rises_after": change.rises_after, "per_hour_then": change.per_hour_then,
    }  # fmt: skip
    rules = session.get_one(CareTypeRow, care_type.id).rules
    keep_care_type(session, facts.centre.id, change.kind.value, {k: v for k, v in fee.items() if v is not None}, rules)
    audit.record(
        session, at=now, actor=who, action="centre.price", subject=str(facts.centre.id), kind=change.kind.value,
        amounts=amounts,
    )  # fmt: skip
    session.flush()
    return _kept([Affected(b, ()) for b in _to_come(session, care_type.id, now)])


def _to_come(session: Session, care_type_id: int, now: datetime) -> list[Booking]:
    rows = session.scalars(
        select(BookingRow)
        .where(
            BookingRow.care_type_id == care_type_id,
            BookingRow.starts_at > now,
            BookingRow.state.in_([s.value for s in (*OPEN, State.WAITLISTED)]),
        )
        .order_by(BookingRow.starts_at, BookingRow.party_id, BookingRow.line)
    )
    return [booking_of(r) for r in rows]
