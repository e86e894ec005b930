"""When a family is reminded of a booking: the day before and two hours before. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.reminders.model import Kind, Planned

DAY_BEFORE, HOURS_BEFORE = timedelta(hours=24), timedelta(hours=2)
BEFORE = {"day": DAY_BEFORE, "hours": HOURS_BEFORE}
NO_LONGER_THE_DAY_BEFORE = timedelta(hours=3)
"""So close to the start the reminder of the day before says nothing new."""
HOLD_WARNING = timedelta(minutes=3)
OFFER_WARNING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """A party as reminders see it: the beginnings of what is booked (a course has several), and who is told."""

    party_id: str
    starts: tuple[datetime, ...]
    parent_ids: tuple[str, ...]


def about_booking(party_id: str) -> str:
    return f"booking:{party_id}"


def about_hold(party_id: str) -> str:
    return f"hold:{party_id}"


def planned_for(facts: BookingFacts, now: datetime, waiting: Collection[str] = ()) -> Iterator[Planned]:
    """Only what is still ahead: who books for this afternoon knows it without the reminder of the day before.

    What is due already and waits, for the morning for example, stays: `waiting` are the keys.
    """
    for start in sorted(set(facts.starts)):
        times = (
            ("day", start - DAY_BEFORE, start - NO_LONGER_THE_DAY_BEFORE),
            ("hours", start - HOURS_BEFORE, start),
        )
        for which, due_at, expires_at in times:
            for parent_id in facts.parent_ids:
                key = f"booking:{facts.party_id}:{_minute(start)}:{which}:{parent_id}"
                if due_at <= now and key not in waiting:
                    continue
                yield Planned(
                    key=key,
                    kind=Kind.BOOKING,
                    parent_id=parent_id,
                    child_id=None,
                    about=about_booking(facts.party_id),
                    due_at=due_at,
                    expires_at=expires_at,
                    payload={"party": facts.party_id, "starts_at": start.isoformat(), "which": which},
                )


def planned_hold(
    party_id: str, parent_ids: Iterable[str], until: datetime, *, offered: bool, now: datetime
) -> Iterator[Planned]:
    """A word before a held or offered place is let go."""
    due_at = until - (OFFER_WARNING if offered else HOLD_WARNING)
    if due_at <= now:
        return
    for parent_id in parent_ids:
        yield Planned(
            key=f"hold:{party_id}:{_minute(until)}:{parent_id}",
            kind=Kind.HOLD,
            parent_id=parent_id,
            child_id=None,
            about=about_hold(party_id),
            due_at=due_at,
            expires_at=until,
            payload={"party": party_id, "until": until.isoformat()},
        )


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60
