"""Whether a centre takes a stay, and which room takes which child. Pure: it is told what is free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise, product

from bot.core.families.model import Child, age_in_months
from scheduler.care.model.centre import CareType, Centre, DayChange, Room
from scheduler.care.model.search import Reason
from scheduler.care.model.times import Span, day_at, minutes_at, wall


@dataclass(frozen=True, slots=True)
class Stay:
    """What would be booked; for care in blocks the whole blocks, however short the wish."""

    starts_at: datetime
    ends_at: datetime
    day: date
    blocks: int = 1


def stay_at(
    centre: Centre,
    care_type: CareType,
    changes: Mapping[date, DayChange],
    start: datetime,
    end: datetime | None,
    now: datetime,
) -> Stay | tuple[Reason, ...]:
    """The stay in this care type that covers the wish, or all reasons why there is none."""
    zone, day = centre.zone, day_at(start, centre.zone)
    if day.weekday() not in care_type.weekdays:
        return (Reason.NO_SUCH_CARE,)
    begins = minutes_at(start, day, zone)
    ends = minutes_at(end, day, zone) if end is not None else None
    if care_type.blocks:
        covering = _blocks(care_type.blocks, begins, ends)
        if covering is None:
            return (Reason.NO_SUCH_CARE,)
        (begins, ends), count = covering
        stay = Stay(wall(day, begins, zone), wall(day, ends, zone), day, count)
    else:
        until = end if end is not None else start + timedelta(minutes=care_type.min_minutes)
        ends = minutes_at(until, day, zone)
        stay = Stay(start, until, day)
    reasons = []
    if stay.starts_at < now:
        reasons.append(Reason.PAST)
    elif now > care_type.closes_at(day, stay.starts_at, zone):
        reasons.append(Reason.TOO_SOON)
    if not care_type.blocks:
        reasons += _length(care_type, stay)
    if not within(begins, ends, centre.spans_on(day, changes)):
        reasons.append(Reason.CLOSED)
    elif care_type.window is not None and not within(begins, ends, (care_type.window,)):
        reasons.append(Reason.NO_SUCH_CARE)
    return tuple(reasons) or stay


def _blocks(blocks: Sequence[Span], begins: int, ends: int | None) -> tuple[Span, int] | None:
    """The shortest run of adjoining blocks that covers the wish."""
    for length in range(1, len(blocks) + 1):
        for first in range(len(blocks) - length + 1):
            run = blocks[first : first + length]
            if any(a[1] != b[0] for a, b in pairwise(run)):
                continue
            if run[0][0] <= begins < run[-1][1] and (ends is None or begins < ends <= run[-1][1]):
                return (run[0][0], run[-1][1]), length
    return None


def _length(care_type: CareType, stay: Stay) -> list[Reason]:
    minutes = (stay.ends_at - stay.starts_at) / timedelta(minutes=1)
    if minutes < care_type.min_minutes or minutes <= 0:
        return [Reason.TOO_SHORT]
    return [Reason.TOO_LONG] if minutes > care_type.max_minutes else []


def within(begins: int, ends: int, spans: Sequence[Span]) -> bool:
    """Whether one of the spans covers the minutes."""
    return any(begins >= opens and ends <= closes for opens, closes in spans)


def rooms_for(children: Sequence[Child], rooms: Sequence[Room], day: date) -> list[list[Room]] | tuple[Reason, ...]:
    """For each child the rooms of its age on that day, single-age rooms first; or why a child has none."""
    options: list[list[Room]] = []
    reasons: set[Reason] = set()
    for child in children:
        fit = sorted(
            (r for r in rooms if r.takes(child.birth_date, day)), key=lambda r: (r.to_months - r.from_months, r.id)
        )
        if not fit:
            age = age_in_months(child.birth_date, day)
            if rooms and age >= max(r.to_months for r in rooms):
                reasons.add(Reason.TOO_OLD)
            elif rooms and age < min(r.from_months for r in rooms):
                reasons.add(Reason.TOO_YOUNG)
            else:
                reasons.add(Reason.NO_SUCH_CARE)
        options.append(fit)
    return tuple(sorted(reasons)) or options


def allocate(
    children: Sequence[Child], options: Sequence[Sequence[Room]], free: Mapping[int, int]
) -> tuple[tuple[str, int], ...] | None:
    """A room for every child so that no room gets more than is free there; None when they do not all fit."""
    usable = [[r.id for r in fit if free.get(r.id, 0) > 0] for fit in options]
    for chosen in product(*usable):
        if all(chosen.count(room) <= free[room] for room in set(chosen)):
            return tuple((child.id, room) for child, room in zip(children, chosen, strict=True))
    return None
