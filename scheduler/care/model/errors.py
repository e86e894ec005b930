"""What can go wrong with a booking: the class name is the fact, the docstring its plain meaning."""

from __future__ import annotations


class CareError(Exception):
    """Base of all refusals of this room; nothing was changed when one is raised."""


class UnknownCentre(CareError):
    """There is no such centre, room or care type."""


class UnknownBooking(CareError):
    """There is no such booking, or it belongs to another family."""


class WrongStep(CareError):
    """The booking is in a state from which this step is not allowed."""


class RoomFull(CareError):
    """No place is left for the whole stay, for all children who come together."""


class GroupFull(CareError):
    """No seat is left in the group session, or in one meeting of the course."""


class PlaceStillFree(CareError):
    """There is a place; no need to wait for one."""


class HoldExpired(CareError):
    """The place was held for ten minutes (or offered for a time) and that time is over."""


class StayRefused(CareError):
    """The centre does not take such a stay; `reasons` says why."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


class TooManyOpenBookings(CareError):
    """The family has as many open bookings as it may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class ChildAlreadyBooked(CareError):
    """One of the children is already expected somewhere at that time."""


class AlreadyWaiting(CareError):
    """The family already waits for this place."""


class HealthFormMissing(CareError):
    """The centre must know about allergies, medicines and who may collect before the place is booked."""

    def __init__(self, child_ids: tuple[str, ...]) -> None:
        super().__init__(str(len(child_ids)))
        self.child_ids = child_ids


class TooManyCodes(CareError):
    """This person has tried many wrong family codes lately: a typing mistake does not look like that."""


class ChangedSince(CareError):
    """Since the preview somebody booked or cancelled: other families are affected now than were shown."""


class ProfileChanged(CareError):
    """A colleague has kept the centre's profile since the form was opened."""


class NotAllowed(CareError):
    """The law or the form of a thing does not allow it; `why` is a short code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
