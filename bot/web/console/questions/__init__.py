"""Questions that the bot could not answer well: lists by meaning, and what is done with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter
from sqlalchemy.orm import Session

from bot.core.staff.model import Action, Actor
from bot.web.console.frame import Console, Waiting
from bot.web.console.questions import pages
from knowledge import question_groups
from knowledge.question_groups import Filters
from knowledge.settling import QuestionSettled


def questions_pages(console: Console) -> APIRouter:
    router = APIRouter()
    router.include_router(pages.reading(console))
    router.include_router(pages.settling_pages(console))
    console.conflict(QuestionSettled)
    console.waits(_waiting)
    return router


def _waiting(session: Session, actor: Actor, now: datetime) -> Sequence[Waiting]:
    if not actor.may(Action.QUESTIONS_SETTLE):
        return []
    found = question_groups.listed(session, Filters(), size=1)
    return [Waiting("console_questions.waits", found.groups_in_all, "/console/questions")]
