"""A booking and its life.

    WAITLISTED --offer--> HELD --confirm--> BOOKED --> ATTENDED
        |                  |                  |  \\
        |                  |                  |   `--> NO_SHOW --(came after all)--> ATTENDED
        `-> CANCELLED,     `-> CANCELLED,     `-> CANCELLED
            EXPIRED            EXPIRED

    ATTENDED and NO_SHOW go back to BOOKED when the centre tapped the wrong line.

HELD, BOOKED, ATTENDED and NO_SHOW take up a place; the others do not. What is booked in one go (twins; the meetings
of a course) is a party: one line each, one code, held and confirmed all or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduler.care.model.centre import CareKind, Money
from scheduler.care.model.times import day_at, wall

HOLD = timedelta(minutes=10)
OFFER = timedelta(minutes=30)
MAX_OPEN_BOOKINGS = 10
"""Parties of one family that are held or booked and not over."""
MAX_OPEN_AFTER_NO_SHOWS = 2
NO_SHOWS_COUNT = 3
NO_SHOW_MEMORY = timedelta(days=60)
"""Three absences without a word within sixty days: fewer bookings at a time, until they are past. Nothing else."""


class State(StrEnum):
    WAITLISTED = "waitlisted"
    HELD = "held"
    BOOKED = "booked"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


STEPS: Mapping[State, frozenset[State]] = {
    State.WAITLISTED: frozenset({State.HELD, State.EXPIRED, State.CANCELLED}),
    State.HELD: frozenset({State.BOOKED, State.EXPIRED, State.CANCELLED}),
    State.BOOKED: frozenset({State.ATTENDED, State.NO_SHOW, State.CANCELLED}),
    State.NO_SHOW: frozenset({State.ATTENDED, State.BOOKED}),
    State.ATTENDED: frozenset({State.BOOKED}),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
}
TAKES_A_PLACE = frozenset({State.HELD, State.BOOKED, State.ATTENDED, State.NO_SHOW})
OPEN = frozenset({State.HELD, State.BOOKED})


GUEST = "guest"
"""`family_id` of a stay whose family is not known here."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A child who came without a booking and whose family is not known here: the least that a centre needs."""

    label: str
    born: date
    """The first day of the month of birth."""
    collector: str


@dataclass(frozen=True, slots=True)
class Booking:
    """One line of a party: one child's stay in a room, or a family's seat in a group session."""

    id: str
    party_id: str
    line: int
    code: str
    state: State
    family_id: str
    booked_by: str
    child_id: str | None
    centre_id: int | None
    room_id: int | None
    care_type_id: int | None
    kind: CareKind | None
    group_session_id: int | None
    starts_at: datetime
    ends_at: datetime
    zone: str
    created_at: datetime
    held_until: datetime | None
    offered_at: datetime | None
    price: Money | None
    free_use: int | None
    """Which free use of the year this is (1 to 12); None when it is paid."""
    moved_from: str | None
    """The party that this one replaced."""
    why: str
    """Why it was cancelled: `parent`, `not_coming`, `declined`, `closed`, `hours`, `staff`, `moved`, `group`, ..."""
    late_minutes: int | None = None
    """How late the family said it will be."""
    coming_at: datetime | None = None
    """When the family said, to a reminder, that it will come."""
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    guest: Guest | None = None

    @property
    def local_start(self) -> datetime:
        return self.starts_at.astimezone(ZoneInfo(self.zone))

    @property
    def local_end(self) -> datetime:
        return self.ends_at.astimezone(ZoneInfo(self.zone))

    @property
    def is_offer(self) -> bool:
        """Held because the waiting list offered it, not because the parent asked just now."""
        return self.state is State.HELD and self.offered_at is not None


Party = tuple[Booking, ...]


def total(party: Party) -> Money | None:
    """What the party costs together; None when no price is known."""
    prices = [b.price for b in party if b.price is not None]
    return Money(sum(p.amount for p in prices), prices[0].currency) if prices else None


def offer_ends(now: datetime, start: datetime, zone: str) -> datetime:
    """Until when an offered place is kept: half an hour, at night until 08:30, never beyond the start of care."""
    today = day_at(now, zone)
    opens, night = wall(today, 8 * 60, zone), wall(today, 21 * 60, zone)
    if now >= night:
        opens = wall(today + timedelta(days=1), 8 * 60, zone)
    asleep = now < opens
    return min((opens if asleep else now) + OFFER, start)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a family has booked, and how many bookings it may have at a time: fewer after absences without a word."""

    open_bookings: int
    limit: int


@dataclass(frozen=True, slots=True)
class FreeUses:
    """Free uses of temporary care in one calendar year of the centre's zone."""

    child_id: str
    year: int
    used: int
    allowed: int

    @property
    def left(self) -> int:
        return self.allowed - self.used


@dataclass(frozen=True, slots=True)
class HealthForm:
    """What a centre must know about a child; written once, confirmed with every booking."""

    child_id: str
    allergies: str
    medicines: str
    collectors: tuple[str, ...]
    consent_at: datetime
    consent_by: str
    confirmed_at: datetime


def year_of(starts_at: datetime, zone: str) -> int:
    return day_at(starts_at, zone).year
