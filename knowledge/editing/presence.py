"""Who else has an article open in the editor. Each page says so every few seconds; silence means gone."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.core.staff.model import Action, Actor, permit
from knowledge.editing.store import PresenceRow
from knowledge.store import ArticleRow

EVERY = 10  # seconds between two signs of life of a page
GONE = timedelta(seconds=35)


def here(session: Session, actor: Actor, article_id: str, tab: str, now: datetime) -> list[str]:
    """Note that this page is open; the names of the other people who have the article open."""
    permit(actor, Action.ARTICLES_WRITE)
    session.execute(delete(PresenceRow).where(PresenceRow.seen_at < now - GONE))
    if tab and session.get(ArticleRow, article_id) is not None:
        row = session.get(PresenceRow, tab)
        if row is None:
            row = PresenceRow(tab=tab, article_id=article_id, writer=actor.id)
            session.add(row)
        row.article_id, row.writer, row.writer_name, row.seen_at = article_id, actor.id, actor.name, now
        session.flush()
    rows = _rows(session, article_id, tab, now)
    return list(dict.fromkeys(r.writer_name for r in rows if r.writer != actor.id))


def others(session: Session, article_id: str, tab: str, now: datetime) -> bool:
    """Whether another page, of anybody, has the article open."""
    return bool(_rows(session, article_id, tab, now))


def leave(session: Session, tab: str) -> None:
    session.execute(delete(PresenceRow).where(PresenceRow.tab == tab))


def _rows(session: Session, article_id: str, tab: str, now: datetime) -> list[PresenceRow]:
    query = select(PresenceRow).where(
        PresenceRow.article_id == article_id, PresenceRow.tab != tab, PresenceRow.seen_at >= now - GONE
    )
    return list(session.scalars(query.order_by(PresenceRow.writer_name)))
