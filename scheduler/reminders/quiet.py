"""Quiet hours: when nobody is woken. Local times are wall times of the parent's zone; clock changes are its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduler.reminders.model import Kind

_DAY = 24 * 60
IN_TIME = timedelta(minutes=90)  # so long before its end a reminder that waited for the morning is early enough


class Manner(StrEnum):
    """What a time within quiet hours does."""

    LATER = "later"  # waits for the morning
    EARLIER = "earlier"  # waits for the morning if that is early enough, else comes the evening before
    STAYS = "stays"  # the parent chose the hour, or is here right now


MANNER = {
    Kind.FOLLOW_UP: Manner.LATER, Kind.HOLD: Manner.STAYS, Kind.BOOKING: Manner.EARLIER, Kind.OWN: Manner.STAYS,
    Kind.PLAN: Manner.LATER, Kind.TIP: Manner.LATER,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end`, minutes after midnight, usually over midnight; equal: never quiet."""

    start: int = 21 * 60
    end: int = 8 * 60

    def holds_at(self, moment: datetime, zone: str) -> bool:
        local = moment.astimezone(ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def ends_after(self, moment: datetime, zone: str) -> datetime:
        """The moment itself, or when the quiet hours end in which it lies."""
        if not self.holds_at(moment, zone):
            return moment
        local = moment.astimezone(ZoneInfo(zone))
        day = local.date() if local.hour * 60 + local.minute < self.end else local.date() + timedelta(days=1)
        return max(moment, _first_loud(self, wall(day, self.end, zone), zone))

    def begins_before(self, moment: datetime, zone: str) -> datetime:
        """The moment itself, or half an hour before the quiet hours in which it lies."""
        if not self.holds_at(moment, zone):
            return moment
        local = moment.astimezone(ZoneInfo(zone))
        day = local.date() if local.hour * 60 + local.minute >= self.start else local.date() - timedelta(days=1)
        return min(moment, wall(day, self.start, zone) - timedelta(minutes=30))

    def next_start(self, moment: datetime, zone: str) -> datetime | None:
        """When the quiet hours begin that follow a moment outside them; None: never."""
        if self.start == self.end:
            return None
        day = moment.astimezone(ZoneInfo(zone)).date()
        for ahead in (0, 1, 2):
            start = wall(day + timedelta(days=ahead), self.start, zone)
            if start > moment:
                return start
        return None


def wall(day: date, minute: int, zone: str) -> datetime:
    """A wall time as a moment. One that the clocks skip in spring is the same stretch after the skip."""
    over, minute = divmod(minute, _DAY)
    day += timedelta(days=over)
    return datetime(day.year, day.month, day.day, *divmod(minute, 60), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _first_loud(quiet: QuietHours, end: datetime, zone: str) -> datetime:
    """The end of the quiet hours; where clocks go back over it, after the hour that comes twice."""
    while quiet.holds_at(end, zone):
        end += timedelta(minutes=15)
    return end


def moved(due: datetime, kind: Kind, quiet: QuietHours, zone: str, ends: datetime) -> datetime:
    """When a reminder of this kind leaves that is due then and of use until `ends`."""
    match MANNER[kind]:
        case Manner.LATER:
            return quiet.ends_after(due, zone)
        case Manner.EARLIER:
            morning = quiet.ends_after(due, zone)
            return morning if morning + IN_TIME <= ends else quiet.begins_before(due, zone)
    return due
