"""Use cases of tips. They take a Session and never commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from bot.core.families import service as families
from bot.core.families.model import Child, Parent
from bot.core.families.store import ChildRow, ParentRow
from scheduler.reminders.model import OPEN, Kind, State
from scheduler.reminders.service import replace_about
from scheduler.reminders.service.choices import choice_of
from scheduler.reminders.store import ReminderRow
from scheduler.reminders.tips.model import planned_tips
from scheduler.reminders.tips.store import TipTasteRow, TipToldRow

OLDEST_MONTHS = 36


def plan_tips(session: Session, parent_id: str, now: datetime) -> int:
    """The tips of this week and the next are what the parent wants; how many wait."""
    session.flush()
    parent = families.parent_by_id(session, parent_id)
    planned = []
    if (
        parent is not None
        and parent.consented
        and young_children(parent, now)
        and not families.mourns(session, parent.family_id)
    ):
        choice = choice_of(session, parent_id)
        if choice.wants(Kind.TIP):
            planned = planned_tips(parent_id, parent.zone, choice.tips_a_week, now)
    waiting = set(
        session.scalars(
            select(ReminderRow.key).where(
                ReminderRow.parent_id == parent_id, ReminderRow.kind == Kind.TIP.value, ReminderRow.state.in_(OPEN)
            )
        )
    )
    # What is due already was planned before, or is not planned any more: nobody gets a tip for changing a setting.
    return replace_about(session, f"tip:{parent_id}", [p for p in planned if p.due_at > now or p.key in waiting], now)


def young_children(parent: Parent, now: datetime) -> list[Child]:
    today = now.astimezone(ZoneInfo(parent.zone)).date()
    return [c for c in parent.children if c.birth_date <= today and c.months(today) < OLDEST_MONTHS]


def without_tips(session: Session, after: str, now: datetime, most: int = 100) -> list[str]:
    """Parents with a child, by id from `after` on, for whom no tip waits: to be looked at once a day."""
    waits = exists().where(
        ReminderRow.parent_id == ParentRow.id, ReminderRow.kind == Kind.TIP.value, ReminderRow.state == "pending",
        ReminderRow.due_at > now,
    )  # fmt: skip
    has_child = exists().where(ChildRow.family_id == ParentRow.family_id)
    query = select(ParentRow.id).where(ParentRow.id > after, ParentRow.consent_at.is_not(None), has_child, ~waits)
    return list(session.scalars(query.order_by(ParentRow.id).limit(most)))


def told(session: Session, child_id: str) -> dict[str, str]:
    """Articles that were told, with their domain; not those whose letter failed, expired or was taken back."""
    query = select(TipToldRow.article, TipToldRow.domain).where(TipToldRow.child_id == child_id, _NOT_LOST)
    return {row.article: row.domain for row in session.execute(query)}


def last_told(session: Session, children: list[Child]) -> Mapping[str, datetime]:
    """When each child's family was last told something."""
    ids = [c.id for c in children]
    rows = session.execute(
        select(TipToldRow.child_id, func.max(TipToldRow.told_at).label("at"))
        .where(TipToldRow.child_id.in_(ids), _NOT_LOST)
        .group_by(TipToldRow.child_id)
    )
    return {row.child_id: row.at for row in rows}


_ARRIVES = [s.value for s in (State.HANDED, State.SENT, State.AMBIGUOUS)]
_NOT_LOST = ~exists().where(ReminderRow.id == TipToldRow.reminder_id, ReminderRow.state.not_in(_ARRIVES))


def tell(
    session: Session, child_id: str, article: str, domain: str, now: datetime, reminder_id: int | None = None
) -> None:
    """The article is told by this reminder; what the same reminder was to tell before is free again."""
    if reminder_id is not None:
        session.execute(delete(TipToldRow).where(TipToldRow.reminder_id == reminder_id))
    session.merge(TipToldRow(child_id=child_id, article=article, domain=domain, told_at=now, reminder_id=reminder_id))
    session.flush()


def likes(session: Session, parent_id: str) -> dict[str, int]:
    rows = session.execute(select(TipTasteRow.domain, TipTasteRow.likes).where(TipTasteRow.parent_id == parent_id))
    return {row.domain: row.likes for row in rows}


def like(session: Session, parent_id: str, domain: str) -> None:
    """'More like this.'"""
    row = session.get(TipTasteRow, (parent_id, domain))
    if row is None:
        session.add(TipTasteRow(parent_id=parent_id, domain=domain, likes=1))
    else:
        row.likes += 1
    session.flush()
