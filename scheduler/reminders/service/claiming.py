"""Claiming what is due, and recording what became of it. Every step can be repeated after a crash."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, any_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from bot.core.families.store import ParentRow
from scheduler.reminders.model import RANK, Kind, State
from scheduler.reminders.quiet import MANNER, Manner, QuietHours
from scheduler.reminders.service.planning import letter_taken_back
from scheduler.reminders.store import ReminderRow, is_claimed, is_handed, is_pending, is_waiting, letters

LEASE = timedelta(seconds=20)
_RANKS = sorted(set(RANK.values()))
_LETTER_IS_DONE = ("sent", "ambiguous", "failed", "expired", "cancelled")


def claim_due(session: Session, now: datetime, *, most: int = 50, lease: timedelta = LEASE) -> list[int]:
    """Take up to `most` due reminders, the most urgent first; ids in that order.

    They are this process's until the lease is over. Several processes never claim the same one.
    """
    claimed: list[int] = []
    for rank in _RANKS:  # one walk along the index for each rank: no sorting, however many are due
        due = _due(now).where(ReminderRow.rank == rank).order_by(ReminderRow.due_at).limit(most - len(claimed))
        if session.get_bind().dialect.name == "postgresql":
            due = due.with_for_update(skip_locked=True)
        ids = list(session.scalars(due))
        claimed += ids
        if len(claimed) >= most:
            break
    if claimed:
        session.execute(
            update(ReminderRow)
            .where(_among(session, claimed))
            .values(state=State.CLAIMED.value, leased_until=now + lease),
            execution_options={"synchronize_session": False},
        )
    return claimed


def _due(now: datetime) -> Select[int]:
    return select(ReminderRow.id).where(is_pending, ReminderRow.due_at <= now, ReminderRow.expires_at > now)


def _among(session: Session, ids: Collection[int]) -> ColumnElement[bool]:
    """One of these; on PostgreSQL as one array: the same statement whatever their number."""
    if session.get_bind().dialect.name == "postgresql":
        return ReminderRow.id == any_(bindparam("ids", list(ids), type_=ARRAY(Integer)))
    return ReminderRow.id.in_(ids)


def is_due(session: Session, now: datetime) -> bool:
    """Whether anything is to be claimed now: a look that locks nothing."""
    return any(
        session.scalar(_due(now).where(ReminderRow.rank == rank).order_by(ReminderRow.due_at).limit(1)) is not None
        for rank in _RANKS
    )


def claimed_row(session: Session, reminder_id: int, now: datetime) -> ReminderRow | None:
    """The reminder, locked, if its letter is still to be written; None when it was taken back, moved or handed."""
    row = session.scalar(
        select(ReminderRow)
        .where(ReminderRow.id == reminder_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.state != State.CLAIMED:
        return None
    if row.expires_at <= now:
        close(row, State.EXPIRED, "late", now)
        return None
    return row


def handed(row: ReminderRow, letter_id: int) -> None:
    """Its letter is in the outbox."""
    row.state, row.letter_id, row.leased_until = State.HANDED.value, letter_id, None
    row.letters += 1


def close(row: ReminderRow, state: State, why: str, now: datetime) -> None:
    """It ends here without a letter, or waits for its parent (`suspended`)."""
    row.state, row.why, row.leased_until = state.value, why, None
    row.settled_at = None if state is State.SUSPENDED else now


def later(row: ReminderRow, due_at: datetime, now: datetime) -> None:
    """Not now: again at `due_at`, or never if it is of no use by then."""
    if due_at >= row.expires_at:
        close(row, State.EXPIRED, "quiet", now)
        return
    row.state, row.due_at, row.leased_until = State.PENDING.value, due_at, None


def until_when(row: ReminderRow, quiet: QuietHours, zone: str, now: datetime) -> datetime:
    """When its letter is of no use: at its end, or when the quiet hours begin."""
    if MANNER[Kind(row.kind)] is Manner.STAYS:
        return row.expires_at
    start = quiet.next_start(now, zone)
    return row.expires_at if start is None else min(row.expires_at, start)


def settle(session: Session, now: datetime, *, most: int = 500) -> int:
    """Read from the outbox what became of letters; returns how many.

    A letter that expired because the quiet hours began goes back to waiting, as long as it is of use.
    """
    query = (
        select(ReminderRow, letters.c.state, letters.c.error)
        .join(letters, letters.c.id == ReminderRow.letter_id, isouter=True)
        .where(
            is_handed,
            or_(letters.c.state.in_(_LETTER_IS_DONE), letters.c.id.is_(None)),
        )
        .limit(most)
        .execution_options(populate_existing=True)
    )
    if session.get_bind().dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True, of=ReminderRow)
    found = session.execute(query).all()
    for row, state, error in found:
        if state == "expired" and row.expires_at > now:
            later(row, now, now)
        elif state == "failed" and error == "403":
            close(row, State.SUSPENDED, "blocked", now)
        elif state is None:  # the family deleted it
            close(row, State.CANCELLED, "deleted", now)
        else:
            close(row, State(state), "" if state == "sent" else error, now)
    return len(found)


def expire_letters(session: Session, now: datetime) -> int:
    """Letters of reminders that nobody fetched in time (the chat page), or that waited too long for the pace."""
    handed_letters = select(ReminderRow.letter_id).where(is_handed)
    return _count(
        session.execute(
            update(letters)
            .where(letters.c.id.in_(handed_letters), letters.c.state == "pending", letters.c.expires_at <= now)
            .values(state="expired")
        )
    )


def suspend(session: Session) -> int:
    """Letters to parents who blocked the bot are taken back until these return; returns how many."""
    query = (
        select(ReminderRow)
        .join(ParentRow, ParentRow.id == ReminderRow.parent_id)
        .where(is_handed, ParentRow.blocked_at.is_not(None))
        .execution_options(populate_existing=True)
    )
    if session.get_bind().dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True, of=ReminderRow)
    done = 0
    for row in session.scalars(query).all():
        if letter_taken_back(session, row):
            row.state, row.why, done = State.SUSPENDED.value, "blocked", done + 1
    return done


def expire(session: Session, now: datetime) -> int:
    """Reminders whose time is over without a letter, after downtime or a block; returns how many."""
    return _count(
        session.execute(
            update(ReminderRow)
            .where(is_waiting, ReminderRow.expires_at <= now)
            .values(state=State.EXPIRED.value, why="late", settled_at=now, leased_until=None),
            execution_options={"synchronize_session": False},
        )
    )


def free_leases(session: Session, now: datetime) -> int:
    """What a process claimed and did not finish is free again; returns how many."""
    return _count(
        session.execute(
            update(ReminderRow)
            .where(is_claimed, ReminderRow.leased_until <= now)
            .values(state=State.PENDING.value, leased_until=None),
            execution_options={"synchronize_session": False},
        )
    )


def resume(session: Session, parent_id: str, now: datetime) -> int:
    """The parent is back: what is still of use waits again; returns how many."""
    return _count(
        session.execute(
            update(ReminderRow)
            .where(
                ReminderRow.parent_id == parent_id,
                ReminderRow.state == State.SUSPENDED.value,
                ReminderRow.expires_at > now,
            )
            .values(state=State.PENDING.value, why=""),
            execution_options={"synchronize_session": False},
        )
    )


def record(session: Session, ids: Collection[int], state: State, now: datetime) -> int:
    """For callers that send without the outbox: claimed reminders became this."""
    return _count(
        session.execute(
            update(ReminderRow)
            .where(_among(session, ids), is_claimed)
            .values(state=state.value, settled_at=now, leased_until=None),
            execution_options={"synchronize_session": False},
        )
    )


def _count(result: object) -> int:
    return int(getattr(result, "rowcount", 0))
