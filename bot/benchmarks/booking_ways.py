"""Ways of taking four half hours: ours, and the usual ones, on the same rows in the same run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.core.db import Database
from scheduler.care.model.errors import RoomFull
from scheduler.care.service.places import Claim, take

Way = Callable[[Database, int, int], bool]
"""(database, room, first half hour) -> whether four half hours were taken."""

CELLS = 4
RETRIES = 50

_SPAN = "room_id = :room AND half_hour >= :first AND half_hour < :first + 4"
_READ = text(f"SELECT booked, capacity FROM bench_cell WHERE {_SPAN} ORDER BY half_hour")  # noqa: S608
_LOCK = text(f"SELECT booked, capacity FROM bench_cell WHERE {_SPAN} ORDER BY half_hour FOR UPDATE")  # noqa: S608
_WRITE = text(f"UPDATE bench_cell SET booked = booked + 1 WHERE {_SPAN}")  # noqa: S608
_BARE = text(f"UPDATE bench_cell SET booked = booked + 1 WHERE {_SPAN} AND booked < capacity")  # noqa: S608


def ours(database: Database, room: int, first: int) -> bool:
    """What the bot does, over its own table with its constraints."""
    try:
        with database.begin() as session:
            take(session, [Claim(room, first, first + CELLS)])
    except RoomFull:
        return False
    return True


class _Short(Exception):
    """Not all four were free: roll back."""


def bare(database: Database, room: int, first: int) -> bool:
    """One conditional UPDATE and nothing else: the floor of the cost."""
    try:
        with database.begin() as session:
            if session.execute(_BARE, {"room": room, "first": first}).rowcount < CELLS:  # type: ignore[attr-defined]
                raise _Short
    except _Short:
        return False
    except DBAPIError:  # two that lock each other out
        return False
    return True


def naive(database: Database, room: int, first: int) -> bool:
    """Look, then book, as many products do: nothing holds between the two."""
    with database.read() as session:
        free = _free(session, room, first, locked=False)
    if not free:
        return False
    with database.begin() as session:
        session.execute(_WRITE, {"room": room, "first": first})
    return True


def for_update(database: Database, room: int, first: int) -> bool:
    """SELECT ... FOR UPDATE, then book."""
    with database.begin() as session:
        if not _free(session, room, first, locked=True):
            return False
        session.execute(_WRITE, {"room": room, "first": first})
    return True


def serializable(database: Database, room: int, first: int) -> bool:
    """SERIALIZABLE, tried again when the database refuses."""
    for _ in range(RETRIES):
        try:
            with database.begin() as session:
                session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
                if not _free(session, room, first, locked=False):
                    return False
                session.execute(_WRITE, {"room": room, "first": first})
            return True
        except DBAPIError:
            continue
    return False


def _free(session: Session, room: int, first: int, *, locked: bool) -> bool:
    rows = session.execute(_LOCK if locked else _READ, {"room": room, "first": first}).all()
    return len(rows) == CELLS and all(booked < capacity for booked, capacity in rows)


ON_SQLITE: Mapping[str, Way] = {"ours": ours, "bare UPDATE": bare, "naive": naive}
ON_POSTGRESQL: Mapping[str, Way] = {**ON_SQLITE, "SELECT FOR UPDATE": for_update, "SERIALIZABLE": serializable}
