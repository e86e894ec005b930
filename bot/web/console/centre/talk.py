"""Who waits, and messages to parents."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from bot.centre_letters import write_to_families
from bot.core.db import tried_again
from bot.core.ids import new_id
from bot.core.staff.model import Action, Actor
from bot.web.console.centre.desk import CentreDesk, status_of
from bot.web.console.frame import CheckedForm
from scheduler.care.centre_side.letters import LONGEST, About, families_about
from scheduler.care.centre_side.lines import waiting_here, withdraw
from scheduler.care.model.errors import CareError, NotAllowed
from scheduler.care.service.groups import group_session
from scheduler.care.service.reading import centre_facts


def talk_pages(desk: CentreDesk) -> APIRouter:
    router = APIRouter()
    console = desk.console

    @router.get("/centres/{centre_id}/waiting")
    def waiting(request: Request, centre_id: int) -> Response:
        actor = console.require(request, Action.CENTRE_DAY, centre_id)
        now = console.now()
        with console.read() as session:
            facts = centre_facts(session, centre_id)
            lines = waiting_here(session, actor, centre_id, now)
            ids = {x.first.group_session_id for x in lines if x.first.group_session_id is not None}
            titles = {i: group_session(session, i, now).series for i in ids}
        rooms = {r.id: r for r in facts.rooms}
        return desk.page(
            request, "waiting.html", actor, facts.centre, "waiting", lines=lines, rooms=rooms, titles=titles
        )

    @router.post("/centres/{centre_id}/waiting/{party_id}/withdraw")
    @tried_again
    def out_of_line(request: Request, centre_id: int, party_id: str, form: CheckedForm) -> Response:
        actor, now = console.require(request, Action.CENTRE_CHANGE, centre_id), console.now()
        with console.begin() as session:
            withdraw(session, actor, centre_id, party_id, now, console.house.care_news(session, now))
        return console.redirect(f"/console/centres/{centre_id}/waiting", "console_centre.withdrawn", request=request)

    def letter_page(
        request: Request, actor: Actor, centre_id: int, about: About, *, text: str = "", key: str = "", wrong: str = "",
        status: int = 200,
    ) -> Response:  # fmt: skip
        with console.read() as session:
            facts = centre_facts(session, centre_id)
            families, _ = families_about(session, actor, centre_id, about)
            series = (
                group_session(session, about.group_session_id, console.now()).series if about.group_session_id else None
            )
        room = next((r for r in facts.rooms if r.id == about.room_id), None)
        return desk.page(
            request, "message.html", actor, facts.centre, "today", status=status, about=about, families=len(families),
            room=room, series=series, text=text, key=key or new_id(), longest=LONGEST, wrong=wrong,
        )  # fmt: skip

    @router.get("/centres/{centre_id}/message")
    def message(
        request: Request,
        centre_id: int,
        room: Annotated[int | None, Query()] = None,
        day: Annotated[date | None, Query()] = None,
        meeting: Annotated[int | None, Query()] = None,
        booking: Annotated[str | None, Query(max_length=32)] = None,
    ) -> Response:
        actor = console.require(request, Action.CENTRE_DAY, centre_id)
        return letter_page(request, actor, centre_id, About(room, day, meeting, booking))

    @router.post("/centres/{centre_id}/message")
    def send(request: Request, centre_id: int, form: CheckedForm) -> Response:
        actor, now = console.require(request, Action.CENTRE_DAY, centre_id), console.now()
        about = _about(form["room"], form["day"], form["meeting"], form["booking"])
        try:
            with console.begin() as session:
                families = write_to_families(
                    console.house, session, actor, centre_id, about, form["text"], form["key"][:32], now
                )
        except NotAllowed as error:
            return letter_page(
                request, actor, centre_id, about, text=form["text"], key=form["key"],
                wrong=desk.refusal(request, error), status=status_of(error),
            )  # fmt: skip
        back = f"meetings/{about.group_session_id}" if about.group_session_id is not None else "today"
        return console.redirect(
            f"/console/centres/{centre_id}/{back}", "console_centre.message_sent", count=families, request=request
        )

    return router


def _about(room: str, day: str, meeting: str, booking: str) -> About:
    """The hidden fields of the form; CareError when they are not as we wrote them."""
    try:
        return About(
            int(room) if room else None,
            date.fromisoformat(day) if day else None,
            int(meeting) if meeting else None,
            booking or None,
        )
    except ValueError:
        raise CareError from None
