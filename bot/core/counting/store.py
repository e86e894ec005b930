"""The table of what is counted: by day and hour, never by person.

A row is one happening until its day is over; then `fold` puts the equal ones of a day together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Index, Integer, String, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.core.counting.model import UNKNOWN, Happening
from bot.core.db import Base


class HappeningRow(Base):
    __tablename__ = "happening"
    __table_args__ = (Index("ix_happening_day", "day", "kind"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    day: Mapped[date] = mapped_column(Date)  # on the deployment's wall clock; of a search: the day of the wish
    hour: Mapped[int] = mapped_column(Integer)  # 0-23, the same
    kind: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(20), default=UNKNOWN)
    ages: Mapped[str] = mapped_column(String(8), default=UNKNOWN)
    language: Mapped[str] = mapped_column(String(2), default=UNKNOWN)
    place: Mapped[str] = mapped_column(String(60), default=UNKNOWN)
    times: Mapped[int] = mapped_column(Integer, default=1)


_KEYS = ("day", "hour", "kind", "outcome", "about", "ages", "language", "place")


def count(session: Session, happenings: Iterable[Happening], at: datetime, zone: ZoneInfo) -> None:
    """Add them at the local day and hour of `at`, in the caller's transaction."""
    local = at.astimezone(zone)
    for happening in happenings:
        session.add(HappeningRow(day=local.date(), hour=local.hour, times=1, **asdict(happening)))


def fold(session: Session, before: date) -> int:
    """Put equal happenings of days before this one together; returns how many rows there are fewer."""
    columns = [getattr(HappeningRow, key) for key in _KEYS]
    groups = session.execute(
        select(*columns, func.sum(HappeningRow.times), func.count())
        .where(HappeningRow.day < before)
        .group_by(*columns)
        .having(func.count() > 1)
    ).all()
    for *key, times, _ in groups:
        own = [column == value for column, value in zip(columns, key, strict=True)]
        session.execute(delete(HappeningRow).where(*own))
        session.execute(insert(HappeningRow).values(dict(zip(_KEYS, key, strict=True)) | {"times": int(times)}))
    return sum(rows - 1 for *_, rows in groups)
