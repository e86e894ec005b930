"""When a parent's own reminder comes: once, or by a rule on the wall clock. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from scheduler.reminders.model import Kind, Planned
from scheduler.reminders.quiet import wall

USEFUL_ONCE, USEFUL_AGAIN = timedelta(hours=12), timedelta(hours=6)
"""How late it is still of use; of a repeated one never beyond the next."""


class TooManyReminders(Exception):
    """The parent has as many own reminders as one can keep apart."""


@dataclass(frozen=True, slots=True)
class OwnReminder:
    """What a parent asked to be reminded of. `rule` is an RRULE, empty for once."""

    id: str
    parent_id: str
    words: str
    starts_at: datetime
    rule: str
    zone: str


def about_own(own_id: str) -> str:
    return f"own:{own_id}"


def times(own: OwnReminder, after: datetime, until: datetime) -> Iterator[datetime]:
    """Its moments later than `after`, up to and with `until`.

    Nine in the morning stays nine when the clocks change; every eight hours stays eight hours. The 31st of a short
    month is its last day.
    """
    if not own.rule:
        if after < own.starts_at <= until:
            yield own.starts_at
        return
    zone: tzinfo = UTC if "FREQ=HOURLY" in own.rule else ZoneInfo(own.zone)
    first = own.starts_at.astimezone(zone).replace(tzinfo=None)
    rule = rrulestr(_plain(own.rule, first, zone), dtstart=first)
    begin, end = (m.astimezone(zone).replace(tzinfo=None) for m in (after, until))
    for moment in rule.between(begin - timedelta(hours=2), end + timedelta(hours=2), inc=True):
        if zone is UTC:
            due = moment.replace(tzinfo=UTC)
        else:
            due = wall(moment.date(), moment.hour * 60 + moment.minute, own.zone)
        if after < due <= until:
            yield due


def _plain(rule: str, first: datetime, zone: tzinfo) -> str:
    """For wall times without a zone: the end in them too; a day that a month may not have becomes its last."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    if parts.get("UNTIL", "").endswith("Z"):
        end = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        parts["UNTIL"] = f"{end.astimezone(zone):%Y%m%dT%H%M%S}"
    if parts["FREQ"] == "MONTHLY" and "BYDAY" not in parts:
        day = int(parts.get("BYMONTHDAY", first.day))
        if day > 28:
            parts |= {"BYMONTHDAY": ",".join(str(d) for d in range(28, day + 1)), "BYSETPOS": "-1"}
    return ";".join(f"{k}={v}" for k, v in parts.items())


def planned(own: OwnReminder, after: datetime, until: datetime) -> Iterator[Planned]:
    """The reminders of that stretch of time."""
    useful = USEFUL_AGAIN if own.rule else USEFUL_ONCE
    coming = list(times(own, after, until + useful if own.rule else until))
    for number, due_at in enumerate(coming):
        if due_at > until:
            return
        end = due_at + useful
        if number + 1 < len(coming):
            end = min(end, coming[number + 1])
        yield Planned(
            key=f"own:{own.id}:{int(due_at.timestamp()) // 60}",
            kind=Kind.OWN,
            parent_id=own.parent_id,
            child_id=None,
            about=about_own(own.id),
            due_at=due_at,
            expires_at=end,
            payload={"own": own.id},
        )
