"""What a parent wants to be reminded of, and when not."""

from __future__ import annotations

from sqlalchemy.orm import Session

from scheduler.reminders.choice import MOST_TIPS_A_WEEK, Choice
from scheduler.reminders.model import Kind
from scheduler.reminders.quiet import QuietHours
from scheduler.reminders.store import ReminderChoiceRow


def choice_of(session: Session, parent_id: str) -> Choice:
    row = session.get(ReminderChoiceRow, parent_id)
    if row is None:
        return Choice()
    quiet = None
    if row.quiet_from is not None and row.quiet_until is not None:
        quiet = QuietHours(row.quiet_from, row.quiet_until)
    return Choice(frozenset(Kind(k) for k in row.off), row.tips_a_week, quiet)


def turn(session: Session, parent_id: str, kind: Kind, *, on: bool) -> Choice:
    """Turn a kind on or off."""
    row = _row(session, parent_id)
    row.off = sorted((set(row.off) - {kind.value}) | (set() if on else {kind.value}))
    return choice_of(session, parent_id)


def set_tips(session: Session, parent_id: str, a_week: int) -> Choice:
    """How many tips a week; 0 turns them off."""
    row = _row(session, parent_id)
    row.tips_a_week = max(0, min(MOST_TIPS_A_WEEK, a_week))
    return choice_of(session, parent_id)


def set_quiet(session: Session, parent_id: str, quiet: QuietHours | None) -> Choice:
    """Own quiet hours; None: as usual again."""
    row = _row(session, parent_id)
    row.quiet_from, row.quiet_until = (quiet.start, quiet.end) if quiet else (None, None)
    return choice_of(session, parent_id)


def _row(session: Session, parent_id: str) -> ReminderChoiceRow:
    row = session.get(ReminderChoiceRow, parent_id)
    if row is None:
        row = ReminderChoiceRow(parent_id=parent_id, off=[], tips_a_week=1)
        session.add(row)
        session.flush()
    return row
