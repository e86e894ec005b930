"""The outbox: every message that leaves is first a row, written in the transaction that decided to send it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import IntEnum

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from bot.delivery.letters import to_payload
from bot.delivery.store import OutboxRow
from bot.texts import Message


class Priority(IntEnum):
    """What goes first when many wait."""

    DANGER = 0
    PERSON = 10
    REPLY = 20
    WAITLIST_OFFER = 30
    BOOKING = 40
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


def claim(session: Session, channel: str, now: datetime, *, most: int = 5) -> list[OutboxRow]:
    """Take up to `most` due rows for sending; they are `attempting` until recorded.

    One row a chat at a time, so that a chat reads its messages in order.
    """
    earlier = aliased(OutboxRow)
    blocked = exists().where(
        earlier.channel == OutboxRow.channel,
        earlier.address == OutboxRow.address,
        earlier.id < OutboxRow.id,
        earlier.state.in_(("pending", "attempting")),
        earlier.due_at <= now,
    )
    query = (
        select(OutboxRow)
        .where(OutboxRow.state == "pending", OutboxRow.channel == channel, OutboxRow.due_at <= now, ~blocked)
        .order_by(OutboxRow.priority, OutboxRow.id)
        .limit(most)
    )
    if session.get_bind().dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True, of=OutboxRow)
    rows = []
    for row in session.scalars(query):
        if row.expires_at is not None and row.expires_at <= now:
            row.state = "expired"
            continue
        row.state = "attempting"
        row.attempts += 1
        rows.append(row)
    return rows


def sent(session: Session, row_id: int, now: datetime, remote_id: str = "") -> None:
    row = session.get_one(OutboxRow, row_id)
    row.state, row.sent_at, row.remote_id, row.error = "sent", now, remote_id, ""


def later(session: Session, row_id: int, now: datetime, seconds: float, error: str) -> None:
    """The channel asked us to wait: try again then."""
    row = session.get_one(OutboxRow, row_id)
    row.state, row.due_at, row.error = "pending", now + timedelta(seconds=seconds), error


def failed(session: Session, row_id: int, error: str) -> None:
    row = session.get_one(OutboxRow, row_id)
    row.state, row.error = "failed", error


def ambiguous(session: Session, row_id: int, now: datetime, error: str, *, most_attempts: int = 2) -> None:
    """Nobody knows whether it arrived. A reply is repeated once: waiting in vain is worse than reading twice."""
    row = session.get_one(OutboxRow, row_id)
    row.error = error
    if row.kind in REPEATED and row.attempts < most_attempts:
        row.state, row.due_at = "pending", now
    else:
        row.state = "ambiguous"


REPEATED = frozenset({"reply", "danger", "person"})


def recover(session: Session, channel: str, now: datetime) -> int:
    """After a crash: what was being sent is ambiguous; returns how many rows. Call before the first claim."""
    rows = list(session.scalars(select(OutboxRow).where(OutboxRow.channel == channel, OutboxRow.state == "attempting")))
    for row in rows:
        ambiguous(session, row.id, now, "crash")
    return len(rows)


def cancel(session: Session, key_prefix: str) -> int:
    """Take back what is not sent yet."""
    done = session.execute(
        update(OutboxRow)
        .where(OutboxRow.key.startswith(key_prefix), OutboxRow.state == "pending")
        .values(state="cancelled")
    )
    return int(getattr(done, "rowcount", 0))
