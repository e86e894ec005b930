"""Looking at reminders: what comes next to a parent, and how many there are of each state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduler.reminders.model import Kind, State
from scheduler.reminders.service.choices import choice_of
from scheduler.reminders.store import ReminderRow, letters

LATE = timedelta(minutes=5)
_READ = 60  # of one parent: an hourly reminder must not hide the others


def coming(session: Session, parent_id: str, now: datetime, *, most: int) -> list[tuple[Kind, datetime, str]]:
    """Kind, when, and of own reminders the id, of what the parent still wants; the next first, of each own one."""
    off = [kind.value for kind in Kind if not choice_of(session, parent_id).wants(kind)]
    rows = session.scalars(
        select(ReminderRow)
        .where(
            ReminderRow.parent_id == parent_id,
            ReminderRow.state.in_((State.PENDING.value, State.CLAIMED.value)),
            ReminderRow.expires_at > now,
            ReminderRow.kind.not_in(off),
        )
        .order_by(ReminderRow.due_at)
        .limit(_READ)
    )
    found: dict[str, tuple[Kind, datetime, str]] = {}
    for row in rows:
        own = str(row.payload.get("own", ""))
        found.setdefault(own or row.key, (Kind(row.kind), row.due_at, own))
    return list(found.values())[:most]


@dataclass(frozen=True, slots=True)
class Counts:
    """`states[kind][state]` over everything kept; `late`: due for more than five minutes and not handed over.

    `attempting` and `in_doubt` are letters of reminders: being sent right now; tried again after an unknown fate.
    """

    states: dict[str, dict[str, int]]
    late: int
    oldest_due: datetime | None
    attempting: int
    in_doubt: int


def counts(session: Session, now: datetime) -> Counts:
    states: dict[str, dict[str, int]] = {}
    for kind, state, count in session.execute(
        select(ReminderRow.kind, ReminderRow.state, func.count()).group_by(ReminderRow.kind, ReminderRow.state)
    ):
        states.setdefault(kind, {})[state] = count
    waiting = ReminderRow.state.in_((State.PENDING.value, State.CLAIMED.value))
    late, oldest = session.execute(
        select(func.count(), func.min(ReminderRow.due_at)).where(waiting, ReminderRow.due_at <= now - LATE)
    ).one()
    of_letters = select(func.count()).select_from(ReminderRow).join(letters, letters.c.id == ReminderRow.letter_id)
    handed = of_letters.where(ReminderRow.state == State.HANDED.value)
    attempting = session.scalar(handed.where(letters.c.state == "attempting")) or 0
    in_doubt = session.scalar(handed.where(letters.c.doubts > 0)) or 0
    return Counts(states, late, oldest, attempting, in_doubt)
