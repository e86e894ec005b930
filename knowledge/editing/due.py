"""Articles whose review day comes near or has passed, and who is told of it, once for each day and stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from knowledge.editing.catalogue import FLAGGED_BEFORE
from knowledge.model import NEVER_OVERDUE
from knowledge.store import ArticleRow, RevisionRow


@dataclass(frozen=True, slots=True)
class Notice:
    """`kind`: due (within 30 days), overdue (still served), or not_served."""

    article_id: str
    owner: str
    kind: str
    review_by: date


def to_tell(session: Session, today: date) -> Sequence[Notice]:
    """What owners have not been told yet."""
    rows = session.execute(
        select(ArticleRow.id, ArticleRow.owner, ArticleRow.domain, ArticleRow.told_due, RevisionRow.review_by)
        .join(RevisionRow, RevisionRow.id == ArticleRow.live_revision_id)
        .where(
            RevisionRow.review_by <= today + FLAGGED_BEFORE,
            or_(ArticleRow.told_due.is_(None), ArticleRow.told_due < RevisionRow.review_by),
        )
        .order_by(RevisionRow.review_by, ArticleRow.id)
    ).all()
    found = []
    for article_id, owner, domain, told, review_by in rows:
        over = review_by <= today
        if told is not None and (told >= review_by or (not over and told >= review_by - FLAGGED_BEFORE)):
            continue
        kind = "due" if not over else "not_served" if domain in NEVER_OVERDUE else "overdue"
        found.append(Notice(article_id, owner, kind, review_by))
    return found


def tell(session: Session, today: date) -> Sequence[Notice]:
    """As `to_tell`; each is told once."""
    found = to_tell(session, today)
    for notice in found:
        session.get_one(ArticleRow, notice.article_id).told_due = today
    return found
