"""Tables of the editors: every edit of a revision, comments on it, and who has it open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime


class EditRow(Base):
    """A whole snapshot. `kind`: saved, autosaved (one a sitting), restored, imported, merged; or refused, which was
    kept but not applied because somebody else had saved in between.
    """

    __tablename__ = "revision_edit"
    __table_args__ = (UniqueConstraint("revision_id", "number"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    revision_id: Mapped[str] = mapped_column(ForeignKey("revision.id"))
    article_id: Mapped[str] = mapped_column(ForeignKey("article.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(12))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    based_on: Mapped[int] = mapped_column(Integer, default=0)  # the number of the edit that the writer had before them
    writer: Mapped[str] = mapped_column(String(80))  # staff id
    writer_name: Mapped[str] = mapped_column(String(80), default="")
    tab: Mapped[str] = mapped_column(String(32), default="")  # the browser page that sent it
    note: Mapped[str] = mapped_column(Text, default="")
    begun_at: Mapped[datetime] = mapped_column(UtcTime)
    at: Mapped[datetime] = mapped_column(UtcTime)


class CommentRow(Base):
    """What colleagues say to each other about a revision. `kind`: comment, or the step that it explains."""

    __tablename__ = "revision_comment"
    __table_args__ = (Index("ix_comment_of", "article_id", "at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    article_id: Mapped[str] = mapped_column(ForeignKey("article.id"))
    revision_id: Mapped[str] = mapped_column(ForeignKey("revision.id"))
    kind: Mapped[str] = mapped_column(String(12), default="comment")
    writer: Mapped[str] = mapped_column(String(80))
    writer_name: Mapped[str] = mapped_column(String(80), default="")
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime)


class PresenceRow(Base):
    """An editor page that is open now; it says so every few seconds."""

    __tablename__ = "article_presence"

    tab: Mapped[str] = mapped_column(String(32), primary_key=True)
    article_id: Mapped[str] = mapped_column(ForeignKey("article.id"), index=True)
    writer: Mapped[str] = mapped_column(String(80))
    writer_name: Mapped[str] = mapped_column(String(80), default="")
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
