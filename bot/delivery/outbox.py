"""The outbox: every message that leaves is first a row, written in the transaction that decided to send it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import IntEnum

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.core.families.store import ParentRow
from bot.delivery.letters import to_payload
from bot.delivery.pace import Pace, allowance, taken
from bot.delivery.store import OutboxRow, PaceRow
from bot.texts import Message


class Priority(IntEnum):
    """What goes first when many wait."""

    DANGER = 0
    PERSON = 10
    REPLY = 20
    WAITLIST_OFFER = 30
    BOOKING = 40
    OWN_REMINDER = 50
    PLAN = 60
    TIP = 80


def write(
    session: Session,
    messages: Iterable[Message],
    *,
    channel: str,
    address: str,
    now: datetime,
    kind: str = "reply",
    priority: Priority = Priority.REPLY,
    inbox_id: int | None = None,
    key: str | None = None,
    expires_at: datetime | None = None,
) -> list[OutboxRow]:
    """Queue messages to one chat, in this order."""
    rows = []
    for number, message in enumerate(messages):
        row = OutboxRow(
            key=f"{key}:{number}" if key and number else key,
            inbox_id=inbox_id,
            channel=channel,
            address=address,
            kind=kind,
            priority=int(priority),
            payload=to_payload(message),
            due_at=now,
            expires_at=expires_at,
            created_at=now,
        )
        session.add(row)
        session.flush()
        rows.append(row)
    return rows


def _may_leave(channel: str, now: datetime) -> ColumnElement[bool]:
    """Due, first in its chat, and not to a parent who blocked the bot: those rows wait until the parent is back."""
    earlier = aliased(OutboxRow)
    must_go_first = exists().where(
        earlier.channel == OutboxRow.channel,
        earlier.address == OutboxRow.address,
        earlier.state.in_(("pending", "attempting")),
        earlier.id < OutboxRow.id,
        # A row that waits for its second attempt keeps its place; one that is planned for later does not hold others.
        or_(earlier.state == "attempting", earlier.due_at <= now, earlier.attempts > 0),
    )
    suspended = exists().where(
        ParentRow.channel == OutboxRow.channel,
        ParentRow.address == OutboxRow.address,
        ParentRow.blocked_at.is_not(None),
    )
    return and_(
        OutboxRow.state == "pending", OutboxRow.channel == channel, OutboxRow.due_at <= now, ~must_go_first, ~suspended
    )


def is_due(session: Session, channel: str, now: datetime) -> bool:
    """Whether anything waits to be sent now: a look that locks nothing."""
    return session.scalar(select(OutboxRow.id).where(_may_leave(channel, now)).limit(1)) is not None


def claim(session: Session, channel: str, now: datetime, *, most: int = 5, pace: Pace | None = None) -> list[OutboxRow]:
    """Take up to `most` due rows for sending, the most urgent first; they are `attempting` until recorded.

    One row a chat at a time, so that a chat reads its messages in order; no more than the pace allows.
    """
    query = select(OutboxRow).where(_may_leave(channel, now)).order_by(OutboxRow.priority, OutboxRow.id)
    if pace is not None:
        most = min(most, allowance(session, channel, now, pace))
        resting = exists().where(
            PaceRow.channel == OutboxRow.channel, PaceRow.address == OutboxRow.address, PaceRow.free_at > now
        )
        query = query.where(~resting)
    if session.get_bind().dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True, of=OutboxRow)
    rows: list[OutboxRow] = []
    while len(rows) < most:
        found = session.scalars(query.limit(most - len(rows))).all()
        for row in found:
            if row.expires_at is not None and row.expires_at <= now:
                row.state = "expired"
                continue
            row.state, row.attempted_at = "attempting", now
            row.attempts += 1
            rows.append(row)
        session.flush()
        if not found:
            break
    if pace is not None and rows:
        taken(session, channel, len(rows), now, pace)
    return rows


# Recording. A row that the family deleted meanwhile stays deleted.


def sent(session: Session, row_id: int, now: datetime, remote_id: str = "") -> None:
    """It arrived. `doubts` and `error` keep what went wrong before."""
    if (row := session.get(OutboxRow, row_id)) is not None:
        row.state, row.sent_at, row.remote_id = "sent", now, remote_id


def piece_sent(session: Session, row_id: int, now: datetime, pieces: int) -> None:
    """So many pieces of it arrived; the next one is sent in its turn."""
    if (row := session.get(OutboxRow, row_id)) is not None:
        row.state, row.pieces, row.due_at = "pending", pieces, now


def later(session: Session, row_id: int, now: datetime, seconds: float, error: str) -> None:
    """It certainly did not arrive: try again after so many seconds."""
    if (row := session.get(OutboxRow, row_id)) is not None:
        row.state, row.due_at, row.error = "pending", now + timedelta(seconds=seconds), error


def failed(session: Session, row_id: int, error: str) -> None:
    """The channel refuses it for good."""
    if (row := session.get(OutboxRow, row_id)) is not None:
        row.state, row.error = "failed", error


def ambiguous(
    session: Session, row_id: int, now: datetime, error: str, *, repeats: int | None = None, seconds: float = 0
) -> None:
    """Nobody knows whether it arrived. A reply is repeated once: waiting in vain is worse than reading twice.

    `repeats` overrides how often it may be repeated, after `seconds`.
    """
    if (row := session.get(OutboxRow, row_id)) is None:
        return
    row.error = error
    row.doubts += 1
    if row.doubts <= (REPEATED.get(row.kind, 0) if repeats is None else repeats):
        row.state, row.due_at = "pending", now + timedelta(seconds=seconds)
    else:
        row.state = "ambiguous"


# How often a message of a kind is sent again when its fate is unknown; kinds that are not here: never.
REPEATED = {
    "reply": 1, "danger": 1, "person": 1,
    "remind_booking": 1, "remind_hold": 0, "remind_own": 1, "remind_follow_up": 1, "remind_plan": 0, "remind_tip": 0,
}  # fmt: skip


def recover(session: Session, channel: str, now: datetime, *, silent: timedelta = timedelta()) -> int:
    """After a crash: what was being sent is ambiguous; returns how many rows.

    Where several processes send, only attempts without a result for `silent` are taken from the dead.
    """
    query = select(OutboxRow).where(
        OutboxRow.channel == channel,
        OutboxRow.state == "attempting",
        or_(OutboxRow.attempted_at.is_(None), OutboxRow.attempted_at <= now - silent),
    )
    rows = list(session.scalars(query))
    for row in rows:
        ambiguous(session, row.id, now, "crash")
    return len(rows)


def cancel(session: Session, key_prefix: str) -> int:
    """Take back what is not sent yet."""
    done = session.execute(
        update(OutboxRow)
        .where(OutboxRow.key.startswith(key_prefix, autoescape=True), OutboxRow.state == "pending")
        .values(state="cancelled")
    )
    return int(getattr(done, "rowcount", 0))
