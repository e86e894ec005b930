"""What happened to bookings, told to whoever writes reminders and messages in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from scheduler.care.model.booking import Party
from scheduler.care.model.search import Offer


@dataclass(frozen=True, slots=True)
class BookingConfirmed:
    party: Party


@dataclass(frozen=True, slots=True)
class BookingMoved:
    """`old` is cancelled (why: moved) and `new` is booked in its place."""

    old: Party
    new: Party


@dataclass(frozen=True, slots=True)
class BookingCancelled:
    """Lines that were booked and are no more; `why` is on each line. Their reminders go."""

    party: Party


@dataclass(frozen=True, slots=True)
class PlaceLost:
    """A closure, new hours or missing staff took the place away; the family is owed a message with alternatives.

    `waiting`: it had no place yet and waited for one that can no longer come.
    """

    party: Party
    why: str
    alternatives: tuple[Offer, ...]
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class OfferMade:
    """The waiting list came to this family: the places are held for it until then."""

    party: Party
    until: datetime


@dataclass(frozen=True, slots=True)
class OfferLapsed:
    party: Party


@dataclass(frozen=True, slots=True)
class HoldLapsed:
    party: Party


@dataclass(frozen=True, slots=True)
class WaitEnded:
    """The stay began (or can no longer be booked) before the line came to this family."""

    party: Party


CareEvent = (
    BookingConfirmed | BookingMoved | BookingCancelled | PlaceLost | OfferMade | OfferLapsed | HoldLapsed | WaitEnded
)
Tell = Callable[[CareEvent], None]


def tell_nobody(_: CareEvent) -> None:
    """For callers that write no messages."""
