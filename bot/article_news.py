"""What happens to articles by the clock: publishing what was approved for later, and telling owners what is due.

Every process looks at the library's version a few times a second, so that what is published anywhere is served
everywhere within a second, and a parent's message does not wait for the index.
"""

from __future__ import annotations

import logging

from bot.core import audit
from bot.house import House
from knowledge.editing import due, reviewing

log = logging.getLogger("sprout.articles")

LOOK_SECONDS = 0.3  # between two looks at the version: a query of 0.1 ms
ROUND_SECONDS = 15


def keep_current(house: House) -> bool:
    """Serve what is live now; whether it changed."""
    today = house.clock().astimezone(house.zone).date()
    with house.database.read() as session:
        return house.library.refresh(session, today=today)


def publish_due(house: House) -> list[str]:
    """Publish what was approved for a moment that has come, and note what an owner has to be told."""
    now = house.clock()
    today = now.astimezone(house.zone).date()
    with house.database.read() as session:
        if not reviewing.is_anything_due(session, now) and not due.to_tell(session, today):
            return []
    with house.database.begin() as session:
        published = reviewing.publish_due(session, now)
        for notice in due.tell(session, today):
            audit.record(
                session, at=now, actor="system", action=f"article.{notice.kind}", subject=notice.article_id,
                owner=notice.owner,
            )  # fmt: skip
    return published
