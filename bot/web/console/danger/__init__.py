"""Danger rules in the console: what they say and who stands for it; changing them with a trial run and four eyes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.staff.model import Action, Actor
from bot.web.console.danger import changing, showing
from bot.web.console.frame import Console, Waiting
from knowledge.danger_rules.service import RuleChangedMeanwhile
from knowledge.danger_rules.store import RuleChangeRow


def danger_pages(console: Console) -> APIRouter:
    router = APIRouter()
    router.include_router(changing.pages(console))  # fixed paths before ids
    router.include_router(showing.pages(console))
    console.conflict(RuleChangedMeanwhile)
    console.waits(_waiting)
    return router


def _waiting(session: Session, actor: Actor, now: datetime) -> Sequence[Waiting]:
    if not actor.may(Action.DANGER_APPROVE):
        return []
    drafts = session.scalars(select(RuleChangeRow.writers).where(RuleChangeRow.state == "draft")).all()
    others = sum(actor.id not in writers for writers in drafts)
    return [Waiting("console_danger.waits", others, "/console/danger?state=drafts")] if others else []
