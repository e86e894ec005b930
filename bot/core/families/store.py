"""Tables of families: parents at their channel addresses, children, and where each talk stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime


class FamilyRow(Base):
    __tablename__ = "family"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ParentRow(Base):
    """One person at one channel address, for example ("telegram", "12345")."""

    __tablename__ = "parent"
    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("family.id"), index=True)
    channel: Mapped[str] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(String(80))
    language: Mapped[str | None] = mapped_column(String(2), nullable=True)  # chosen by the parent
    last_language: Mapped[str] = mapped_column(String(2), default="zh")  # of the last message
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    consent_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    consent_version: Mapped[int] = mapped_column(Integer, default=0)
    welcomed: Mapped[bool] = mapped_column(Boolean, default=False)
    blocked_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ChildRow(Base):
    __tablename__ = "child"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("family.id"), index=True)
    birth_date: Mapped[date] = mapped_column(Date)
    precision: Mapped[str] = mapped_column(String(8))  # day | week | month | year
    weeks_early: Mapped[int] = mapped_column(Integer, default=0)  # for the corrected age
    label: Mapped[str] = mapped_column(String(20), default="")  # what the family calls the child here; never asked for
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class InvitationRow(Base):
    """A code with which another adult joins the family; several may use it while it lasts."""

    __tablename__ = "invitation"

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("family.id"), index=True)
    parent_id: Mapped[str] = mapped_column(ForeignKey("parent.id"))  # who invited
    expires_at: Mapped[datetime] = mapped_column(UtcTime)


class ConversationRow(Base):
    """Where a talk stands: one row a parent, so that any process can take the next message."""

    __tablename__ = "conversation"

    parent_id: Mapped[str] = mapped_column(ForeignKey("parent.id"), primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)
