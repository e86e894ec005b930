"""What a chat has said and been told, for channels that fetch their messages (the web) instead of being sent them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from bot.delivery.store import InboxRow, OutboxRow


def _to_be_read(now: datetime) -> ColumnElement[bool]:
    """Fetched before, or due and not too late."""
    fresh = or_(OutboxRow.expires_at.is_(None), OutboxRow.expires_at > now)
    return or_(OutboxRow.state == "sent", and_(OutboxRow.state == "pending", OutboxRow.due_at <= now, fresh))


def answer_to(session: Session, channel: str, address: str, inbox_id: int, now: datetime) -> Sequence[OutboxRow]:
    """The messages that answer one update of this chat, in order."""
    query = select(OutboxRow).where(
        OutboxRow.channel == channel, OutboxRow.address == address, OutboxRow.inbox_id == inbox_id, _to_be_read(now)
    )
    return session.scalars(query.order_by(OutboxRow.id)).all()


def told(
    session: Session, channel: str, address: str, now: datetime, *, after: int = 0, most: int = 100
) -> Sequence[OutboxRow]:
    """Messages to a chat with an id above `after`, and older ones that nobody has fetched; the newest `most`, in order.

    An id is given before its transaction ends, so a message may appear below an id that was fetched already.
    """
    rows = session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.channel == channel,
            OutboxRow.address == address,
            or_(OutboxRow.id > after, OutboxRow.state == "pending"),
            _to_be_read(now),
        )
        .order_by(OutboxRow.id.desc())
        .limit(most)
    ).all()
    return rows[::-1]


def heard(session: Session, channel: str, address: str, *, most: int = 100) -> Sequence[InboxRow]:
    """The newest `most` updates of a chat, in order."""
    rows = session.scalars(
        select(InboxRow)
        .where(InboxRow.channel == channel, InboxRow.address == address)
        .order_by(InboxRow.id.desc())
        .limit(most)
    ).all()
    return rows[::-1]


def fetched(rows: Iterable[OutboxRow], now: datetime) -> None:
    """These are being handed out."""
    for row in rows:
        if row.state == "pending":
            row.state, row.sent_at = "sent", now
