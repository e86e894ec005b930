"""Articles: lists, the editor, review, trying, import and export. See knowledge/editing for the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter
from sqlalchemy.orm import Session

from bot.core.staff.model import Action, Actor
from bot.web.console.articles import editor, exchange, history, listing, one, review, takeover, trial
from bot.web.console.articles.show import today_of
from bot.web.console.frame import Console, Waiting
from knowledge.editing import catalogue
from knowledge.editing.revisions import ChangedMeanwhile


def articles_pages(console: Console) -> APIRouter:
    router = APIRouter()
    for part in (listing, takeover, trial, exchange, editor, review, history, one):  # fixed paths before ids
        router.include_router(part.pages(console))
    console.conflict(ChangedMeanwhile)
    console.waits(lambda session, actor, now: _waiting(console, session, actor, now))
    return router


def _waiting(console: Console, session: Session, actor: Actor, now: datetime) -> Sequence[Waiting]:
    if not actor.may(Action.ARTICLES_READ):
        return []
    found = catalogue.counts(session, today_of(console), staff_id=actor.id)
    cards = []
    if actor.may(Action.ARTICLES_REVIEW):
        cards.append(Waiting("console_articles.waits_review", found["to_review"], "/console/articles?state=in_review"))
        cards.append(Waiting("console_articles.waits_takeover", found["not_approved"], "/console/articles/takeover"))
    if actor.may(Action.ARTICLES_WRITE):
        out = found["not_served"]
        cards.append(Waiting("console_articles.waits_due", found["mine_due"], "/console/articles?state=due&mine=yes"))
        cards.append(
            Waiting("console_articles.waits_not_served", out, "/console/articles?state=not_served", urgent=out > 0)
        )
    return cards
