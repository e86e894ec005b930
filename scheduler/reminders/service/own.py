"""A parent's own reminders: asked for, listed, ended; their next times planned ahead."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core.ids import new_id
from scheduler.reminders.model import Kind, Planned, State
from scheduler.reminders.own import OwnReminder, TooManyReminders, about_own, planned
from scheduler.reminders.service.planning import cancel_about, put
from scheduler.reminders.store import OwnReminderRow, ReminderRow

MOST = 20
"""Own reminders of one parent that have not ended."""
AHEAD, AGAIN = timedelta(hours=48), timedelta(hours=24)
"""Times are planned so far ahead, and again when so much is left: a day of downtime loses none."""


def remind(
    session: Session, parent_id: str, words: str, starts_at: datetime, rule: str, zone: str, now: datetime
) -> OwnReminder:
    """Keep what the parent asked for and plan its first times; raises TooManyReminders."""
    count = select(func.count()).select_from(OwnReminderRow)
    if (
        session.scalar(count.where(OwnReminderRow.parent_id == parent_id, OwnReminderRow.ended_at.is_(None))) or 0
    ) >= MOST:
        raise TooManyReminders
    row = OwnReminderRow(
        id=new_id()[:12], parent_id=parent_id, words=words[:300], starts_at=starts_at, rule=rule, zone=zone,
        planned_until=now, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _plan(session, row, now)
    return _own(row)


def plan_ahead(session: Session, now: datetime) -> int:
    """The next times of every own reminder that goes on; how many were new."""
    rows = session.scalars(select(OwnReminderRow).where(OwnReminderRow.planned_until < now + AGAIN)).all()
    return sum(_plan(session, row, now) for row in rows)


def _plan(session: Session, row: OwnReminderRow, now: datetime) -> int:
    if row.planned_until is None:
        return 0
    if not row.rule:
        row.planned_until = None
        return sum(
            put(session, p, now) for p in planned(_own(row), row.starts_at - timedelta(minutes=1), row.starts_at)
        )
    until = now + AHEAD
    done = sum(put(session, p, now) for p in planned(_own(row), row.planned_until, until))
    row.planned_until = until
    if next(planned(_own(row), until, until + timedelta(days=400)), None) is None:
        row.planned_until = None  # its rule has ended
    return done


def listed(session: Session, parent_id: str) -> list[OwnReminder]:
    """Those that still come, the earliest made first."""
    waiting = select(ReminderRow.id).where(
        ReminderRow.about == "own:" + OwnReminderRow.id,
        ReminderRow.state.in_((State.PENDING.value, State.CLAIMED.value, State.SUSPENDED.value)),
    )
    rows = session.scalars(
        select(OwnReminderRow)
        .where(
            OwnReminderRow.parent_id == parent_id,
            OwnReminderRow.ended_at.is_(None),
            OwnReminderRow.planned_until.is_not(None) | waiting.exists(),
        )
        .order_by(OwnReminderRow.created_at)
    )
    return [_own(row) for row in rows]


def own_reminder(session: Session, own_id: str, parent_id: str) -> OwnReminder | None:
    row = session.get(OwnReminderRow, own_id)
    return _own(row) if row is not None and row.parent_id == parent_id and row.ended_at is None else None


def end(session: Session, own_id: str, parent_id: str, now: datetime) -> OwnReminder | None:
    """No more of it; None when it is not this parent's, or over."""
    found = own_reminder(session, own_id, parent_id)
    if found is None:
        return None
    row = session.get_one(OwnReminderRow, own_id)
    row.ended_at, row.planned_until = now, None
    cancel_about(session, about_own(own_id), now, why="ended")
    return found


def snooze(session: Session, reminder_id: int, parent_id: str, minutes: int, now: datetime) -> datetime | None:
    """The same reminder once more after so many minutes; when, or None when it is not this parent's."""
    row = session.get(ReminderRow, reminder_id)
    if row is None or row.parent_id != parent_id:
        return None
    due_at = now + timedelta(minutes=minutes)
    again = Planned(
        key=f"{row.key.partition('~')[0]}~{int(due_at.timestamp()) // 60}",
        kind=Kind(row.kind),
        parent_id=parent_id,
        child_id=row.child_id,
        about=row.about,
        due_at=due_at,
        expires_at=due_at + timedelta(hours=6),
        payload=row.payload,
    )
    put(session, again, now)
    return due_at


def _own(row: OwnReminderRow) -> OwnReminder:
    return OwnReminder(row.id, row.parent_id, row.words, row.starts_at, row.rule, row.zone)
