"""The inbox: an update is a committed row before its channel hears 'received'; chats keep their order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.core.db import Database, insert_into
from bot.delivery.store import InboxRow


def put(
    session: Session, *, channel: str, key: str, address: str, payload: dict[str, Any], now: datetime
) -> tuple[int, bool]:
    """Keep an update; returns (row id, whether it is new). The same key again changes nothing."""
    inserted = session.scalar(
        insert_into(session, InboxRow)
        .values(channel=channel, key=key, address=address, payload=payload, state="new", received_at=now)
        .on_conflict_do_nothing(index_elements=["channel", "key"])
        .returning(InboxRow.id)
    )
    if inserted is not None:
        return inserted, True
    row_id = session.scalars(select(InboxRow.id).where(InboxRow.channel == channel, InboxRow.key == key)).one()
    return row_id, False


def waiting_chats(session: Session, *, before: datetime | None = None) -> list[tuple[str, str]]:
    """(channel, address) of every chat with an update (received `before`) that is not handled yet, oldest first."""
    query = select(InboxRow.channel, InboxRow.address).where(InboxRow.state == "new")
    if before is not None:
        query = query.where(InboxRow.received_at <= before)
    found = session.execute(query.group_by(InboxRow.channel, InboxRow.address).order_by(func.min(InboxRow.id)))
    return [(channel, address) for channel, address in found]


def next_of(session: Session, channel: str, address: str) -> InboxRow | None:
    """The oldest update of a chat that is not handled yet."""
    return session.scalars(
        select(InboxRow)
        .where(InboxRow.state == "new", InboxRow.channel == channel, InboxRow.address == address)
        .order_by(InboxRow.id)
        .limit(1)
    ).first()


def finish(
    session: Session,
    row_id: int,
    now: datetime,
    *,
    failed: bool = False,
    outcome: dict[str, Any] | None = None,
) -> None:
    """Handled; a row that the family deleted meanwhile stays deleted."""
    session.execute(
        update(InboxRow)
        .where(InboxRow.id == row_id)
        .values(state="failed" if failed else "done", done_at=now, outcome=outcome)
    )


@contextmanager
def chat_turn(database: Database, channel: str, address: str) -> Iterator[Session]:
    """A transaction in which nobody else, in any process, handles this chat.

    SQLite has one writer anyway; on PostgreSQL an advisory lock, held until the transaction ends, keeps the order.
    """
    with database.begin() as session:
        if not database.is_sqlite:
            digest = hashlib.blake2b(f"{channel}:{address}".encode(), digest_size=8).digest()
            session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest, "big", signed=True))))
        yield session
