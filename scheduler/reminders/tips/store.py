"""Tables of tips. Which article suits which age is known to knowledge/tips.py."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime


class TipToldRow(Base):
    """An article that a family got, or is about to get, as a tip for this child: never twice."""

    __tablename__ = "tip_told"

    child_id: Mapped[str] = mapped_column(ForeignKey("child.id", ondelete="CASCADE"), primary_key=True)
    article: Mapped[str] = mapped_column(String(80), primary_key=True)
    domain: Mapped[str] = mapped_column(String(20))
    told_at: Mapped[datetime] = mapped_column(UtcTime)
    # What became of this reminder says whether it was told; None, or a reminder that is gone: it was.
    reminder_id: Mapped[int | None] = mapped_column(Integer, nullable=True, index=True)


class TipTasteRow(Base):
    """How often a parent asked for more like this, by domain."""

    __tablename__ = "tip_taste"

    parent_id: Mapped[str] = mapped_column(ForeignKey("parent.id", ondelete="CASCADE"), primary_key=True)
    domain: Mapped[str] = mapped_column(String(20), primary_key=True)
    likes: Mapped[int] = mapped_column(Integer, default=0)
