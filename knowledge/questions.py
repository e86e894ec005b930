"""Questions that an article answers now, and whose parents are still to be told.

How questions get their article, or are dismissed: settling.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.store import ArticleRow, QuestionRow


def to_tell(session: Session) -> Sequence[QuestionRow]:
    """Linked questions whose article is live and whose parent was not told yet."""
    return session.scalars(
        select(QuestionRow)
        .join(ArticleRow, ArticleRow.id == QuestionRow.article_id)
        .where(
            QuestionRow.state == "linked",
            QuestionRow.parent_id.is_not(None),
            QuestionRow.told_at.is_(None),
            ArticleRow.live_revision_id.is_not(None),
        )
        .order_by(QuestionRow.asked_at)
    ).all()


def told(row: QuestionRow, now: datetime) -> None:
    row.state, row.told_at = "answered", now
