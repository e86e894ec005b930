"""Tables of reminders; the states are drawn in model.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, column, table, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime
from scheduler.reminders.model import State

# Compared byte by byte, so that "begins with" is a range of the index on both databases.
_Path = String(120).with_variant(String(120, collation="C"), "postgresql")
_PENDING, _WAITING = text("state = 'pending'"), text("state in ('pending','claimed','suspended')")
_HANDED, _CLAIMED = text("state = 'handed'"), text("state = 'claimed'")


class ReminderRow(Base):
    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint("state in (" + ",".join(f"'{s.value}'" for s in State) + ")", name="state"),
        CheckConstraint("due_at < expires_at", name="due_before_the_end"),
        # Partial: a tick reads what is due, however many rows wait or are done.
        Index("ix_reminder_due", "rank", "due_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
        Index("ix_reminder_ends", "expires_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_reminder_handed", "letter_id", sqlite_where=_HANDED, postgresql_where=_HANDED),
        Index("ix_reminder_lease", "leased_until", sqlite_where=_CLAIMED, postgresql_where=_CLAIMED),
        {"sqlite_autoincrement": True},  # letters are named after it: an id is never given twice
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(160))  # what it is for
    kind: Mapped[str] = mapped_column(String(12))
    rank: Mapped[int] = mapped_column(Integer)  # smaller goes first
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("parent.id", ondelete="CASCADE"), index=True)
    child_id: Mapped[str | None] = mapped_column(ForeignKey("child.id", ondelete="CASCADE"), index=True)
    about: Mapped[str] = mapped_column(_Path, index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default=State.PENDING.value)
    why: Mapped[str] = mapped_column(String(40), default="")  # of a state that is not `sent`: a code, never a text
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    letters: Mapped[int] = mapped_column(Integer, default=0)  # how often a letter was written
    letter_id: Mapped[int | None] = mapped_column(Integer, nullable=True)  # the last one, a row of the outbox
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)


class ReminderChoiceRow(Base):
    """What a parent wants to be reminded of, and when not."""

    __tablename__ = "reminder_choice"

    parent_id: Mapped[str] = mapped_column(ForeignKey("parent.id", ondelete="CASCADE"), primary_key=True)
    off: Mapped[list[str]] = mapped_column(JSON, default=list)  # kinds that are turned off
    tips_a_week: Mapped[int] = mapped_column(Integer, default=1)
    quiet_from: Mapped[int | None] = mapped_column(Integer, nullable=True)  # minutes after midnight; None: as usual
    quiet_until: Mapped[int | None] = mapped_column(Integer, nullable=True)


class OwnReminderRow(Base):
    """What a parent asked to be reminded of, once or again and again; its next times are rows of `reminder`."""

    __tablename__ = "own_reminder"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    parent_id: Mapped[str] = mapped_column(ForeignKey("parent.id", ondelete="CASCADE"), index=True)
    words: Mapped[str] = mapped_column(String(300))  # what for, as the parent said it
    starts_at: Mapped[datetime] = mapped_column(UtcTime)
    rule: Mapped[str] = mapped_column(String(200), default="")  # an RRULE on the wall clock of `zone`; empty: once
    zone: Mapped[str] = mapped_column(String(40))
    # Everything up to here has its rows. None: nothing more will come.
    planned_until: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)


# Conditions as the partial indexes name them: with a bound value SQLite cannot know that the index will do.
is_pending = text("reminder.state = 'pending'")
is_waiting = text("reminder.state in ('pending','claimed','suspended')")
is_handed = text("reminder.state = 'handed'")
is_claimed = text("reminder.state = 'claimed'")
# The outbox of bot/delivery by name: a letter that has not left is taken back in the transaction that cancels its
# reminder, and what became of it is read from there.
letters = table(
    "outbox",
    column("id", Integer),
    column("state", String),
    column("error", String),
    column("expires_at", UtcTime),
    column("doubts", Integer),
)
