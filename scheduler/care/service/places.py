"""Taking and giving back places: cells of rooms and seats of group sessions, all or none.

First it is read whether the places are there (a full room is refused without touching or locking anything), then they
are taken by one conditional UPDATE a room whose rows are locked in the order of time. When another transaction was
quicker in between, what was taken is given back before the refusal is raised. Every taker goes through rooms and
half hours in ascending order, so takers cannot lock each other out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, case, func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from scheduler.care.model.errors import GroupFull, RoomFull
from scheduler.care.model.times import day_at, half_hours
from scheduler.care.store import BookingRow, CellRow, GroupSessionRow, RoomRow


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """Places in the half hours [first, past) of a room; `reserve` places there are not to be used."""

    room_id: int
    first: int
    past: int
    places: int = 1
    reserve: int = 0

    @property
    def cells(self) -> int:
        return self.past - self.first


@dataclass(frozen=True, slots=True, order=True)
class Seat:
    """Seats of families in a group session: one for a party, more when several parties leave at once."""

    group_session_id: int
    places: int = 1


Claims = Sequence[Claim | Seat]


def claims_of(rows: Iterable[BookingRow]) -> list[Claim | Seat]:
    """What these lines take up, children in the same room for the same time as one claim, in locking order."""
    claims: Counter[Claim] = Counter()
    seats: Counter[Seat] = Counter()
    for row in rows:
        if row.group_session_id is not None:
            seats[Seat(row.group_session_id)] += 1
        elif row.room_id is not None:
            cells = half_hours(row.starts_at, row.ends_at)
            claims[Claim(row.room_id, cells.start, cells.stop)] += 1
    return [
        *sorted(replace(claim, places=count) for claim, count in claims.items()),
        *sorted(replace(seat, places=count) for seat, count in seats.items()),
    ]


def claims_now(session: Session, rows: Sequence[BookingRow], now: datetime) -> list[Claim | Seat]:
    """The same, leaving alone what a room keeps for bookings on the day itself."""
    rooms = sorted({r.room_id for r in rows if r.room_id is not None})
    first = rows[0]
    if not rooms or day_at(now, first.zone) >= day_at(first.starts_at, first.zone):
        return claims_of(rows)
    kept = dict(session.execute(select(RoomRow.id, RoomRow.same_day_reserve).where(RoomRow.id.in_(rooms))).all())
    return [replace(c, reserve=kept.get(c.room_id, 0)) if isinstance(c, Claim) else c for c in claims_of(rows)]


_CELL = cast(Table, CellRow.__table__)
_SEAT = cast(Table, GroupSessionRow.__table__)
_IN_SPAN = and_(
    _CELL.c.room_id == bindparam("room"),
    _CELL.c.half_hour >= bindparam("first"),
    _CELL.c.half_hour < bindparam("past"),
)
_FITS = _CELL.c.booked + bindparam("places") <= _CELL.c.capacity - bindparam("kept")
_LEAST = select(func.count(), func.min(_CELL.c.capacity - _CELL.c.booked)).where(_IN_SPAN)
_FREE = (
    select(_CELL.c.room_id, func.count(), func.min(_CELL.c.capacity - _CELL.c.booked))
    .where(
        _CELL.c.room_id.in_(bindparam("rooms", expanding=True)),
        _CELL.c.half_hour >= bindparam("first"),
        _CELL.c.half_hour < bindparam("past"),
    )
    .group_by(_CELL.c.room_id)
)
_B = cast(Table, BookingRow.__table__).c
_FREE_AND_WAITING = _FREE.add_columns(
    select(_B.id)
    .where(_B.state == literal_column("'waitlisted'"), _B.room_id == _CELL.c.room_id)
    .correlate(_CELL)
    .exists()
)
_TAKE = (
    update(_CELL)
    .where(
        _CELL.c.room_id == bindparam("room"),
        _CELL.c.half_hour.in_(
            select(_CELL.c.half_hour).where(_IN_SPAN, _FITS).order_by(_CELL.c.half_hour).with_for_update()
        ),
        _FITS,
    )
    .values(booked=_CELL.c.booked + bindparam("places"))
    .returning(_CELL.c.half_hour)
)


def _sinking(table: Table) -> dict[str, ColumnElement[int]]:
    left = table.c.booked - bindparam("places")
    return {"booked": left, "capacity": case((table.c.target > left, table.c.target), else_=left)}


_GIVE = update(_CELL).where(_IN_SPAN).values(_sinking(_CELL))
_GIVE_SOME = (
    update(_CELL)
    .where(_CELL.c.room_id == bindparam("room"), _CELL.c.half_hour.in_(bindparam("cells", expanding=True)))
    .values(_sinking(_CELL))
)
_TAKE_SEAT = (
    update(_SEAT)
    .where(_SEAT.c.id == bindparam("seat"), _SEAT.c.booked + bindparam("places") <= _SEAT.c.capacity)
    .values(booked=_SEAT.c.booked + bindparam("places"))
    .returning(_SEAT.c.id)
)
_GIVE_SEAT = update(_SEAT).where(_SEAT.c.id == bindparam("seat")).values(_sinking(_SEAT))


def free_in(session: Session, rooms: Iterable[int], first: int, past: int) -> dict[int, int]:
    """The least number of free places over the half hours, for each room that has all of them."""
    rows = session.execute(_FREE, {"rooms": list(rooms), "first": first, "past": past})
    return {room: free for room, cells, free in rows if cells == past - first}


def look(session: Session, rooms: Iterable[int], first: int, past: int) -> tuple[dict[int, int], bool]:
    """As `free_in`, and whether anybody waits for any time in these rooms."""
    rows = session.execute(_FREE_AND_WAITING, {"rooms": list(rooms), "first": first, "past": past}).all()
    return {room: free for room, cells, free, _ in rows if cells == past - first}, any(row[3] for row in rows)


def free_in_spans(session: Session, wanted: Iterable[tuple[int, int, int]]) -> dict[tuple[int, int, int], int]:
    """The same for many (room, first, past) at once: one query for each different span."""
    spans: dict[tuple[int, int], list[int]] = {}
    for room, first, past in wanted:
        spans.setdefault((first, past), []).append(room)
    return {
        (room, first, past): free
        for (first, past), rooms in spans.items()
        for room, free in free_in(session, rooms, first, past).items()
    }


def take(session: Session, claims: Claims, *, seen_free: bool = False) -> None:
    """Take all of it, or raise RoomFull or GroupFull with nothing changed.

    `seen_free`: the caller has just read in this transaction that all of it is free.
    """
    if not seen_free:
        for claim in claims:
            _refuse_early(session, claim)
    taken: list[Claim | Seat] = []
    for claim in claims:
        if isinstance(claim, Seat):
            if session.execute(_TAKE_SEAT, _seats(claim)).first() is None:
                give_back(session, taken)
                raise GroupFull
        else:
            got = list(session.execute(_TAKE, _values(claim)).scalars())
            if len(got) < claim.cells:
                back = {"room": claim.room_id, "cells": got, "places": claim.places}
                if got:
                    session.execute(_GIVE_SOME, back)
                give_back(session, taken)
                raise RoomFull
        taken.append(claim)


def _refuse_early(session: Session, claim: Claim | Seat) -> None:
    if isinstance(claim, Seat):
        left = select(_SEAT.c.capacity - _SEAT.c.booked).where(_SEAT.c.id == claim.group_session_id)
        if (session.scalar(left) or 0) < claim.places:
            raise GroupFull
        return
    cells, free = session.execute(_LEAST, _values(claim)).one()
    if cells < claim.cells or free < claim.places + claim.reserve:
        raise RoomFull


def _values(claim: Claim) -> dict[str, int]:
    return {
        "room": claim.room_id,
        "first": claim.first,
        "past": claim.past,
        "places": claim.places,
        "kept": claim.reserve,
    }


def _seats(claim: Seat) -> dict[str, int]:
    return {"seat": claim.group_session_id, "places": claim.places}


def lock(session: Session, claims: Claims) -> None:
    """Lock everything that will be given back or taken, in the one order; SQLite has one writer and needs none."""
    if session.get_bind().dialect.name == "sqlite":
        return
    spans = [_in_span(c) for c in claims if isinstance(c, Claim)]
    if spans:
        session.execute(
            select(CellRow.room_id).where(or_(*spans)).order_by(CellRow.room_id, CellRow.half_hour).with_for_update()
        ).all()
    seats = sorted(c.group_session_id for c in claims if isinstance(c, Seat))
    if seats:
        session.execute(
            select(GroupSessionRow.id)
            .where(GroupSessionRow.id.in_(seats))
            .order_by(GroupSessionRow.id)
            .with_for_update()
        ).all()


def give_back(session: Session, claims: Claims) -> None:
    """Free what was taken; a cell above its target sinks with it. Lock first when there are several claims."""
    for claim in claims:
        if isinstance(claim, Claim):
            session.execute(_GIVE, _values(claim))
        else:
            session.execute(_GIVE_SEAT, _seats(claim))


def _in_span(claim: Claim) -> ColumnElement[bool]:
    return and_(CellRow.room_id == claim.room_id, CellRow.half_hour >= claim.first, CellRow.half_hour < claim.past)
