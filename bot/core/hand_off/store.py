"""Tables of hand-offs: the chat's clock, and what parent and team wrote meanwhile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime


class HandOffRow(Base):
    __tablename__ = "hand_off"
    __table_args__ = (CheckConstraint("state in ('waiting','claimed','released')", name="state"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    parent_id: Mapped[str] = mapped_column(ForeignKey("parent.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    reply_by: Mapped[datetime] = mapped_column(UtcTime)
    claimed_by: Mapped[str] = mapped_column(String(80), default="")
    first_reply_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    released_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)


class HandOffLineRow(Base):
    """One message of a handed-over chat; `author` is parent or the name of the team member."""

    __tablename__ = "hand_off_line"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    hand_off_id: Mapped[str] = mapped_column(ForeignKey("hand_off.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    author: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
