"""Tables of correcting: unsure messages, and trainings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime


class UnsureRow(Base):
    """A message, kept with consent, that could be read as more than one intent. Long numbers are blotted out.

    open -> corrected (an intent was picked; it is trained on) | dismissed (nothing to learn from)
    """

    __tablename__ = "unsure_message"
    __table_args__ = (
        CheckConstraint("state in ('open','corrected','dismissed')", name="state"),
        Index("ix_unsure_state", "state", "asked_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    parent_id: Mapped[str] = mapped_column(String(32), index=True)  # so that it goes when the family does
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    intent: Mapped[str] = mapped_column(String(30))  # the likeliest
    confidence: Mapped[float] = mapped_column(Float)
    ranking: Mapped[list[Any]] = mapped_column(JSON, default=list)
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    state: Mapped[str] = mapped_column(String(10), default="open")
    corrected: Mapped[str] = mapped_column(String(30), default="")
    corrected_by: Mapped[str] = mapped_column(String(80), default="")  # staff id
    corrected_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)


class TrainingRow(Base):
    """One training: running -> trained (waits for a decision) -> serving -> replaced; failed; dropped."""

    __tablename__ = "training"
    __table_args__ = (
        CheckConstraint("state in ('running','trained','serving','replaced','failed','dropped')", name="state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="running", index=True)
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    started_by: Mapped[str] = mapped_column(String(80))  # staff id
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    own_examples: Mapped[int] = mapped_column(Integer, default=0)
    mark: Mapped[str] = mapped_column(String(20), default="")  # fingerprint of the model
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    fault: Mapped[str] = mapped_column(Text, default="")
