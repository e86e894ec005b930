"""Free uses: twelve a child and calendar year, counted in a row of their own so that no race can give a thirteenth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.core.db import insert_into
from scheduler.care.model.booking import FreeUses, year_of
from scheduler.care.model.centre import FREE_USES_A_YEAR
from scheduler.care.store import BookingRow, CareFamilyRow, FreeUseRow


def free_uses(session: Session, child_ids: Iterable[str], year: int) -> dict[str, FreeUses]:
    """How many each child has used that year; a child without a row has used none."""
    ids = list(child_ids)
    rows = session.execute(
        select(FreeUseRow.child_id, FreeUseRow.used, FreeUseRow.allowed).where(
            FreeUseRow.child_id.in_(ids), FreeUseRow.year == year
        )
    ).all()
    found = {child: FreeUses(child, year, used, allowed) for child, used, allowed in rows}
    return {child: found.get(child) or FreeUses(child, year, 0, FREE_USES_A_YEAR) for child in ids}


def use_one(session: Session, child_id: str, family_id: str, year: int) -> int | None:
    """Take one; the number that it is, or None when all are used."""
    first = {"child_id": child_id, "year": year, "family_id": family_id, "used": 0, "allowed": FREE_USES_A_YEAR}
    add_missing(session, FreeUseRow, [first])
    return session.execute(
        update(FreeUseRow)
        .where(FreeUseRow.child_id == child_id, FreeUseRow.year == year, FreeUseRow.used < FreeUseRow.allowed)
        .values(used=FreeUseRow.used + 1)
        .returning(FreeUseRow.used)
        .execution_options(synchronize_session=False)
    ).scalar()


def give_back_free_uses(session: Session, rows: Iterable[BookingRow]) -> None:
    """For lines that no longer take place."""
    lines = sorted((r for r in rows if r.free_use is not None and r.child_id), key=lambda r: (r.child_id, r.starts_at))
    for row in lines:
        session.execute(
            update(FreeUseRow)
            .where(FreeUseRow.child_id == row.child_id, FreeUseRow.year == year_of(row.starts_at, row.zone))
            .values(used=FreeUseRow.used - 1)
            .execution_options(synchronize_session=False)
        )
        row.free_use = None


def _upsert(insert: Any) -> Any:
    added = insert(CareFamilyRow.__table__)
    kept = func.coalesce(added.excluded.last_centre_id, CareFamilyRow.last_centre_id)
    return added.on_conflict_do_update(index_elements=["family_id"], set_={"last_centre_id": kept})


_LOCK = {"postgresql": _upsert(postgresql.insert), "sqlite": _upsert(sqlite.insert)}


def lock_family(session: Session, family_id: str, *, centre_id: int | None = None) -> None:
    """Bookings of one family one after the other, so that limits and double taps are seen; notes its last centre."""
    on = session.get_bind().dialect.name
    session.execute(_LOCK[on], {"family_id": family_id, "last_centre_id": centre_id})


def add_missing(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    """INSERT that leaves alone the rows whose key is there."""
    if rows:
        session.execute(insert_into(session, table).on_conflict_do_nothing(), rows)
