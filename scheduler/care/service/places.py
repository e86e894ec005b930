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

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
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
    """One family's seat in a group session."""

    group_session_id: int


Claims = Sequence[Claim | Seat]


def claims_of(rows: Iterable[BookingRow]) -> list[Claim | Seat]:
    """What these lines take up, children in the same room for the same time as one claim, in locking order."""
    claims: Counter[Claim] = Counter()
    seats: set[Seat] = set()
    for row in rows:
        if row.group_session_id is not None:
            seats.add(Seat(row.group_session_id))
        elif row.room_id is not None:
            cells = half_hours(row.starts_at, row.ends_at)
            claims[Claim(row.room_id, cells.start, cells.stop)] += 1
    return [*sorted(replace(claim, places=count) for claim, count in claims.items()), *sorted(seats)]


def claims_now(session: Session, rows: Sequence[BookingRow], now: datetime) -> list[Claim | Seat]:
    """The same, leaving alone what a room keeps for bookings on the day itself."""
    rooms = sorted({r.room_id for r in rows if r.room_id is not None})
    first = rows[0]
    if not rooms or day_at(now, first.zone) >= day_at(first.starts_at, first.zone):
        return claims_of(rows)
    kept = dict(session.execute(select(RoomRow.id, RoomRow.same_day_reserve).where(RoomRow.id.in_(rooms))).all())
    return [replace(c, reserve=kept.get(c.room_id, 0)) if isinstance(c, Claim) else c for c in claims_of(rows)]


def free_in(session: Session, rooms: Iterable[int], first: int, past: int) -> dict[int, int]:
    """The least number of free places over the half hours, for each room that has all of them."""
    rows = session.execute(
        select(CellRow.room_id, func.count(), func.min(CellRow.capacity - CellRow.booked))
        .where(CellRow.room_id.in_(list(rooms)), CellRow.half_hour >= first, CellRow.half_hour < past)
        .group_by(CellRow.room_id)
    )
    return {room: free for room, cells, free in rows if cells == past - first}


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


def take(session: Session, claims: Claims) -> None:
    """Take all of it, or raise RoomFull or GroupFull with nothing changed."""
    for claim in claims:
        _refuse_early(session, claim)
    taken: list[Claim | Seat] = []
    for claim in claims:
        if isinstance(claim, Seat):
            if not _take_seat(session, claim):
                give_back(session, taken)
                raise GroupFull
        else:
            got = _take_cells(session, claim)
            if len(got) < claim.cells:
                _give_cells(session, _in_room(claim) & CellRow.half_hour.in_(got), claim.places)
                give_back(session, taken)
                raise RoomFull
        taken.append(claim)


def _refuse_early(session: Session, claim: Claim | Seat) -> None:
    if isinstance(claim, Seat):
        row = session.execute(
            select(GroupSessionRow.capacity - GroupSessionRow.booked).where(
                GroupSessionRow.id == claim.group_session_id
            )
        ).scalar()
        if row is None or row < 1:
            raise GroupFull
        return
    cells, free = session.execute(
        select(func.count(), func.min(CellRow.capacity - CellRow.booked)).where(_in_span(claim))
    ).one()
    if cells < claim.cells or free < claim.places + claim.reserve:
        raise RoomFull


def _take_cells(session: Session, claim: Claim) -> list[int]:
    fits = CellRow.booked + claim.places <= CellRow.capacity - claim.reserve
    in_order = select(CellRow.half_hour).where(_in_span(claim), fits).order_by(CellRow.half_hour).with_for_update()
    taken = session.execute(
        update(CellRow)
        .where(_in_room(claim), CellRow.half_hour.in_(in_order), fits)
        .values(booked=CellRow.booked + claim.places)
        .returning(CellRow.half_hour)
        .execution_options(synchronize_session=False)
    )
    return list(taken.scalars())


def _take_seat(session: Session, seat: Seat) -> bool:
    taken = session.execute(
        update(GroupSessionRow)
        .where(GroupSessionRow.id == seat.group_session_id, GroupSessionRow.booked < GroupSessionRow.capacity)
        .values(booked=GroupSessionRow.booked + 1)
        .returning(GroupSessionRow.id)
        .execution_options(synchronize_session=False)
    )
    return taken.first() is not None


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
            _give_cells(session, _in_span(claim), claim.places)
            continue
        left = GroupSessionRow.booked - 1
        session.execute(
            update(GroupSessionRow)
            .where(GroupSessionRow.id == claim.group_session_id)
            .values(booked=left, capacity=case((GroupSessionRow.target > left, GroupSessionRow.target), else_=left))
            .execution_options(synchronize_session=False)
        )


def _give_cells(session: Session, where: ColumnElement[bool], places: int) -> None:
    left = CellRow.booked - places
    session.execute(
        update(CellRow)
        .where(where)
        .values(booked=left, capacity=case((CellRow.target > left, CellRow.target), else_=left))
        .execution_options(synchronize_session=False)
    )


def _in_room(claim: Claim) -> ColumnElement[bool]:
    return CellRow.room_id == claim.room_id


def _in_span(claim: Claim) -> ColumnElement[bool]:
    return and_(_in_room(claim), CellRow.half_hour >= claim.first, CellRow.half_hour < claim.past)
