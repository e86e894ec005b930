"""Recount every cell and group session from the bookings, and every free-use count; nothing may differ."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.care.model.booking import TAKES_A_PLACE, year_of
from scheduler.care.model.times import half_hours
from scheduler.care.store import BookingRow, CellRow, FreeUseRow, GroupSessionRow


def audit_cells(session: Session) -> list[str]:
    """One line a difference, in ids and counts only; empty when all is right."""
    cells: Counter[tuple[int, int]] = Counter()
    seats: Counter[int] = Counter()
    free: Counter[tuple[str, int]] = Counter()
    bookings = select(
        BookingRow.room_id, BookingRow.group_session_id, BookingRow.starts_at, BookingRow.ends_at,
        BookingRow.free_use, BookingRow.child_id, BookingRow.zone,
    ).where(BookingRow.state.in_([s.value for s in TAKES_A_PLACE]))  # fmt: skip
    for room_id, group, starts_at, ends_at, free_use, child, zone in session.execute(bookings):
        if group is not None:
            seats[group] += 1
        elif room_id is not None:
            cells.update((room_id, half_hour) for half_hour in half_hours(starts_at, ends_at))
        if free_use is not None and child is not None:
            free[child, year_of(starts_at, zone)] += 1
    return [*_cells(session, cells), *_seats(session, seats), *_free(session, free)]


def _cells(session: Session, counted: Counter[tuple[int, int]]) -> list[str]:
    odd = []
    kept = select(CellRow.room_id, CellRow.half_hour, CellRow.booked, CellRow.capacity, CellRow.target).where(
        (CellRow.booked > 0) | (CellRow.capacity != CellRow.target)
    )
    for room, half_hour, booked, capacity, target in session.execute(kept):
        should = counted.pop((room, half_hour), 0)
        if booked != should or capacity != max(target, booked):
            odd.append(f"room {room} half hour {half_hour}: {booked} of {capacity} kept, {should} counted")
    odd += [
        f"room {room} half hour {half_hour}: 0 kept, {should} counted" for (room, half_hour), should in counted.items()
    ]
    return odd


def _seats(session: Session, counted: Counter[int]) -> list[str]:
    kept = select(GroupSessionRow.id, GroupSessionRow.booked, GroupSessionRow.capacity, GroupSessionRow.target)
    return [
        f"group session {i}: {booked} of {capacity} kept, {counted[i]} counted"
        for i, booked, capacity, target in session.execute(kept)
        if booked != counted[i] or capacity != max(target, booked)
    ]


def _free(session: Session, counted: Counter[tuple[str, int]]) -> list[str]:
    kept = select(FreeUseRow.child_id, FreeUseRow.year, FreeUseRow.used)
    return [
        f"free uses of {year}: {used} kept, {counted[child, year]} counted (child {child})"
        for child, year, used in session.execute(kept)
        if used != counted[child, year]
    ]
