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
    claimed_by: Mapped[str] = mapped_column(String(80), default="")  # the name that the parent reads
    claimed_by_id: Mapped[str] = mapped_column(String(32), default="", server_default="")  # empty: from the terminal
    first_reply_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    released_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)


class HandOffLineRow(Base):
    """One message of a handed-over chat; `author` is parent or the name of the team member."""

    __tablename__ = "hand_off_line"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    hand_off_id: Mapped[str] = mapped_column(ForeignKey("hand_off.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    author: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(8), default="said", server_default="said")  # said | note (of the team)
    text: Mapped[str] = mapped_column(Text)


class CannedWordsRow(Base):
    """Words that a team member keeps for answers; `staff_id` none: everybody's."""

    __tablename__ = "canned_words"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    staff_id: Mapped[str | None] = mapped_column(String(32), nullable=True, index=True)
    language: Mapped[str] = mapped_column(String(2))
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)


class TeamHoursRow(Base):
    """When the team answers, by weekday (0 is Monday); one row a weekday, none: closed that day."""

    __tablename__ = "team_hours"

    weekday: Mapped[int] = mapped_column(Integer, primary_key=True)
    opens: Mapped[str] = mapped_column(String(5))  # HH:MM on the deployment's wall clock
    closes: Mapped[str] = mapped_column(String(5))


class TeamPromiseRow(Base):
    """The one row that says how soon a chat is answered while the team is there."""

    __tablename__ = "team_promise"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    within_minutes: Mapped[int] = mapped_column(Integer)
