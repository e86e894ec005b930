"""One day of a centre as its staff see it: rooms by half hour, and who is expected, here or gone.

EXPECTED -> LATE -> MISSING          (by the clock; MISSING may be noted as a no-show)
    `---------`-------`-> HERE -> OVERDUE -> LEFT
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.families.model import Child
from scheduler.care.model.booking import Booking, HealthForm, State
from scheduler.care.model.centre import CareType, Centre, Room
from scheduler.care.model.group import GroupSession
from scheduler.care.model.times import Span

NO_SHOW_AFTER = timedelta(minutes=15)
"""Nobody is missed before a quarter of an hour after the time agreed (or told, by a family that runs late)."""


class AtTheDoor(StrEnum):
    """Where a child of today's list is."""

    HELD = "held"  # a place that a family is just deciding about
    EXPECTED = "expected"
    LATE = "late"
    MISSING = "missing"
    HERE = "here"
    OVERDUE = "overdue"
    LEFT = "left"
    NO_SHOW = "no_show"
    OFF = "off"  # was booked, and the family said that it does not come


def expected_at(booking: Booking) -> datetime:
    """The time agreed, or the later one that the family told."""
    return booking.starts_at + timedelta(minutes=booking.late_minutes or 0)


def may_be_missed(booking: Booking, now: datetime) -> bool:
    """Whether the grace time is over."""
    return now >= expected_at(booking) + NO_SHOW_AFTER


def at_the_door(booking: Booking, now: datetime) -> AtTheDoor:
    match booking.state:
        case State.HELD:
            return AtTheDoor.HELD
        case State.NO_SHOW:
            return AtTheDoor.NO_SHOW
        case State.CANCELLED:
            return AtTheDoor.OFF
        case State.ATTENDED if booking.left_at is not None:
            return AtTheDoor.LEFT
        case State.ATTENDED:
            return AtTheDoor.OVERDUE if now > booking.ends_at else AtTheDoor.HERE
    if may_be_missed(booking, now):
        return AtTheDoor.MISSING
    return AtTheDoor.LATE if now > expected_at(booking) else AtTheDoor.EXPECTED


@dataclass(frozen=True, slots=True)
class HalfHour:
    """Half an hour of a room: `places` as size, staff and hours allow, `taken` by bookings, `adults` on duty."""

    at: datetime
    places: int
    taken: int
    adults: int
    children_an_adult: int

    @property
    def left(self) -> int:
        return max(0, self.places - self.taken)

    @property
    def adults_needed(self) -> int:
        return -(-self.taken // self.children_an_adult)

    @property
    def ratio_kept(self) -> bool:
        """Whether the adults on duty are enough for the children booked, by the law's ratio."""
        return self.adults >= self.adults_needed


@dataclass(frozen=True, slots=True)
class RoomDay:
    """A room through the day; the half hours in order, those of breaks left out."""

    room: Room
    half_hours: tuple[HalfHour, ...]
    present: int = 0
    """Children who are in the room at this moment, those who stay longer than booked among them."""

    def enough_now(self, moment: datetime) -> bool:
        """Whether the adults on duty are enough for the children booked and for those who are really there."""
        half = self.now(moment)
        adults = half.adults if half is not None else self.room.adults
        children = max(half.taken if half is not None else 0, self.present)
        return adults * self.room.children_an_adult >= children

    def now(self, moment: datetime) -> HalfHour | None:
        return next((h for h in self.half_hours if h.at <= moment < h.at + timedelta(minutes=30)), None)

    @property
    def ratio_kept(self) -> bool:
        return all(h.ratio_kept for h in self.half_hours)

    @property
    def fullest(self) -> int:
        return max((h.taken for h in self.half_hours), default=0)

    @property
    def places(self) -> int:
        return max((h.places for h in self.half_hours), default=0)


@dataclass(frozen=True, slots=True)
class Line:
    """One child on the list. `health` only on the day itself: before and after, the centre need not know."""

    booking: Booking
    room: Room
    where: AtTheDoor
    child: Child | None
    age_months: float | None
    health: HealthForm | None = None
    booked_through: str = ""
    """The channel of the parent who booked; `door` for who came without a booking."""


@dataclass(frozen=True, slots=True)
class CentreDay:
    centre: Centre
    day: date
    spans: tuple[Span, ...]
    closed_for: str
    """The reason noted for a changed day."""
    rooms: tuple[RoomDay, ...]
    lines: tuple[Line, ...]
    groups: tuple[GroupSession, ...]
    waiting: int
    care_types: tuple[CareType, ...] = ()
    counts: Mapping[AtTheDoor, int] = field(default_factory=dict)

    coming_to: Mapping[int, int] = field(default_factory=dict)
    """Of each group session, how many families with a seat said that they come."""

    @property
    def said_coming(self) -> int:
        """How many of the children who are still awaited have a family that said it comes."""
        awaited = (AtTheDoor.EXPECTED, AtTheDoor.LATE, AtTheDoor.MISSING)
        return sum(line.where in awaited and line.booking.coming_at is not None for line in self.lines)

    @property
    def first(self) -> datetime | None:
        return min((r.half_hours[0].at for r in self.rooms if r.half_hours), default=None)

    @property
    def last(self) -> datetime | None:
        end = max((r.half_hours[-1].at for r in self.rooms if r.half_hours), default=None)
        return end + timedelta(minutes=30) if end is not None else None
