"""What a family looks for, what there is, and why there is nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from zoneinfo import ZoneInfo

from bot.core.families.model import Child
from scheduler.care.model.booking import FreeUses, Party
from scheduler.care.model.centre import FREE_USES_A_YEAR, CareKind, CareType, Centre, Money

METRES_A_MINUTE = 80
DETOUR = 1.3
"""Streets are longer than the straight line: a usual factor for towns."""
WALK = 15
"""Minutes of the neighbourhood circle, searched first."""


@dataclass(frozen=True, slots=True)
class Point:
    lat: float
    lon: float

    def metres_to(self, other: Point) -> float:
        """Along the surface of the earth, in a straight line."""
        a = sin(radians(other.lat - self.lat) / 2) ** 2
        b = cos(radians(self.lat)) * cos(radians(other.lat)) * sin(radians(other.lon - self.lon) / 2) ** 2
        return 2 * 6_371_000 * asin(min(1.0, sqrt(a + b)))


def walking_minutes(metres: float) -> int:
    return max(1, round(metres * DETOUR / METRES_A_MINUTE))


class Reason(StrEnum):
    """Why a centre cannot take a stay."""

    FULL = "full"
    CLOSED = "closed"  # not open then, or closed on that day
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    PAST = "past"
    TOO_SOON = "too_soon"  # after the last moment to book
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NO_SUCH_CARE = "no_such_care"  # the centre does not offer this care type, or not on that weekday
    NOT_YET = "not_yet"  # places for that day are not open for booking yet
    NOT_BOOKABLE = "not_bookable"  # known from a register only
    NO_CENTRE = "no_centre"  # no centre near, or none that passes the filters


@dataclass(frozen=True, slots=True)
class Wish:
    """What a family asks for. Without `end`: the block, or the shortest stay, that begins at `start`."""

    children: tuple[Child, ...]
    start: datetime
    end: datetime | None = None
    kind: CareKind | None = None
    centre_id: int | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a centre must have to be listed; None or False: does not matter."""

    age_months: float | None = None
    registered: bool = False
    open_now: bool = False
    evening: bool = False  # open after 18:00 on some day
    weekend: bool = False
    language: str | None = None
    price_at_most: int | None = None  # an hour, in the smallest unit
    bookable: bool = False
    within_metres: float | None = None


@dataclass(frozen=True, slots=True)
class Near:
    """A centre with its distance; None when the centre or the family has no place on the map."""

    centre: Centre
    metres: float | None

    @property
    def minutes(self) -> int | None:
        return None if self.metres is None else walking_minutes(self.metres)

    @property
    def in_walk(self) -> bool:
        return self.minutes is not None and self.minutes <= WALK


@dataclass(frozen=True, slots=True)
class Offer:
    """A stay that can be held now. `rooms` names a room for each child; `price` is for all children together."""

    near: Near
    care_type: CareType
    starts_at: datetime
    ends_at: datetime
    rooms: tuple[tuple[str, int], ...]
    places_left: int
    """The least number of free places in any room and half hour of the stay, before these children."""
    price: Money
    full_price: Money
    free_uses: tuple[FreeUses, ...]
    """The free uses this stay would take, one entry a child who still has one: state before booking."""

    @property
    def centre(self) -> Centre:
        return self.near.centre

    @property
    def local_start(self) -> datetime:
        return self.starts_at.astimezone(ZoneInfo(self.centre.zone))

    @property
    def local_end(self) -> datetime:
        return self.ends_at.astimezone(ZoneInfo(self.centre.zone))

    def giving_back(self, party: Party) -> Offer:
        """The same when the party moves there: the free uses that it has taken come back first."""
        year = self.local_start.year
        back = {b.child_id for b in party if b.child_id and b.free_use is not None and b.local_start.year == year}
        if not back or not self.care_type.free_uses:
            return self
        here = {child for child, _ in self.rooms}
        uses = {u.child_id: replace(u, used=u.used - (u.child_id in back)) for u in self.free_uses}
        for child in back & here - set(uses):  # it had the last one
            uses[child] = FreeUses(child, year, FREE_USES_A_YEAR - 1, FREE_USES_A_YEAR)
        one = self.full_price.amount // max(1, len(self.rooms))
        price = Money(self.full_price.amount - one * len(uses), self.full_price.currency)
        return replace(self, free_uses=tuple(uses.values()), price=price)


@dataclass(frozen=True, slots=True)
class FreeDay:
    """`free`: places for a child by minutes after midnight at the centre, while it is open and not over."""

    day: date
    free: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Request:
    """What to hold, or to wait for. The same `key` twice (a double tap) is one request."""

    key: str
    family_id: str
    booked_by: str
    children: tuple[Child, ...]
    centre_id: int
    kind: CareKind
    start: datetime
    end: datetime | None = None

    @classmethod
    def of(cls, offer: Offer, children: tuple[Child, ...], *, key: str, family_id: str, booked_by: str) -> Request:
        """The request that takes this offer."""
        return cls(
            key, family_id, booked_by, children, offer.centre.id, offer.care_type.kind, offer.starts_at, offer.ends_at
        )


@dataclass(frozen=True, slots=True)
class GroupRequest:
    """A seat for the family in a group session; for a course, in all its coming meetings."""

    key: str
    family_id: str
    booked_by: str
    group_session_id: int
    child: Child | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one centre cannot take the stay; `waitable` when only the places are missing."""

    near: Near
    reasons: tuple[Reason, ...]
    care_type: CareType | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    rooms: tuple[tuple[str, int], ...] = ()

    @property
    def waitable(self) -> bool:
        return self.reasons == (Reason.FULL,) and self.care_type is not None


@dataclass(frozen=True, slots=True)
class NothingFree:
    """Nothing can be had as asked: why, and what is near in time (same centres) and in place (same time)."""

    reasons: tuple[Reason, ...]
    refusals: tuple[Refusal, ...]
    near_in_time: tuple[Offer, ...]
    near_in_place: tuple[Offer, ...]

    @property
    def can_wait(self) -> tuple[Refusal, ...]:
        return tuple(r for r in self.refusals if r.waitable)


@dataclass(frozen=True, slots=True)
class Found:
    """Offers, nearest first; or none, and then `nothing` says why."""

    offers: tuple[Offer, ...]
    nothing: NothingFree | None = None


def most_telling(refusals: Sequence[Refusal]) -> tuple[Reason, ...]:
    """The reasons of all refusals, the most frequent first."""
    seen = [reason for refusal in refusals for reason in refusal.reasons]
    return tuple(sorted(set(seen), key=lambda r: (-seen.count(r), r)))
