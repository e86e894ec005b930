"""What every page of this section shares: the words, the tabs, and what to say when care refuses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from bot.core.language import Language
from bot.core.staff.model import Action, Actor
from bot.texts import texts
from bot.web.console.centre.words import CentreWords
from bot.web.console.frame import Console, Waiting
from scheduler.care.centre_side.day import missing_today
from scheduler.care.model.centre import Centre
from scheduler.care.model.errors import (
    CareError,
    ChangedSince,
    GroupFull,
    NotAllowed,
    ProfileChanged,
    RoomFull,
    StayRefused,
    WrongStep,
)
from scheduler.care.service.reading import centre

CONFLICTS: tuple[type[CareError], ...] = (ChangedSince, ProfileChanged, RoomFull, GroupFull, WrongStep)
"""Somebody else, a parent or a colleague, was first: answered with 409."""
TABS = ("today", "week", "waiting", "groups", "changes", "profile")


class CentreDesk:
    """One for the section; `page` renders with `w` (words), `centre` and `tab`."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def words(self, request: Request, zone: str) -> CentreWords:
        return CentreWords(self.console.house, self.console.language(request), zone)

    def centre(self, centre_id: int) -> Centre:
        with self.console.read() as session:
            return centre(session, centre_id)

    def page(
        self, request: Request, template: str, actor: Actor, own: Centre, tab: str, *, status: int = 200, **more: Any
    ) -> HTMLResponse:
        return self.console.page(
            request, f"centre/{template}", actor, status=status, centre=own, tab=tab, tabs=TABS,
            w=self.words(request, own.zone), base=f"/console/centres/{own.id}", now=self.console.now(), **more,
        )  # fmt: skip

    def refusal(self, request: Request, error: CareError) -> str:
        """Why care refused, in words."""
        t = self.console.texts(self.console.language(request))
        match error:
            case StayRefused(reasons=reasons):
                return " ".join(t(f"booking.why_{reason}") for reason in reasons[:2])
            case NotAllowed(why=why) if f"console_centre.odd_{why}" in texts(Language.ZH):
                return t(f"console_centre.odd_{why}")
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in type(error).__name__).lstrip("_")
        key = f"console_errors.{name}"
        return t(key if key in texts(Language.ZH) else "console_errors.care_error")

    def what_waits(self, session: Session, actor: Actor, now: datetime) -> Sequence[Waiting]:
        """For the home page: children who are missed at the person's centres."""
        if not actor.may(Action.CENTRE_DAY):
            return ()
        ids = [int(i) for i in actor.centre_ids if i.isdecimal()]
        where = f"/console/centres/{ids[0]}/today" if len(ids) == 1 else "/console/centres"
        missing = missing_today(session, ids, now)
        return (Waiting("console_centre.waits_missing", missing, where, urgent=missing > 0),)


def status_of(error: CareError) -> int:
    return 409 if isinstance(error, CONFLICTS) else 400
