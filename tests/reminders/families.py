"""Parents to remind, and reminders to plan, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.families import service as families
from bot.core.families.model import Parent
from scheduler.reminders.model import Kind, Planned
from scheduler.reminders.store import ReminderRow
from tests.conftest import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def parent(session: Session, address: str = "1", *, zone: str = "Asia/Shanghai", channel: str = "telegram") -> Parent:
    return families.parent_at(session, channel, address, now=NOW, zone=zone)


def planned(
    parent_id: str,
    key: str = "k",
    *,
    kind: Kind = Kind.PLAN,
    about: str = "plan:c",
    due: datetime = NOW,
    ends: datetime | None = None,
    **payload: Any,
) -> Planned:
    return Planned(key, kind, parent_id, None, about, due, ends or due + DAY, payload)


def row(session: Session, key: str = "k") -> ReminderRow:
    return session.scalars(select(ReminderRow).where(ReminderRow.key == key)).one()


def states(session: Session) -> dict[str, str]:
    return {r.key: r.state for r in session.scalars(select(ReminderRow))}
