"""Tables of the post room.

inbox:   new -> done | failed
outbox:  pending -> attempting -> sent | ambiguous | failed
                               -> pending (told to wait, worth a repeat, or more pieces to send)
                 -> cancelled | expired
pace:    one row a channel and one a chat: until when it has to rest
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime


class InboxRow(Base):
    """What a channel handed to us, committed before the channel is told that we have it."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        CheckConstraint("state in ('new','done','failed')", name="state"),
        Index("ix_inbox_waiting", "state", "channel", "address", "id"),
        {"sqlite_autoincrement": True},  # answers name the update: an id is never given twice, not after a deletion
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(80))  # the channel's own id of the update: a second delivery is no news
    address: Mapped[str] = mapped_column(String(80))  # the chat; its updates are handled in order
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8), default="new")
    # How it was answered: the public JSON (bot/ask.py) without the texts.
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), nullable=True)
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)


class OutboxRow(Base):
    """A message to send. `attempting` means: the send may or may not have happened."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(
            "state in ('pending','attempting','sent','ambiguous','failed','cancelled','expired')", name="state"
        ),
        Index("ix_outbox_next", "channel", "state", "priority", "id"),
        Index("ix_outbox_chat", "channel", "address", "state", "id"),
        {"sqlite_autoincrement": True},  # pages ask for what came after an id
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    key: Mapped[str | None] = mapped_column(String(120), nullable=True)  # what it is for: never two rows for one thing
    inbox_id: Mapped[int | None] = mapped_column(Integer, nullable=True, index=True)
    channel: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20), default="reply")
    priority: Mapped[int] = mapped_column(Integer, default=50)  # smaller goes first
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12), default="pending")
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    attempted_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    doubts: Mapped[int] = mapped_column(Integer, default=0)  # attempts of which nobody knows whether they arrived
    pieces: Mapped[int] = mapped_column(Integer, default=0)  # of a message cut in pieces: how many have arrived
    error: Mapped[str] = mapped_column(String(40), default="")  # of the last attempt that failed: a code, never a text
    remote_id: Mapped[str] = mapped_column(String(40), default="")  # the channel's id of the sent message
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)


class PaceRow(Base):
    """How busy a channel (address "") or one chat is; see bot/delivery/pace.py."""

    __tablename__ = "pace"

    channel: Mapped[str] = mapped_column(String(12), primary_key=True)
    address: Mapped[str] = mapped_column(String(80), primary_key=True)
    free_at: Mapped[datetime] = mapped_column(UtcTime)
