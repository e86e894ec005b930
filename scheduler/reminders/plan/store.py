"""Tables of the child health plan. All of them go with the child."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime


class PlanMarkRow(Base):
    """What a family said about one item of a child's plan: done, later, unwanted."""

    __tablename__ = "plan_mark"
    __table_args__ = (CheckConstraint("state in ('done','later','unwanted')", name="state"),)

    child_id: Mapped[str] = mapped_column(ForeignKey("child.id", ondelete="CASCADE"), primary_key=True)
    item: Mapped[str] = mapped_column(String(18), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    day: Mapped[date | None] = mapped_column(Date, nullable=True)  # when done, if told; until when it is put off
    marked_at: Mapped[datetime] = mapped_column(UtcTime)


class PlanEditionRow(Base):
    """By which edition of the schedule a child's reminders were planned: an older one is planned anew."""

    __tablename__ = "plan_edition"

    child_id: Mapped[str] = mapped_column(ForeignKey("child.id", ondelete="CASCADE"), primary_key=True)
    edition: Mapped[str] = mapped_column(String(12), index=True)


class PlanFeedRow(Base):
    """A secret address from which a calendar fetches a child's plan, until the parent ends it."""

    __tablename__ = "plan_feed"

    secret: Mapped[str] = mapped_column(String(43), primary_key=True)
    parent_id: Mapped[str] = mapped_column(ForeignKey("parent.id", ondelete="CASCADE"), index=True)
    child_id: Mapped[str] = mapped_column(ForeignKey("child.id", ondelete="CASCADE"), index=True)
    named: Mapped[bool] = mapped_column(Boolean, default=False)  # the parent wants the child's name in it
    created_at: Mapped[datetime] = mapped_column(UtcTime)
