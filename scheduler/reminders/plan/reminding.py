"""The reminders of a plan, pure: one a visit, three days ahead; once more four weeks later for what is still open.

Nothing that was due before the family was known is reminded of: it was mostly done and never told. A visit whose day
moves to more than a week later is reminded of once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.reminders.model import Kind, Planned
from scheduler.reminders.plan.model import Entry, Plan, Status

AT = time(9, 30)  # on the parent's clock; quiet hours move it
AHEAD = timedelta(days=3)  # enough to book the clinic
USEFUL = timedelta(days=21)
AGAIN = timedelta(days=28)
PUT_OFF_USEFUL = timedelta(days=14)
MOVED = timedelta(days=7)
TOO_VAGUE = "year"  # a birth date that is only known to the year gives no days


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is reminded. `known_since`: the day on which the family told of the child."""

    parent_id: str
    child_id: str
    zone: str
    known_since: date

    def at(self, day: date) -> datetime:
        return datetime.combine(day, AT, ZoneInfo(self.zone))


def reminders(plan: Plan, reader: Reader) -> list[Planned]:
    """Every reminder that the plan asks for, past ones among them: what was sent is not sent again."""
    if plan.birth.precision == TOO_VAGUE:
        return []
    visits: dict[str, list[Entry]] = {}
    found: list[Planned] = []
    for entry in plan.entries:
        if entry.is_settled or entry.reminds is None:
            continue
        if entry.put_off is not None:
            found.append(_put_off(entry, entry.turn, reader))
        else:
            visits.setdefault(_visit(entry, plan), []).append(entry)
    for visit, entries in visits.items():
        found += _of_visit(visit, entries, plan, reader)
    return found


def _visit(entry: Entry, plan: Plan) -> str:
    """What is done in one go: the visit, or the item alone when its day was moved away from there."""
    if entry.shifted:
        return entry.item.id
    corrected = entry.item.from_due and plan.birth.weeks_early > 0
    return f"{entry.item.visit}-due" if corrected else entry.item.visit


def _of_visit(visit: str, entries: list[Entry], plan: Plan, reader: Reader) -> list[Planned]:
    first = min(e.reminds for e in entries if e.reminds is not None)
    ahead = first if plan.is_approximate else first - AHEAD
    if ahead < reader.known_since <= first:  # the family came when it was almost due: the next morning
        ahead = reader.known_since + timedelta(days=1)
    found: list[Planned] = []
    for stage, day, end in (("first", ahead, first + USEFUL), ("again", first + AGAIN, first + AGAIN + USEFUL)):
        timely = [e for e in entries if e.until is None or day < e.until]
        if not timely or day < reader.known_since or (stage == "again" and first < reader.known_since):
            continue
        end = min([end, *(e.until for e in timely if e.until is not None)])
        found.append(_planned(visit, stage, timely, day, end, reader))
    return found


def _put_off(entry: Entry, day: date, reader: Reader) -> Planned:
    return _planned(entry.item.id, f"later-{day:%Y%m%d}", [entry], day, day + PUT_OFF_USEFUL, reader)


def _planned(visit: str, stage: str, entries: list[Entry], day: date, end: date, reader: Reader) -> Planned:
    key = f"plan:{reader.child_id}:{visit}:{stage}:{reader.parent_id}"
    return Planned(
        key, Kind.PLAN, reader.parent_id, reader.child_id, key, reader.at(day), reader.at(end),
        {"child": reader.child_id, "items": sorted(e.item.id for e in entries), "stage": stage.partition("-")[0]},
    )  # fmt: skip


def for_its_day(planned: Planned, left: Iterable[tuple[str, datetime]]) -> Planned:
    """The same; or, when all that left for this visit (`left`: keys, times) was for a day over a week too early, once
    more under a key of its day.

    A birth date was corrected, a dose was late, the schedule changed: told of March, a parent hears again in May. When
    the day moves by less, or to an earlier one, the parent knows already.
    """
    key = planned.key
    told = [at for known, at in left if known == key or known.startswith(f"{key}~")]
    if not told or planned.due_at <= max(told) + MOVED:
        return planned
    dated = f"{key}~{planned.due_at:%Y%m%d}"
    return replace(planned, key=dated, about=dated)


def still_meant(plan: Plan, items: list[str]) -> tuple[Entry, ...]:
    """Of the items of a reminder, those that there is still something to do about."""
    return tuple(e for e in plan.entries if e.item.id in items and not e.is_settled and e.status is not Status.ASK)
