"""What happens to articles by the clock: publishing what was approved for later, and telling owners what is due.

Every process looks at the library's version a few times a second, so that what is published anywhere is served
everywhere within a second, and a parent's message does not wait for the index.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot import notices
from bot.core import audit
from bot.core.staff.model import Action
from bot.dialogue.reply import say
from bot.house import House
from knowledge.editing import due, reviewing

log = logging.getLogger("sprout.articles")

LOOK_SECONDS = 0.2  # between two looks at the version: a query of 0.1 ms
ROUND_SECONDS = 15


def keep_current(house: House) -> bool:
    """Serve what is live now; whether it changed."""
    today = house.clock().astimezone(house.zone).date()
    with house.database.read() as session:
        return house.library.refresh(session, today=today)


def publish_due(house: House) -> list[str]:
    """Publish what was approved for a moment that has come, and tell owners what is due; returns what was published."""
    now = house.clock()
    today = now.astimezone(house.zone).date()
    with house.database.read() as session:
        if not reviewing.is_anything_due(session, now) and not due.to_tell(session, today):
            return []
    with house.database.begin() as session:
        published = reviewing.publish_due(session, now)
        told = due.tell(session, today)
        for notice in told:
            audit.record(
                session, at=now, actor="system", action=f"article.{notice.kind}", subject=notice.article_id,
                owner=notice.owner,
            )  # fmt: skip
        _tell_owners(house, session, told, now)
    return published


def _tell_owners(house: House, session: Session, told: Sequence[due.Notice], now: datetime) -> None:
    """One notice a day to each owner; to the reviewers for articles that nobody owns."""
    reviewers = notices.staff_who_may(house, session, Action.ARTICLES_REVIEW)
    people = {row.id: row for row in reviewers + notices.staff_who_may(house, session, Action.ARTICLES_WRITE)}
    groups: dict[str, list[due.Notice]] = {}
    for notice in told:
        groups.setdefault(notice.owner if notice.owner in people else "", []).append(notice)
    for owner, own in groups.items():
        out = sum(notice.kind == "not_served" for notice in own)
        link = f"{house.settings.address}/console/articles?state=due{'&mine=yes' if owner else ''}"
        words = say("console_articles.notice_due", count=len(own), out=out, link=link)
        readers = [people[owner]] if owner else reviewers
        notices.tell(house, session, readers, words, now, key=f"due:{now:%Y%m%d}:{owner[:32]}")
