"""Places of a month by district and hour: offered, used, refused for lack of room; what came of bookings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.counting.store import HappeningRow
from bot.statistics.hiding import Table, hidden_table
from bot.statistics.period import Month
from scheduler.care.model.booking import State
from scheduler.care.service.districts import districts
from scheduler.care.store import BookingRow, CellRow, GroupSeriesRow, GroupSessionRow, RoomRow
from scheduler.reminders.model import Kind
from scheduler.reminders.model import State as Reminder
from scheduler.reminders.store import ReminderRow

SEARCHES = ("offered", "full", "other")
BOOKINGS = ("attended", "no_show", "booked", "cancelled", "expired")
DELIVERED = ("sent", "ambiguous", "failed", "expired")
REMINDED = tuple(kind.value for kind in Kind)
_HALF_HOUR = 1800


@dataclass(frozen=True, slots=True)
class Care:
    """`offered`: place-hours by district and by hour of the day; they are about rooms, not people, and never hidden."""

    districts: tuple[str, ...]
    offered_by_district: tuple[int, ...]
    used_by_district: Table  # place-hours; one column
    offered_by_hour: tuple[int, ...]
    used_by_hour: Table
    searches: Table  # districts x SEARCHES
    full_by_hour: Table  # hours x districts: searches that found everything full
    bookings: Table  # districts x BOOKINGS
    reminders: Table  # kinds x DELIVERED


def care(session: Session, month: Month) -> Care:
    where = districts(session)
    searches = _searches(session, month)
    places = sorted({*where.values(), *(key[0] for key in searches)}, key=lambda name: (name == "", name))
    offered, used = _cells(session, month, month.end, where)
    by_district = [(_hours(offered, place=p), _hours(used, place=p)) for p in places]
    by_hour = [(_hours(offered, hour=h), _hours(used, hour=h)) for h in range(24)]
    used_by_district = hidden_table(places, ["used"], [[u] for _, u in by_district])
    numbers = [[sum(n for (p, w, _), n in searches.items() if (p, w) == (place, word)) for word in SEARCHES]
               for place in places]  # fmt: skip
    found = hidden_table(places, SEARCHES, numbers)
    full = [[searches.get((place, "full", hour), 0) for place in places] for hour in range(24)]
    column = SEARCHES.index("full")
    shown = [line[column] for line in found.cells]  # by district, then of all
    states = _bookings(session, month, where)
    return Care(
        tuple(places),
        tuple(o for o, _ in by_district),
        used_by_district,
        tuple(o for o, _ in by_hour),
        hidden_table([str(h) for h in range(24)], ["used"], [[u] for _, u in by_hour]),
        found,
        hidden_table([str(h) for h in range(24)], places, full, shown_totals=shown),
        hidden_table(places, BOOKINGS, [[states.get((place, s), 0) for s in BOOKINGS] for place in places]),
        _reminders(session, month),
    )


def _searches(session: Session, month: Month) -> dict[tuple[str, str, int], int]:
    rows = session.execute(
        select(HappeningRow.place, HappeningRow.outcome, HappeningRow.hour, func.sum(HappeningRow.times))
        .where(HappeningRow.day >= month.first, HappeningRow.day < month.over, HappeningRow.kind == "search")
        .group_by(HappeningRow.place, HappeningRow.outcome, HappeningRow.hour)
    )
    return {(place, outcome, hour): int(times) for place, outcome, hour, times in rows}


def _cells(
    session: Session, month: Month, until: datetime, where: dict[int, str]
) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], int]]:
    """Half hours offered and used, by district and local hour."""
    offered: dict[tuple[str, int], int] = defaultdict(int)
    used: dict[tuple[str, int], int] = defaultdict(int)
    for start, end, shift in _spans(month, until):
        of_day = (CellRow.half_hour + shift) % 48
        rows = session.execute(
            select(RoomRow.centre_id, of_day, func.sum(CellRow.capacity), func.sum(CellRow.booked))
            .join(RoomRow, RoomRow.id == CellRow.room_id)
            .where(CellRow.half_hour >= start, CellRow.half_hour < end)
            .group_by(RoomRow.centre_id, of_day)
        )
        for centre_id, half_hour, capacity, booked in rows:
            key = (where.get(centre_id, ""), int(half_hour) // 2)
            offered[key] += int(capacity)
            used[key] += int(booked)
    return offered, used


def _spans(month: Month, until: datetime) -> list[tuple[int, int, int]]:
    """(first half hour, end, shift to the local clock in half hours) of stretches without a change of clocks."""
    spans: list[tuple[int, int, int]] = []
    for day in month.days:
        start = _midnight(day, month)
        if start >= until:
            break
        end = min(_midnight(day + timedelta(days=1), month), until)
        shift = int((start.utcoffset() or timedelta()).total_seconds() // _HALF_HOUR)
        first, last = int(start.timestamp() // _HALF_HOUR), int(end.timestamp() // _HALF_HOUR)
        if spans and spans[-1][1:] == (first, shift):
            spans[-1] = (spans[-1][0], last, shift)
        else:
            spans.append((first, last, shift))
    return spans


def _midnight(day: date, month: Month) -> datetime:
    return datetime.combine(day, time(), month.zone)


def _hours(halves: dict[tuple[str, int], int], *, place: str | None = None, hour: int | None = None) -> int:
    return sum(n for (p, h), n in halves.items() if place in (None, p) and hour in (None, h)) // 2


def _bookings(session: Session, month: Month, where: dict[int, str]) -> dict[tuple[str, str], int]:
    """Lines of bookings that begin in the month, by district and state; waiting and held ones are not over yet."""
    centre = func.coalesce(BookingRow.centre_id, GroupSeriesRow.centre_id)
    rows = session.execute(
        select(centre, BookingRow.state, func.count())
        .outerjoin(GroupSessionRow, GroupSessionRow.id == BookingRow.group_session_id)
        .outerjoin(GroupSeriesRow, GroupSeriesRow.id == GroupSessionRow.series_id)
        .where(
            BookingRow.starts_at >= month.start,
            BookingRow.starts_at < month.end,
            BookingRow.state.not_in((State.HELD.value, State.WAITLISTED.value)),
        )
        .group_by(centre, BookingRow.state)
    )
    found: dict[tuple[str, str], int] = defaultdict(int)
    for centre_id, state, count in rows:
        found[where.get(centre_id, ""), state] += int(count)
    return found


def _reminders(session: Session, month: Month) -> Table:
    rows = session.execute(
        select(ReminderRow.kind, ReminderRow.state, func.count())
        .where(
            ReminderRow.due_at >= month.start,
            ReminderRow.due_at < month.end,
            ReminderRow.state.in_([Reminder(state).value for state in DELIVERED]),
        )
        .group_by(ReminderRow.kind, ReminderRow.state)
    )
    found = {(kind, state): int(count) for kind, state, count in rows}
    return hidden_table(
        REMINDED, DELIVERED, [[found.get((kind, state), 0) for state in DELIVERED] for kind in REMINDED]
    )
