"""Tables of the library: articles, their revisions, sources, the questions parents asked, and feedback.

Edits, comments and who is editing: knowledge/editing/store.py.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.core.db import Base, UtcTime


class ArticleRow(Base):
    """A topic, which of its revisions is live, and which one is being worked on. `titles`, `search_text`: for lists."""

    __tablename__ = "article"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    domain: Mapped[str] = mapped_column(String(20), index=True)
    live_revision_id: Mapped[str | None] = mapped_column(String(32), nullable=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    version: Mapped[int] = mapped_column(Integer, default=1)  # two people on one article: the later save is told
    open_revision_id: Mapped[str | None] = mapped_column(String(32), nullable=True, index=True)
    owner: Mapped[str] = mapped_column(String(80), default="")  # staff id: who is told that a review is due
    told_due: Mapped[date | None] = mapped_column(Date, nullable=True)  # the review day that the owner was told of
    title_zh: Mapped[str] = mapped_column(Text, default="")
    title_en: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default="")  # titles, short answers, phrasings; lower case


class RevisionRow(Base):
    """What an article says, or said, or may say: a full snapshot."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("article_id", "number"),
        CheckConstraint("status in ('draft','in_review','scheduled','published','retired')", name="status"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    article_id: Mapped[str] = mapped_column(ForeignKey("article.id"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(12), index=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))  # of the body: an unchanged file is not imported again
    origin: Mapped[str] = mapped_column(String(12), default="seed")  # seed | console
    author: Mapped[str] = mapped_column(String(80), default="")
    reviewer: Mapped[str] = mapped_column(String(80), default="")
    approved_locally: Mapped[bool] = mapped_column(Boolean, default=False)
    review_by: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    writers: Mapped[list[str]] = mapped_column(JSON, default=list)  # staff ids of everybody who edited in it
    publish_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)  # of a scheduled one
    saved_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)  # the newest edit


class SourceRow(Base):
    __tablename__ = "source"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    title_translated: Mapped[str] = mapped_column(Text, default="")
    publisher: Mapped[str] = mapped_column(Text)
    year: Mapped[int | None] = mapped_column(Integer, nullable=True)
    url: Mapped[str] = mapped_column(Text)


class LibraryState(Base):
    """One row; `version` grows with every change of what is live, so that a server knows when to reload."""

    __tablename__ = "library_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(Integer, default=0)


class QuestionRow(Base):
    """A question that the bot could not answer well, kept (with consent) for the health workers."""

    __tablename__ = "question"
    __table_args__ = (
        Index("ix_question_open", "state", "asked_at"),
        Index("ix_question_group", "state", "group_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    age_months: Mapped[float | None] = mapped_column(nullable=True)
    why: Mapped[str] = mapped_column(String(20))  # unanswered | unsure | did_not_help
    parent_id: Mapped[str | None] = mapped_column(String(32), nullable=True, index=True)
    candidates: Mapped[list[Any]] = mapped_column(JSON, default=list)
    article_id: Mapped[str | None] = mapped_column(String(80), nullable=True)
    state: Mapped[str] = mapped_column(String(12), default="open")  # open | linked | answered | dismissed
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    group_id: Mapped[str | None] = mapped_column(String(32), nullable=True)  # none yet: grouped within seconds
    settled_by: Mapped[str] = mapped_column(String(80), default="", server_default="")  # staff id
    settled_at: Mapped[datetime | None] = mapped_column(UtcTime, nullable=True)
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")  # why it was dismissed


class QuestionGroupRow(Base):
    """Questions of one meaning. `vector`: of the first of them, half floats; another is one of them when it is near."""

    __tablename__ = "question_group"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class FeedbackRow(Base):
    """One family's word on one revision: the last press counts."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("parent_id", "revision_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    parent_id: Mapped[str] = mapped_column(String(32))
    article_id: Mapped[str] = mapped_column(String(80), index=True)
    revision_id: Mapped[str] = mapped_column(String(32), index=True)
    helped: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime] = mapped_column(UtcTime)
